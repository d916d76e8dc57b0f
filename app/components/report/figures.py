"""The pictures of a report: the Compare page's own, each with its finding and its data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from app import look
from app.components import compare_charts as pictures
from app.components.report.drawing import svg
from app.components.report.tables import Table, of_frame
from pipelines.evaluation.results import BakeoffDocument, Comparison


@dataclass(frozen=True)
class Figure:
    """A picture, what it shows in words, and its data."""

    svg: Markup
    alt: str
    data: Table
    title: str = ""
    note: str = ""


def _figure(
    name: str, chart: Any, alt: str, data: pd.DataFrame, *, title: str = "", note: str = ""
) -> Figure:
    return Figure(svg(chart, name), alt, of_frame(data), title, note)


def differences(
    document: BakeoffDocument, found: list[Comparison], metric: str, against: str, name: str
) -> Figure:
    """Each contender's paired difference to one of them; `found` has at least one row."""
    frame = pictures.differences_frame(document, found)
    baseline = pictures.titles(document)[against]
    drawn, floor = pictures.without_floor(frame)
    chart = pictures.differences(drawn, pictures.titled_styles(document), metric, baseline)
    alt = pictures.differences_alt(frame, metric, baseline)
    return _figure(name, chart, alt, frame.drop(columns="words"), note=floor)


def quality(document: BakeoffDocument, metric: str) -> list[Figure]:
    """Quality against the time of a request; nothing where no request was timed."""
    frame = pictures.quality_frame(document, metric)
    if frame.empty:
        return []
    budget = (document.manifest.get("budget") or {}).get("p95_ms")
    chart = pictures.quality(frame, pictures.titled_styles(document), metric, budget)
    return [_figure("quality", chart, pictures.quality_alt(frame, metric), frame)]


def waterfalls(document: BakeoffDocument) -> list[Figure]:
    """What each step adds, for each contender of several steps."""
    named, styles = pictures.titles(document), look.styles_of(document)
    found = []
    for n, c in enumerate(document.contenders):
        if len(c.waterfall) < 2:
            continue
        frame = pictures.waterfall_frame(c.waterfall)
        chart = pictures.waterfall(frame, styles[c.name].color)
        alt = pictures.waterfall_alt(frame, named[c.name])
        found.append(_figure(f"steps{n}", chart, alt, frame, title=named[c.name]))
    return found
