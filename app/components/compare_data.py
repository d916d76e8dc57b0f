"""Comparisons on any metric and against any contender, from stored per-user values."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app import state
from pipelines import paths
from pipelines.evaluation.comparison import compare
from pipelines.evaluation.kept import Kept
from pipelines.evaluation.metrics.names import MAIN
from pipelines.evaluation.results import BakeoffDocument, Comparison


def offered(document: BakeoffDocument) -> tuple[list[str], list[str]]:
    """The metrics that judge lists by what people chose, and the list lengths, that it has."""
    there = {name for c in document.contenders for name in c.metrics}
    pairs = [name.partition("@")[::2] for name in there]
    metrics = [m for m in MAIN if any(metric == m for metric, _ in pairs)]
    ks = sorted({k for metric, k in pairs if metric in MAIN}, key=int)
    return metrics, ks


def comparisons(document: BakeoffDocument, metric: str, against: str) -> list[Comparison]:
    """Every other scored contender against one, on one metric; best first.

    What the document has is taken from it; the rest is computed from per-user values.
    """
    if _stored(document, metric, against):
        return _stored(document, metric, against)
    return _computed(str(paths.home()), document.id, metric, against)


def compared(document: BakeoffDocument, kept: Kept, metric: str, against: str) -> list[Comparison]:
    """The same without a cache: `kept` is the bake-off's folder."""
    stored = _stored(document, metric, against)
    scored = [c for c in document.contenders if c.status == "scored"]
    if stored or len(scored) < 2 or against not in {c.name for c in scored}:
        return stored
    base = kept.values(against, metric)
    share = float(document.manifest.get("useful_share", 0.02))
    found = []
    for c in scored:
        if c.name != against:
            values, over = kept.values(c.name, metric), bool(c.over_budget)
            found.append(compare(c.name, against, metric, values, base, share, over_budget=over))
    return sorted(found, key=lambda c: -c.difference)


def _stored(document: BakeoffDocument, metric: str, against: str) -> list[Comparison]:
    found = [c for c in document.comparisons if c.metric == metric and c.baseline == against]
    return sorted(found, key=lambda c: -c.difference)


@st.cache_data(max_entries=128, show_spinner="Comparing, person by person ...")
def _computed(home: str, bakeoff_id: str, metric: str, against: str) -> list[Comparison]:
    kept = Kept(state.workspace().bakeoff_folder(bakeoff_id))
    return compared(state.document(bakeoff_id), kept, metric, against)


def headline(document: BakeoffDocument, found: list[Comparison], metric: str, against: str) -> str:
    """One sentence on the best contender that is no baseline, against the chosen one."""
    kinds = {c.name: c.kind for c in document.contenders}
    best = next((c for c in found if kinds.get(c.contender) in ("built", "third-party")), None)
    best = best or next((c for c in found if kinds.get(c.contender) == "stand-in"), None)
    if best is not None:
        return _opened(best, kinds)
    base = document.contender(against)
    if base is None or base.status != "scored":
        status = base.status if base else "not there"
        return f"No comparison is possible: {against}, the baseline, was {status}."
    waiting = [c.name for c in document.contenders if c.kind != "baseline" and c.name != against]
    if waiting:
        return f"Nothing was scored that could be compared with {against}."
    return "Only the baselines took part: there is nothing to compare yet."


def _opened(best: Comparison, kinds: Mapping[str, str]) -> str:
    sentence = best.sentence
    if kinds[best.contender] == "stand-in" and "not Amazon" not in sentence:
        sentence = sentence.replace(best.contender, f"{best.contender} (not Amazon)", 1)
    return sentence[0].upper() + sentence[1:]
