"""Readiness: what the data can and cannot support, each figure compared with a threshold."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from pipelines.data.dataset import Dataset
from pipelines.data.readiness.approaches import LEARNED, Approach, approaches_of
from pipelines.data.readiness.checks import findings_of
from pipelines.data.readiness.facts import Facts, measure
from pipelines.data.readiness.finding import Finding

Verdict = Literal["ready", "popularity only", "not yet"]

_NUMERALS = (
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen",
)  # fmt: skip


@dataclass(frozen=True)
class Report:
    """The findings on a dataset and the state of each approach."""

    name: str
    facts: Facts
    findings: list[Finding]
    approaches: dict[str, Approach]

    @property
    def verdict(self) -> Verdict:
        """`ready` if some approach that learns from behavior has enough data; `not yet` if not
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
            return f"Not yet: even popularity {lacks} to be better than random."
        if self.verdict == "popularity only":
            items = " and for items similar in content" if "content" in enough else ""
            return (
                f"Enough for popularity{items}, not yet for recommendations learned from "
                f"behavior: {nearest[0]}."
            )
        start = (
            f"Ready: enough for {_numeral(len(enough))} of {_numeral(len(self.approaches))} "
            "approaches"
        )
        lacking = [f"{name} {a.first}" for name, a in short]
        if not lacking:
            return f"{start}."
        more = len(lacking) - 2
        rest = f", and {_numeral(more)} more {'falls' if more == 1 else 'fall'} short"
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
    """The report as of `now` (seconds UTC; default: the current time)."""
    facts = measure(dataset, now)
    return Report(dataset.name, facts, findings_of(facts), approaches_of(facts))


def findings(dataset: Dataset) -> list[Finding]:
    """The findings on the data, in the order of the report; shares are from 0 to 1."""
    return report(dataset).findings


def approaches(dataset: Dataset) -> dict[str, Approach]:
    """Whether the data is enough for each approach, and what is missing."""
    return report(dataset).approaches


def document(dataset: Dataset) -> dict[str, Any]:
    """The whole report, JSON-able (`Report.document`)."""
    return report(dataset).document()


def sentence(dataset: Dataset) -> str:
    """The report in one sentence."""
    return report(dataset).sentence


def _numeral(n: int) -> str:
    return _NUMERALS[n] if n < len(_NUMERALS) else str(n)
