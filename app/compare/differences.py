"""The first view of Compare: each contender's paired difference from one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from app import look
from app.compare import interval_charts, tools
from app.compare.comparisons import comparable, comparisons, headline, useful_share
from app.compare.contenders import missing
from app.compare.heading import Heading
from app.components import charts, page, toolbar
from app.components.drawn import Drawn
from pipelines.evaluation.comparison.hit_rate import hit_rate_sentence
from pipelines.evaluation.comparison.leading import leading, passed_over
from pipelines.evaluation.comparison.ranking import better_sign
from pipelines.evaluation.results.document import BakeoffDocument, Comparison, titles_of

SIDES = {
    1: ("above zero", "below zero"),
    -1: ("below zero", "above zero"),
    0: ("on the better side of zero", "on the other side"),
}
"""Where a better and a worse interval lie, by `ranking.better_sign`."""
HOLM = (
    "Holm's method widens each interval, so that the probability of any false difference among "
    "all comparisons is at most 5%."
)


def section(document: BakeoffDocument) -> Heading:
    """Paired differences from a chosen contender, and the values beside them."""
    with tools.row(gap="small"):
        metric = tools.metric_and_length(document)
        can_compare = comparable(metric)
        against = tools.against(document, metric, width=tools.NARROW) if can_compare else ""
    tools.about_metric(document, metric)
    if not can_compare:
        frame = _values(document, metric)
        missing(document)
        return Heading(interval_charts.range_sentence(frame, metric))
    found = comparisons(document, metric, against)
    with tools.side_by_side():
        left, right = st.columns([3, 2], gap="medium")
        with left:
            _differences(document, found, metric, against)
        with right:
            _values(document, metric)
    if found:
        adjusted = any(c.adjustment for c in found)
        st.caption(page.plain(legend(document, found, against)), help=HOLM if adjusted else None)
    missing(document)
    told = (_hit_rate(document, found, metric), passed_over(document, found))
    return Heading(headline(document, found, metric, against), " ".join(filter(None, told)))


def _hit_rate(document: BakeoffDocument, found: list[Comparison], metric: str) -> str:
    """The leading contender's hit rate in plain words; empty if it has none."""
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
    titles = titles_of(document.contenders)
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
        blank = toolbar.blank("the difference between contenders")
        page.picture(
            blank, "An empty chart: fewer than two contenders can be compared.", key="compare"
        )
        return
    titles = titles_of(document.contenders)
    frame = interval_charts.differences_frame(document, found)
    drawn, floor = interval_charts.without_floor(frame, titles)
    styles = look.styles_by_title(document)
    chart = Drawn(interval_charts.differences, drawn, styles, metric, titles[against])
    alt = interval_charts.differences_alt(frame, metric, titles[against])
    page.picture(chart, alt, frame.drop(columns="label"), key="compare")
    if floor:
        st.caption(page.plain(floor))


def _values(document: BakeoffDocument, metric: str) -> pd.DataFrame:
    frame = interval_charts.values_frame(document, metric)
    titles = titles_of(document.contenders)
    drawn, floor = interval_charts.without_floor(frame, titles, "value")
    chart = Drawn(interval_charts.values, drawn, look.styles_by_title(document), metric)
    alt = interval_charts.values_alt(frame, metric)
    page.picture(chart, alt, frame.drop(columns="label"), key="compare_values")
    if floor:
        st.caption(page.plain(floor))
    return frame


def legend(document: BakeoffDocument, found: Sequence[Comparison], against: str) -> str:
    """What the marks mean, and whether the intervals are adjusted."""
    titles = titles_of(document.contenders)
    share = 100 * useful_share(document)
    better, worse = SIDES[better_sign(found[0].metric)]
    return (
        f"{look.OUTCOME_MARK['better']} better: the whole interval is {better}. "
        f"{look.OUTCOME_MARK['worse']} worse: the whole interval is {worse}. "
        f"{look.OUTCOME_MARK['equivalent']} equivalent: the whole interval is inside the gray "
        f"band, the smallest useful difference ({share:.3g}% of {titles[against]}). "
        f"{look.OUTCOME_MARK['inconclusive']} inconclusive: more users are needed. "
        + adjustment(found, titles)
    )


def adjustment(found: Sequence[Comparison], titles: Mapping[str, str]) -> str:
    """How many comparisons the intervals allow for; `titles` by contender name."""
    adjusted = [c for c in found if c.adjustment]
    if not adjusted:
        return "All intervals are 95% intervals, not adjusted for the number of comparisons."
    levels = sorted(100 * c.confidence for c in adjusted)
    span = " to ".join(dict.fromkeys(f"{level:.3g}" for level in (levels[0], levels[-1])))
    others = charts.names(titles[c.contender] for c in found if not c.adjustment)
    exception = f", except for {others}," if others else ""
    return (
        f"Intervals of differences{exception} have levels of {span}%, allowing for "
        f"{adjusted[0].looks} comparisons. Intervals of values are 95% intervals, not adjusted."
    )
