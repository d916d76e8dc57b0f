"""What all charts share: configuration, contender styles, text and zero lines.

Charts are pure functions from frames to `alt.Chart` and work in the light and the dark theme:
the background is transparent and text takes the page's color. Frames are aggregated before
plotting, so that a chart draws fewer than 2,000 marks.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any

import altair as alt
import pandas as pd
from altair.utils import schemapi

from app import look
from app.look import Style
from pipelines.runtime.phrases import and_list

# Altair validates every part against Vega-Lite's schema when it is made or copied, which takes as
# long as everything else. The tests validate each kind of chart as a whole.
schemapi.disable_debug_mode()

alone = threading.RLock()
"""Held while a chart becomes a specification: what Altair makes of its data and its theme is a
setting of the process, not of the thread."""

# The theme's own gray has a contrast of 3.6 with the light page; text needs 4.5.
QUIET = {
    "labelColor": look.INK, "titleColor": look.INK, "labelOpacity": 0.85, "titleOpacity": 0.85,
}  # fmt: skip
CONFIG = alt.Config(
    background="transparent",
    view={"stroke": None},
    axis={
        "labelLimit": 220,
        "titleFontWeight": "normal",
        "labelFontSize": 13,
        "titleFontSize": 13,
        **QUIET,
    },
    axisY={"labelFlush": False},  # otherwise the first and last label leave their rows
    legend={
        "labelLimit": 260,
        "symbolLimit": 60,
        "labelFontSize": 13,
        "titleFontSize": 13,
        **QUIET,
    },
)


def finish(chart: Any, *, height: int = look.HEIGHT) -> Any:
    """The chart as a page shows it: transparent, without a frame, `height` pixels high.

    Changes the chart in place: Altair's own methods would copy all of it.
    """
    if height:
        chart.height = height
    chart.config = CONFIG
    return chart


def margins(right: int) -> dict[str, int]:
    """Padding with space for labels on the right, in pixels; unset sides would be cut off."""
    return {"left": 5, "top": 8, "right": right, "bottom": 5}


def apart(chart: Any, *channels: str) -> Any:
    """The same layered chart with independent scales for these channels."""
    chart.resolve = alt.Resolve(scale=dict.fromkeys(channels, "independent"))
    return chart


def contender_color(
    styles: Mapping[str, Style], field: str = "contender", *, legend: bool = False
) -> alt.Color:
    """The color of each contender, the same in every chart."""
    scale = alt.Scale(domain=list(styles), range=[s.color for s in styles.values()])
    shown = alt.Legend(title=None, orient="top") if legend else None
    return alt.Color(f"{field}:N", scale=scale, legend=shown)


def contender_shape(
    styles: Mapping[str, Style], field: str = "contender", *, legend: bool = False
) -> alt.Shape:
    """Circles for built pipelines, diamonds for third parties."""
    scale = alt.Scale(domain=list(styles), range=[s.shape for s in styles.values()])
    shown = alt.Legend(title=None, orient="top") if legend else None
    return alt.Shape(f"{field}:N", scale=scale, legend=shown)


def contender_fill(
    styles: Mapping[str, Style], field: str = "contender", *, legend: bool = False
) -> alt.Fill:
    """Open marks for stand-ins, filled marks for the others."""
    fills = [s.color if s.filled else "transparent" for s in styles.values()]
    shown = alt.Legend(title=None, orient="top") if legend else None
    return alt.Fill(f"{field}:N", scale=alt.Scale(domain=list(styles), range=fills), legend=shown)


def contender_dash(styles: Mapping[str, Style], field: str = "contender") -> alt.StrokeDash:
    """Dashed lines for stand-ins."""
    solid, dashed = [1, 0], list(look.DASH)
    scale = alt.Scale(
        domain=list(styles), range=[dashed if s.dashed else solid for s in styles.values()]
    )
    return alt.StrokeDash(f"{field}:N", scale=scale, legend=None)


def points(
    base: alt.Chart,
    styles: Mapping[str, Style],
    *,
    size: int = 130,
    legend: bool = False,
    **encode: Any,
) -> Any:
    """Contenders as marks in their colors and shapes (field `contender`)."""
    return base.mark_point(size=size, strokeWidth=2.2, opacity=1).encode(
        color=contender_color(styles, legend=legend),
        fill=contender_fill(styles, legend=legend),
        shape=contender_shape(styles, legend=legend),
        **encode,
    )


def text(base: alt.Chart, **mark: Any) -> alt.Chart:
    """Text in the page's color."""
    return base.mark_text(**{"color": look.INK, "fontSize": 13, **mark})


def zero_line(field: str = "x") -> alt.Chart:
    """A thin line at zero of the x or the y axis."""
    rule = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=look.INK, opacity=0.7)
    axis = {"x": alt.X("zero:Q")} if field == "x" else {"y": alt.Y("zero:Q")}
    return rule.encode(**axis)


names = and_list


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a frame, each with a field per column."""
    return frame.itertuples()
