"""Comparisons on any metric and against any contender, from stored per-user values."""

from __future__ import annotations

import streamlit as st

from app import state
from app.components import results
from app.components.results import declared_baseline
from pipelines import registry
from pipelines.evaluation.comparison.comparison import Contrast, explored, testable
from pipelines.evaluation.comparison.leading import leading
from pipelines.evaluation.comparison.ranking import best_first, better_sign
from pipelines.evaluation.metrics.metric import MetricOfAllLists
from pipelines.evaluation.metrics.names import MAIN, better, load
from pipelines.evaluation.results.document import (
    BakeoffDocument,
    Comparison,
    ContenderResult,
    drawn_once,
    titles_of,
)
from pipelines.evaluation.results.fit_values import paired_fits
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.runtime import paths


def offered(document: BakeoffDocument) -> tuple[list[str], list[str]]:
    """The document's metrics: the six main accuracy metrics, and the others."""
    there = {name.partition("@")[0] for c in document.contenders for name in c.metrics}
    others = [m for m in registry.names("metrics") if m in there - set(MAIN)]
    return [m for m in MAIN if m in there], others


def comparable(metric: str) -> bool:
    """Whether contenders can be compared by a metric (`ndcg` or `ndcg@10`).

    They can if it has a value for each user and higher or lower is better.
    """
    return better(metric) != "neither" and not issubclass(
        load(metric.partition("@")[0]), MetricOfAllLists
    )


def lengths(document: BakeoffDocument, metric: str = "") -> list[str]:
    """The list lengths k at which the document has `metric` (any metric if empty), ascending."""
    pairs = [name.partition("@")[::2] for c in document.contenders for name in c.metrics]
    return sorted({k for name, k in pairs if name == (metric or name)}, key=int)


def useful_share(document: BakeoffDocument) -> float:
    """The smallest useful difference, as a share of the baseline's value."""
    return float(document.manifest.get("useful_share", 0.02))


def scored(document: BakeoffDocument, metric: str | None = None) -> list[str]:
    """Names of the scored contenders (with a value of `metric`), in the document's order."""
    return [
        c.name
        for c in document.contenders
        if c.status == "scored" and (metric is None or metric in c.metrics)
    ]


def ranked(document: BakeoffDocument, metric: str) -> list[ContenderResult]:
    """The scored contenders with a value of `metric`, best first."""
    there = scored(document, metric)
    return best_first([c for c in document.contenders if c.name in there], metric)


def leader(document: BakeoffDocument, metric: str) -> str | None:
    """The best scored contender by `metric`, built or third-party if possible; None if none.

    A variant that places sponsored items leads only if there is no other.
    """
    there = results.organic(ranked(document, metric))
    real = (c for c in there if c.kind in ("built", "third-party"))
    return next((c.name for c in (*real, *there)), None)


def comparisons(document: BakeoffDocument, metric: str, against: str) -> list[Comparison]:
    """Every other scored contender compared with `against` on one metric, best first.

    They are in the document's order if neither higher nor lower is better. Comparisons come
    from the document if it has them, otherwise from stored per-user values.
    """
    if _stored(document, metric, against):
        return _stored(document, metric, against)
    return _computed(str(paths.home()), document.id, metric, against)


def compared(
    document: BakeoffDocument, folder: BakeoffFolder, metric: str, against: str
) -> list[Comparison]:
    """As `comparisons`, without a cache; `folder` is the bake-off's folder."""
    stored, there = _stored(document, metric, against), scored(document, metric)
    if stored or len(there) < 2 or against not in there:
        return stored
    base = folder.pooled_values(against, metric)
    once = {c.name: drawn_once(c) for c in document.contenders}
    contrasts = [
        Contrast(
            c.name,
            against,
            metric,
            *paired_fits(folder.pooled_values(c.name, metric), base),
            over_budget=bool(c.over_budget),
            failed_required=bool(c.failed_required),
            once=once[c.name] or once[against],
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


@st.cache_data(max_entries=128, show_spinner="Comparing user by user…")
def _computed(home: str, bakeoff_id: str, metric: str, against: str) -> list[Comparison]:
    return compared(state.document(bakeoff_id), state.bakeoff_folder(bakeoff_id), metric, against)


def ready() -> None:
    """Import what the next click needs; called after the page is drawn."""
    import scipy.special  # noqa: F401


def headline(document: BakeoffDocument, found: list[Comparison], metric: str, against: str) -> str:
    """One sentence on the leading contender that is not a baseline, compared with `against`."""
    best = leading(document, found)
    if best is not None:
        return best.sentence
    base = document.contender(against)
    title = titles_of(document.contenders).get(against, against)
    if base is None or base.status != "scored":
        role = "the baseline " if against == declared_baseline(document) else ""
        status = base.status if base else "not in this bake-off"
        return f"No comparison is possible with {role}{title}: {status}."
    others = [c.name for c in document.contenders if c.kind != "baseline" and c.name != against]
    if others:
        return f"No other contender was scored, so there is nothing to compare with {title}."
    return "Only the baselines were run: there is nothing to compare yet."
