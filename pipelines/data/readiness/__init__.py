"""Readiness: what the data can and cannot support, with a number beside each threshold."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from pipelines.data.dataset import Dataset
from pipelines.data.readiness.approaches import LEARNED, Approach, approaches_of
from pipelines.data.readiness.checks import findings_of
from pipelines.data.readiness.facts import Facts, measure
from pipelines.data.readiness.finding import Finding

Verdict = Literal["ready", "popularity only", "not yet"]

_NUMBERS = (
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen",
)  # fmt: skip


@dataclass(frozen=True)
class Report:
    """All that was found about a dataset, measured once."""

    name: str
    facts: Facts
    findings: list[Finding]
    approaches: dict[str, Approach]

    @property
    def verdict(self) -> Verdict:
        """`ready` where an approach that learns from events has enough; `not yet` where not
        even popularity has; else `popularity only`."""
        if self.approaches["popularity"].state != "enough":
            return "not yet"
        learns = any(self.approaches[name].state == "enough" for name in LEARNED)
        return "ready" if learns else "popularity only"

    @property
    def sentence(self) -> str:
        """The report in one sentence."""
        enough = [name for name, a in self.approaches.items() if a.state == "enough"]
        short = [(n, a) for n, a in self.approaches.items() if a.state == "not enough"]
        nearest = [f"{name} {a.first}" for name, a in short if name in LEARNED]
        if self.verdict == "not yet":
            lacks = self.approaches["popularity"].first
            return f"Not yet: even a popularity list {lacks} to be more than chance."
        if self.verdict == "popularity only":
            items = " and lists of similar items" if "content" in enough else ""
            return f"Popularity only{items}: {nearest[0]}."
        start = (
            f"Ready: enough for {_word(len(enough))} of {_word(len(self.approaches))} approaches"
        )
        lacking = [f"{name} {a.first}" for name, a in short]
        if not lacking:
            return f"{start}."
        more = len(lacking) - 2
        rest = f", and {_word(more)} more {'falls' if more == 1 else 'fall'} short"
        rest = rest if more > 0 else ""
        return f"{start}; {', '.join(lacking[:2])}{rest}."

    def document(self) -> dict[str, Any]:
        """JSON-able: verdict, sentence, findings, and state and missing per approach."""
        return {
            "verdict": self.verdict,
            "sentence": self.sentence,
            "findings": [asdict(finding) for finding in self.findings],
            "approaches": {
                name: {"state": a.state, "missing": a.missing, "note": a.note, "source": a.source}
                for name, a in self.approaches.items()
            },
        }


def report(dataset: Dataset, now: float | None = None) -> Report:
    """The report as of `now` (seconds UTC; without it, the current time)."""
    facts = measure(dataset, now)
    return Report(dataset.name, facts, findings_of(facts), approaches_of(facts))


def findings(dataset: Dataset) -> list[Finding]:
    """What was found about the data, in the order of the report; shares are from 0 to 1."""
    return report(dataset).findings


def approaches(dataset: Dataset) -> dict[str, Approach]:
    """Whether the data is enough for each approach, and how much more it would need."""
    return report(dataset).approaches


def document(dataset: Dataset) -> dict[str, Any]:
    """The whole report, JSON-able (`Report.document`)."""
    return report(dataset).document()


def sentence(dataset: Dataset) -> str:
    """The report in one sentence."""
    return report(dataset).sentence


def _word(n: int) -> str:
    return _NUMBERS[n] if n < len(_NUMBERS) else str(n)
