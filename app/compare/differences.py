"""The view that opens Compare: who is better than the baseline, by how much, how surely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from app import look
from app.compare import tools
from app.compare.contenders import missing
from app.components import charts, page, toolbar
from app.components import comparison_charts as pictures
from app.components.comparison import (
    Words,
    comparable,
    comparisons,
    headline,
    leading,
    useful_share,
)
from pipelines.evaluation.comparison.hit_rate import hit_rate_sentence
from pipelines.evaluation.comparison.ranking import better_sign
from pipelines.evaluation.results.document import BakeoffDocument, Comparison

SIDES = {
    1: ("above zero", "below zero"),
    -1: ("below zero", "above zero"),
    0: ("on the better side of zero", "on the other"),
}
"""Where an interval is better and worse, by `ranking.better_sign`."""


def section(document: BakeoffDocument) -> Words:
    """Paired differences to a chosen contender, and the values beside them."""
    with tools.row(gap="small"):
        metric = tools.metric_and_length(document)
        wins = comparable(metric)
        against = tools.against(document, metric, width=tools.NARROW) if wins else ""
    tools.about_metric(document, metric)
    if not wins:
        frame = _values(document, metric)
        missing(document)
        return Words(pictures.spread(frame, metric))
    found = comparisons(document, metric, against)
    with tools.side_by_side():
        left, right = st.columns([3, 2], gap="medium")
        with left:
            _differences(document, found, metric, against)
        with right:
            _values(document, metric)
    if found:
        st.caption(page.plain(legend(document, found, against)))
    missing(document)
    return Words(headline(document, found, metric, against), _hit_rate(document, found, metric))


def _hit_rate(document: BakeoffDocument, found: list[Comparison], metric: str) -> str:
    """What the leading contender's hit rate means for people; empty where it has none."""
    best = leading(document, found)
    if best is None:
        return ""
    k = metric.partition("@")[2]
    hit_rate = f"hit_rate@{k}"
    result, base = document.contender(best.contender), document.contender(best.baseline)
    rate = None if result is None else result.metrics.get(hit_rate)
    if rate is None:
        return ""
    base_rate = None if base is None else base.metrics.get(hit_rate)
    rows = comparisons(document, hit_rate, best.baseline)
    titles = pictures.titles(document)
    return hit_rate_sentence(
        rate.value,
        int(k),
        contender=titles[best.contender],
        baseline=titles[best.baseline],
        baseline_rate=None if base_rate is None else base_rate.value,
        outcome=next((c.outcome for c in rows if c.contender == best.contender), None),
    )


def _differences(
    document: BakeoffDocument, found: list[Comparison], metric: str, against: str
) -> None:
    if not found:
        blank = toolbar.blank("each contender's difference")
        words = "An empty picture: there are no two contenders to compare."
        page.picture(blank, words, key="compare")
        return
    named = pictures.titles(document)
    frame = pictures.differences_frame(document, found)
    drawn, floor = pictures.without_floor(frame, named)
    chart = pictures.differences(drawn, pictures.titled_styles(document), metric, named[against])
    alt = pictures.differences_alt(frame, metric, named[against])
    page.picture(chart, alt, frame.drop(columns="words"), key="compare")
    if floor:
        st.caption(page.plain(floor))


def _values(document: BakeoffDocument, metric: str) -> pd.DataFrame:
    frame = pictures.values_frame(document, metric)
    drawn, floor = pictures.without_floor(frame, pictures.titles(document), "value")
    chart = pictures.values(drawn, pictures.titled_styles(document), metric)
    alt = pictures.values_alt(frame, metric)
    page.picture(chart, alt, frame.drop(columns="words"), key="compare_values")
    if floor:
        st.caption(page.plain(floor))
    return frame


def legend(document: BakeoffDocument, found: Sequence[Comparison], against: str) -> str:
    """What the marks mean, and whether the intervals are adjusted."""
    named = pictures.titles(document)
    share = 100 * useful_share(document)
    sides = SIDES[better_sign(found[0].metric)]
    return (
        f"{look.OUTCOME_MARK['better']} better: the whole interval lies {sides[0]}. "
        f"{look.OUTCOME_MARK['equivalent']} equivalent: it lies within the grey band, the "
        f"smallest useful difference ({share:.3g} % of {named[against]}). "
        f"{look.OUTCOME_MARK['worse']} worse: {sides[1]}. "
        f"{look.OUTCOME_MARK['inconclusive']} inconclusive: more people are needed. "
        + adjusted(found, named)
    )


def adjusted(found: Sequence[Comparison], named: Mapping[str, str]) -> str:
    """Whether the intervals of these comparisons, and those of the values, are adjusted.

    `named` has what each contender is called.
    """
    told = [c for c in found if c.adjustment]
    if not told:
        return (
            "All intervals are of 95 %, each for itself: not adjusted for the number of contenders."
        )
    levels = sorted(100 * c.confidence for c in told)
    span = " to ".join(dict.fromkeys(f"{level:.3g}" for level in (levels[0], levels[-1])))
    others = charts.names(named[c.contender] for c in found if not c.adjustment)
    rest = f", except {'that' if len(found) - len(told) == 1 else 'those'} of {others},"
    return (
        f"Intervals of differences{rest if others else ''} are adjusted ({told[0].adjustment}: "
        f"{span} % each); those of the values are of 95 %, each for itself."
    )
