"""The figures of a report: the charts of the Compare page, each with its finding and data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from app import look
from app.compare import cost, cost_charts, drift_charts, interval_charts, waterfall
from app.compare.comparisons import compared
from app.compare.cost_charts import COST, TIME
from app.components.drawing import svg
from app.report.tables import Table, of_frame
from pipelines.economics.options import best_passing, options
from pipelines.errors import AssayError
from pipelines.evaluation.results.document import BakeoffDocument, Comparison, titles_of
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.prices.pricebook import PriceBook


@dataclass(frozen=True)
class Figure:
    """A chart, its finding as alt text, and its data."""

    svg: Markup
    alt: str
    data: Table
    title: str = ""
    note: str = ""


def figure(
    name: str, chart: Any, alt: str, data: pd.DataFrame, *, title: str = "", note: str = ""
) -> Figure:
    """A chart of the app as a figure; `name` is unique within the report."""
    return Figure(svg(chart, name), alt, of_frame(data), title, note)


def differences(
    document: BakeoffDocument, found: list[Comparison], metric: str, against: str, name: str
) -> Figure:
    """Each contender's paired difference from `against`; `found` is not empty."""
    frame = interval_charts.differences_frame(document, found)
    baseline = titles_of(document.contenders)[against]
    drawn, floor = interval_charts.without_floor(frame, titles_of(document.contenders))
    chart = interval_charts.differences(drawn, look.styles_by_title(document), metric, baseline)
    alt = interval_charts.differences_alt(frame, metric, baseline)
    return figure(name, chart, alt, frame.drop(columns="label"), note=floor)


def values(document: BakeoffDocument, frame: pd.DataFrame, metric: str, name: str) -> Figure:
    """Each contender's value; `frame` is from `interval_charts.values_frame` and not empty."""
    drawn, floor = interval_charts.without_floor(frame, titles_of(document.contenders), "value")
    chart = interval_charts.values(drawn, look.styles_by_title(document), metric)
    alt = interval_charts.values_alt(frame, metric)
    return figure(name, chart, alt, frame.drop(columns="label"), note=floor)


def drift(
    document: BakeoffDocument, found: list[Comparison], metric: str, baseline: str, name: str
) -> list[Figure]:
    """The differences from window to window; none for a metric that the windows do not have."""
    titles = titles_of(document.contenders)
    frame = drift_charts.differences_frame(document, metric, found)
    drawn = drift_charts.without_floor(frame, titles)
    if frame.empty or (frame["window"] == drift_charts.POOLED).all():
        return []
    styles, against = look.styles_by_title(document), titles[baseline]
    chart = drift_charts.chart(drawn, styles, metric, against)
    alt = drift_charts.alt_text(drawn, metric, against)
    told = " ".join(one.sentence for one in document.drift if one.metric == metric)
    return [figure(f"{name}-drift", chart, alt, frame, title="Window by window", note=told)]


@dataclass(frozen=True)
class Price:
    """Quality against latency and against cost."""

    sentence: str
    figures: list[Figure]
    notes: list[str]


REQUESTS = "1000000"
"""Per month: the traffic for which the cost of servers is computed."""


def price(document: BakeoffDocument, folder: BakeoffFolder, metric: str) -> Price | None:
    """The Pareto front and the cheapest passing option; None if no contender was scored."""
    try:
        found = options(document, metric, float(REQUESTS), PriceBook())
    except AssayError as error:  # the metric has no better direction
        return Price(str(error), [], [])
    if not found:
        return None
    titles, best, why = titles_of(document.contenders), best_passing(found), []
    try:
        against = [] if best is None else compared(document, folder, metric, best.name)
        cheapest = cost.cheapest_of(found, best, against)
    except AssayError as error:  # there are no per-user values; the charts need none
        cheapest, why = None, [f"The cheapest passing option is not marked: {error}"]
    frame = cost_charts.options_frame(document, found, metric)
    drawn, floor = interval_charts.without_floor(frame, titles, "value")
    ring = "" if cheapest is None else titles[cheapest.name]
    budget = document.manifest.get("budget") or {}
    figures = []
    for axis, limit in ((TIME, budget.get("p95_ms")), (COST, budget.get("cost_per_1000"))):
        there = cost_charts.on_axis(drawn, axis, metric)
        if there.empty:
            continue
        styles = look.styles_by_title(document)
        chart = cost_charts.quality(there, styles, metric, axis, limit=limit, ring=ring)
        alt = cost_charts.quality_alt(there, metric, axis, ring)
        figures.append(figure(axis.field, chart, alt, there))
    explanation = cost.explanation(document, found, metric, best, cheapest, REQUESTS)
    sentence = cost.sentence(document, found, best, cheapest, REQUESTS)
    return Price(sentence, figures, [*filter(None, [floor]), *explanation, *why])


def waterfalls(document: BakeoffDocument) -> list[Figure]:
    """What each stage adds, for each contender with several stages."""
    titles, styles = titles_of(document.contenders), look.styles_of(document)
    found = []
    for n, c in enumerate(document.contenders):
        if len(c.waterfall) < 2:
            continue
        frame = waterfall.waterfall_frame(c.waterfall)
        chart = waterfall.waterfall(frame, styles[c.name].color)
        alt = waterfall.waterfall_alt(frame, titles[c.name])
        found.append(figure(f"steps{n}", chart, alt, frame, title=titles[c.name]))
    return found
