"""Comparisons on any metric and against any contender, from stored per-user values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import streamlit as st

from app import state
from pipelines import paths
from pipelines.errors import AssayError
from pipelines.evaluation.comparison import compare
from pipelines.evaluation.metric_names import PER_USER
from pipelines.evaluation.results import BakeoffDocument, Comparison


def offered(document: BakeoffDocument) -> tuple[list[str], list[str]]:
    """The metrics that judge lists by what people chose, and the list lengths, that it has."""
    there = {name for c in document.contenders for name in c.metrics}
    pairs = [name.partition("@")[::2] for name in there]
    metrics = [m for m in PER_USER if any(metric == m for metric, _ in pairs)]
    ks = sorted({k for metric, k in pairs if metric in PER_USER}, key=int)
    return metrics, ks


def comparisons(document: BakeoffDocument, metric: str, against: str) -> list[Comparison]:
    """Every other scored contender against one, on one metric; best first.

    What the document has is taken from it; the rest is computed from per-user values.
    """
    stored = [c for c in document.comparisons if c.metric == metric and c.baseline == against]
    found = stored or _computed(str(paths.home()), document.id, metric, against)
    return sorted(found, key=lambda c: -c.difference)


@st.cache_data(max_entries=128, show_spinner="Comparing, person by person ...")
def _computed(home: str, bakeoff_id: str, metric: str, against: str) -> list[Comparison]:
    document = state.document(bakeoff_id)
    folder = state.workspace().bakeoff_folder(bakeoff_id)
    base = _values(folder, against, metric)
    share = float(document.manifest.get("useful_share", 0.02))
    found = []
    for c in document.contenders:
        if c.status != "scored" or c.name == against:
            continue
        pair = _values(folder, c.name, metric).align(base, join="inner")
        found.append(
            compare(c.name, against, metric, *pair, share, over_budget=bool(c.over_budget))
        )
    return found


def _values(folder: Path, contender: str, metric: str) -> pd.Series:
    """A contender's value for each user, by user id."""
    path = folder / "contenders" / contender / "per_user.parquet"
    try:
        frame = pd.read_parquet(path, columns=["user_id", metric])
    except (OSError, ValueError) as error:
        raise AssayError(
            f"The per-user values of {contender} in {metric} are no longer stored ({path.name}); "
            "run the bake-off again."
        ) from error
    return frame.set_index("user_id")[metric]


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
