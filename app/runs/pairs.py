"""Two runs: the spec lines that differ, and the difference in the metric."""

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
from pipelines.runtime.phrases import number_of


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
    def manifest_hash(self) -> str:
        return str(self.document.manifest.get("hash", ""))


def runs_of(document: BakeoffDocument) -> Iterator[Run]:
    """The built contenders of a bake-off that were scored."""
    for contender in document.contenders:
        if contender.kind == "built" and contender.status == "scored" and contender.spec:
            yield Run(document, contender, Spec.model_validate(contender.spec).to_toml())


def changed_lines(before: str, after: str) -> int:
    """How many lines differ; a replaced line counts once, and names and titles do not count."""
    a, b = ([line for line in relevant_lines(text) if line] for text in (before, after))
    blocks = difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    return sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in blocks if tag != "equal")


def relevant_lines(text: str) -> list[str]:
    """The lines of a spec that change what it computes."""
    texts = ("name = ", "title = ", "description = ")
    return [line for line in text.splitlines() if not line.startswith(texts)]


def nearest(runs: list[Run]) -> tuple[Run, Run] | None:
    """The two runs with the most similar specs on one manifest, the newest if several."""
    pairs = [
        (changed_lines(b.toml, a.toml), a.contender.name != b.contender.name, at, (b, a))
        for at, (a, b) in enumerate(combinations(runs[:40], 2))
        if a.manifest_hash == b.manifest_hash and a.contender.spec_hash != b.contender.spec_hash
    ]
    return min(pairs, key=lambda pair: pair[:3])[3] if pairs else None


def sentences(before: Run, after: Run) -> tuple[str, str]:
    """The title sentence on two runs, and the sentence beneath it.

    `In als, 1 spec line changed: +0.0120 NDCG@10 (95% interval +0.0100 to +0.0140).` and the
    outcome; or the reason if the two runs cannot be compared.
    """
    count = changed_lines(before.toml, after.toml)
    lines = number_of(count, "spec line") if count else "no spec line"
    one, two = before.contender.name, after.contender.name
    names = f"In {one}" if one == two else f"From {one} to {two}"
    change = f"{names}, {lines} changed"
    try:
        found = _compared(
            str(paths.home()),
            (after.document.id, two),
            (before.document.id, one),
            results.declared_metric(after.document),
        )
    except AssayError as error:
        return f"{change}; the two runs cannot be compared.", str(error)
    return (
        f"{change}: {signed(found.difference)} {label(found.metric)} "
        f"(95% interval {signed(found.low)} to {signed(found.high)}).",
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


def other_manifests(here: BakeoffDocument, documents: list[BakeoffDocument]) -> str:
    """How many of `documents` have another manifest than `here`, and in which fields; or empty."""
    from pipelines.evaluation.comparison.across import causes, differing
    from pipelines.evaluation.manifest.manifest import Manifest

    others = [d for d in documents if d.manifest.get("hash") != here.manifest.get("hash")]
    fields: list[str] = []
    for other in others:
        try:
            pair = Manifest.read(here.manifest), Manifest.read(other.manifest)
        except AssayError:  # changed or from another version; the sentence on a pair says so
            continue
        fields += [d.name for d in causes(differing(*pair))]
    where = f" (in {', '.join(dict.fromkeys(fields))})" if fields else ""
    return f"{number_of(len(others), 'bake-off')} with another manifest{where}" if others else ""
