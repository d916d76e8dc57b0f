"""Comparisons on any metric and against any contender, from stored per-user values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from app import state
from pipelines import registry
from pipelines.evaluation.comparison.comparison import Contrast, explored, testable
from pipelines.evaluation.comparison.ranking import best_first, better_sign
from pipelines.evaluation.metrics.metric import MetricOfAllLists
from pipelines.evaluation.metrics.names import MAIN, better, load
from pipelines.evaluation.results.document import (
    BakeoffDocument,
    Comparison,
    ContenderResult,
    titles_of,
)
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.runtime import paths


@dataclass(frozen=True)
class Words:
    """What a view says at the top of the page."""

    title: str
    under: str = ""


def offered(document: BakeoffDocument) -> tuple[list[str], list[str]]:
    """The metrics that it has: the six that judge lists by what people chose, and the others."""
    there = {name.partition("@")[0] for c in document.contenders for name in c.metrics}
    others = [m for m in registry.names("metrics") if m in there - set(MAIN)]
    return [m for m in MAIN if m in there], others


def comparable(metric: str) -> bool:
    """Whether somebody can win by a metric (a name, or one with its k): it has a value for each
    person, and higher or lower is better."""
    return better(metric) != "neither" and not issubclass(
        load(metric.partition("@")[0]), MetricOfAllLists
    )


def lengths(document: BakeoffDocument, metric: str = "") -> list[str]:
    """The list lengths k at which the document has a metric, or any, shortest first."""
    pairs = [name.partition("@")[::2] for c in document.contenders for name in c.metrics]
    return sorted({k for name, k in pairs if name == (metric or name)}, key=int)


def declared(document: BakeoffDocument) -> str:
    """The metric declared in advance: `ndcg@10`."""
    return str(document.manifest.get("metric", "ndcg@10"))


def useful_share(document: BakeoffDocument) -> float:
    """The smallest useful difference, as a share of the value that is compared with."""
    return float(document.manifest.get("useful_share", 0.02))


def scored(document: BakeoffDocument, metric: str | None = None) -> list[str]:
    """Names of the scored contenders (that have a metric), in the document's order."""
    return [
        c.name
        for c in document.contenders
        if c.status == "scored" and (metric is None or metric in c.metrics)
    ]


def ranked(document: BakeoffDocument, metric: str) -> list[ContenderResult]:
    """The scored contenders that have a metric, best first."""
    there = scored(document, metric)
    return best_first([c for c in document.contenders if c.name in there], metric)


def leader(document: BakeoffDocument, metric: str) -> str | None:
    """The scored contender with the best value, a real one if there is any; None if nobody has
    a value."""
    there = ranked(document, metric)
    real = (c for c in there if c.kind in ("built", "third-party"))
    return next((c.name for c in (*real, *there)), None)


def comparisons(document: BakeoffDocument, metric: str, against: str) -> list[Comparison]:
    """Every other scored contender against one, on one metric; best first, or in the document's
    order where nobody wins by the metric.

    What the document has is taken from it; the rest is computed from per-user values.
    """
    if _stored(document, metric, against):
        return _stored(document, metric, against)
    return _computed(str(paths.home()), document.id, metric, against)


def compared(
    document: BakeoffDocument, kept: BakeoffFolder, metric: str, against: str
) -> list[Comparison]:
    """The same without a cache: `kept` is the bake-off's folder."""
    stored, there = _stored(document, metric, against), scored(document, metric)
    if stored or len(there) < 2 or against not in there:
        return stored
    base = kept.values(against, metric)
    contrasts = [
        Contrast(
            c.name,
            against,
            metric,
            kept.values(c.name, metric),
            base,
            over_budget=bool(c.over_budget),
            failed_required=bool(c.failed_required),
        )
        for c in document.contenders
        if c.name in there and c.name != against
    ]
    able = [one for one in contrasts if testable(one)]
    found = explored(able, useful_share(document), titles_of(document.contenders))
    return sorted(found, key=lambda c: -better_sign(metric) * c.difference)


def _stored(document: BakeoffDocument, metric: str, against: str) -> list[Comparison]:
    found = [c for c in document.comparisons if c.metric == metric and c.baseline == against]
    return sorted(found, key=lambda c: -better_sign(metric) * c.difference)


@st.cache_data(max_entries=128, show_spinner="Comparing, person by person ...")
def _computed(home: str, bakeoff_id: str, metric: str, against: str) -> list[Comparison]:
    return compared(state.document(bakeoff_id), state.kept(bakeoff_id), metric, against)


def ready() -> None:
    """Import what the next click will need; called when the page stands, while it is looked at."""
    import scipy.special  # noqa: F401


def headline(document: BakeoffDocument, found: list[Comparison], metric: str, against: str) -> str:
    """One sentence on the best contender that is no baseline, against the chosen one."""
    best = leading(document, found)
    if best is not None:
        return _opened(best, {c.name: c.kind for c in document.contenders})
    base = document.contender(against)
    if base is None or base.status != "scored":
        status = base.status if base else "not there"
        return f"No comparison is possible: {against}, the baseline, was {status}."
    waiting = [c.name for c in document.contenders if c.kind != "baseline" and c.name != against]
    if waiting:
        return f"Nothing was scored that could be compared with {against}."
    return "Only the baselines took part: there is nothing to compare yet."


def leading(document: BakeoffDocument, found: list[Comparison]) -> Comparison | None:
    """The first comparison of a real contender, else of a stand-in; none of a baseline."""
    kinds = {c.name: c.kind for c in document.contenders}
    best = next((c for c in found if kinds.get(c.contender) in ("built", "third-party")), None)
    return best or next((c for c in found if kinds.get(c.contender) == "stand-in"), None)


def _opened(best: Comparison, kinds: Mapping[str, str]) -> str:
    sentence = best.sentence
    if kinds[best.contender] == "stand-in" and "not Amazon" not in sentence:
        sentence = sentence.replace(best.contender, f"{best.contender} (not Amazon)", 1)
    return sentence[0].upper() + sentence[1:]
