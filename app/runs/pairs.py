"""Two runs of the page Runs: which lines of their specs differ, and what that brought."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import streamlit as st

from app import state
from app.components import results
from app.components.tables import signed
from pipelines.errors import AssayError
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.results.document import BakeoffDocument, Comparison, ContenderResult
from pipelines.recommender.spec import Spec
from pipelines.runtime import paths


@dataclass(frozen=True)
class Run:
    """One contender of one bake-off, with its spec as text."""

    document: BakeoffDocument
    contender: ContenderResult
    toml: str

    @property
    def key(self) -> str:
        return f"{self.contender.name} in {self.document.id}"

    @property
    def question(self) -> str:
        return str(self.document.manifest.get("hash", ""))


def runs_of(document: BakeoffDocument) -> Iterator[Run]:
    """The built contenders that were scored."""
    for contender in document.contenders:
        if contender.kind == "built" and contender.status == "scored" and contender.spec:
            yield Run(document, contender, Spec.model_validate(contender.spec).to_toml())


def changed_lines(before: str, after: str) -> int:
    """How many lines differ: a replaced line counts once. Names and words do not count."""
    a, b = ([line for line in that_count(text) if line] for text in (before, after))
    blocks = difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    return sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in blocks if tag != "equal")


def that_count(text: str) -> list[str]:
    """The lines of a spec that change what it computes."""
    words = ("name = ", "title = ", "description = ")
    return [line for line in text.splitlines() if not line.startswith(words)]


def nearest(runs: list[Run]) -> tuple[Run, Run] | None:
    """The two runs that answered one question with the least different specs, newest first."""
    pairs = [
        (changed_lines(b.toml, a.toml), a.contender.name != b.contender.name, at, (b, a))
        for at, (a, b) in enumerate(combinations(runs[:40], 2))
        if a.question == b.question and a.contender.spec_hash != b.contender.spec_hash
    ]
    return min(pairs, key=lambda pair: pair[:3])[3] if pairs else None


def told(before: Run, after: Run) -> tuple[str, str]:
    """The sentence on two runs, and the one beneath it.

    `One spec line changed: +0.0120 NDCG@10 (95 % interval +0.0100 to +0.0140).` and what that
    difference says; where the two cannot be compared, why not.
    """
    count = changed_lines(before.toml, after.toml)
    lines = {0: "No spec line", 1: "One spec line"}.get(count, f"{count} spec lines")
    one, two = before.contender.name, after.contender.name
    names = f"in {one}" if one == two else f"from {one} to {two}"
    try:
        found = _compared(
            str(paths.home()),
            (after.document.id, two),
            (before.document.id, one),
            results.metric_of(after.document),
        )
    except AssayError as error:
        return f"{lines} changed {names}; the two runs cannot be compared.", str(error)
    return (
        f"{lines} changed {names}: {signed(found.difference)} {label(found.metric)} "
        f"(95 % interval {signed(found.low)} to {signed(found.high)}).",
        found.sentence,
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _compared(
    home: str, after: tuple[str, str], before: tuple[str, str], metric: str
) -> Comparison:
    """The paired difference between two contenders, each named with its bake-off."""
    from pipelines.evaluation.comparison.across import compare_across
    from pipelines.evaluation.results.finished import Finished
    from pipelines.evaluation.results.folder import BakeoffFolder

    left, right = (
        Finished(state.document(id), BakeoffFolder(state.workspace().bakeoff_folder(id)))
        for id, _ in (after, before)
    )
    return compare_across(left, after[1], right, before[1], metric)


def apart(here: BakeoffDocument, documents: list[BakeoffDocument]) -> str:
    """How many of `documents` answered another question than `here`, and what differs in them;
    empty where none did."""
    from pipelines.evaluation.comparison.across import causes, differing
    from pipelines.evaluation.manifest.manifest import Manifest

    others = [d for d in documents if d.manifest.get("hash") != here.manifest.get("hash")]
    fields: list[str] = []
    for other in others:
        try:
            pair = Manifest.read(here.manifest), Manifest.read(other.manifest)
        except AssayError:  # changed, or another version's: the sentence on a pair says so
            continue
        fields += [d.name for d in causes(differing(*pair))]
    what = f" in {', '.join(dict.fromkeys(fields))}" if fields else ""
    return f"{bakeoffs(len(others))} whose manifest differs{what}" if others else ""


def bakeoffs(count: int) -> str:
    """`one bake-off`, `3 bake-offs`."""
    return "one bake-off" if count == 1 else f"{count} bake-offs"
