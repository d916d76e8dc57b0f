"""The pictures of a report: the Compare page's own, each with its finding and its data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from app import look
from app.compare import cost as compare_cost
from app.compare import cost_charts as compare_cost_charts
from app.compare import waterfall as compare_waterfall
from app.compare.cost_charts import COST, TIME
from app.components import comparison_charts as pictures
from app.components.comparison import compared
from app.report.drawing import svg
from app.report.tables import Table, of_frame
from pipelines.economics.options import best_passing, options
from pipelines.errors import AssayError
from pipelines.evaluation.results.document import BakeoffDocument, Comparison
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.prices.pricebook import PriceBook


@dataclass(frozen=True)
class Figure:
    """A picture, what it shows in words, and its data."""

    svg: Markup
    alt: str
    data: Table
    title: str = ""
    note: str = ""


def figure(
    name: str, chart: Any, alt: str, data: pd.DataFrame, *, title: str = "", note: str = ""
) -> Figure:
    """A chart of the app as a figure; `name` is one of its own within the report."""
    return Figure(svg(chart, name), alt, of_frame(data), title, note)


def differences(
    document: BakeoffDocument, found: list[Comparison], metric: str, against: str, name: str
) -> Figure:
    """Each contender's paired difference to one of them; `found` has at least one row."""
    frame = pictures.differences_frame(document, found)
    baseline = pictures.titles(document)[against]
    drawn, floor = pictures.without_floor(frame, pictures.titles(document))
    chart = pictures.differences(drawn, pictures.titled_styles(document), metric, baseline)
    alt = pictures.differences_alt(frame, metric, baseline)
    return figure(name, chart, alt, frame.drop(columns="words"), note=floor)


def values(document: BakeoffDocument, frame: pd.DataFrame, metric: str, name: str) -> Figure:
    """Each contender's value; `frame` is of `compare_charts.values_frame`, not empty."""
    drawn, floor = pictures.without_floor(frame, pictures.titles(document), "value")
    chart = pictures.values(drawn, pictures.titled_styles(document), metric)
    alt = pictures.values_alt(frame, metric)
    return figure(name, chart, alt, frame.drop(columns="words"), note=floor)


@dataclass(frozen=True)
class Price:
    """Quality against time and against cost."""

    sentence: str
    figures: list[Figure]
    notes: list[str]


REQUESTS = "1000000"
"""A month: what the cost of servers is reckoned for."""


def price(document: BakeoffDocument, kept: BakeoffFolder, metric: str) -> Price | None:
    """Who is unbeaten, and the cheapest that passes; None where nobody was scored."""
    try:
        found = options(document, metric, float(REQUESTS), PriceBook())
    except AssayError as error:  # nobody wins by the metric
        return Price(str(error), [], [])
    if not found:
        return None
    named, best, why = pictures.titles(document), best_passing(found), []
    try:
        against = [] if best is None else compared(document, kept, metric, best.name)
        cheapest = compare_cost.cheapest_of(found, best, against)
    except AssayError as error:  # values per person are not kept: the pictures need none
        cheapest, why = None, [f"The cheapest passing option is not marked: {error}"]
    frame = compare_cost_charts.options_frame(document, found, metric)
    drawn, floor = pictures.without_floor(frame, named, "value")
    ring = "" if cheapest is None else named[cheapest.name]
    budget = document.manifest.get("budget") or {}
    figures = []
    for axis, limit in ((TIME, budget.get("p95_ms")), (COST, budget.get("cost_per_1000"))):
        there = compare_cost_charts.on_axis(drawn, axis, metric)
        if there.empty:
            continue
        styles = pictures.titled_styles(document)
        chart = compare_cost_charts.quality(there, styles, metric, axis, limit=limit, ring=ring)
        alt = compare_cost_charts.quality_alt(there, metric, axis, ring)
        figures.append(figure(axis.field, chart, alt, there))
    said = compare_cost.explained(document, found, metric, best, cheapest, REQUESTS)
    sentence = compare_cost.sentence(document, found, best, cheapest, REQUESTS)
    return Price(sentence, figures, [*filter(None, [floor]), *said, *why])


def waterfalls(document: BakeoffDocument) -> list[Figure]:
    """What each step adds, for each contender of several steps."""
    named, styles = pictures.titles(document), look.styles_of(document)
    found = []
    for n, c in enumerate(document.contenders):
        if len(c.waterfall) < 2:
            continue
        frame = compare_waterfall.waterfall_frame(c.waterfall)
        chart = compare_waterfall.waterfall(frame, styles[c.name].color)
        alt = compare_waterfall.waterfall_alt(frame, named[c.name])
        found.append(figure(f"steps{n}", chart, alt, frame, title=named[c.name]))
    return found
