"""Charts: pure functions from frames to `alt.Chart`, for light and dark paper alike.

The background is transparent and text takes the page's own color. Frames come aggregated:
a chart draws fewer than 2,000 marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import altair as alt
import pandas as pd
from altair.utils import schemapi

from app import look
from app.look import Style

# Parts would be checked against Vega-Lite's schema as they are made and copied, which takes as
# long as all the rest; the tests check each kind of chart as a whole.
schemapi.disable_debug_mode()

CONFIG = alt.Config(
    background="transparent",
    view={"stroke": None},
    axis={
        "labelLimit": 220,
        "titleFontWeight": "normal",
        "labelFontSize": 13,
        "titleFontSize": 13,
    },
    axisY={"labelFlush": False},  # else the first and last label leave their rows
    legend={"labelLimit": 260, "symbolLimit": 60, "labelFontSize": 13, "titleFontSize": 13},
)


def finish(chart: Any, *, height: int = look.HEIGHT) -> Any:
    """The chart as a page shows it: transparent, without a frame, of the given height.

    It is the same object: each of Altair's own methods would copy all of it.
    """
    if height:
        chart.height = height
    chart.config = CONFIG
    return chart


def apart(chart: Any, *channels: str) -> Any:
    """The same layered chart, whose layers share no scale of these channels."""
    chart.resolve = alt.Resolve(scale=dict.fromkeys(channels, "independent"))
    return chart


class Drawn:
    """A chart as it is sent to the browser, not checked anew: see above."""

    def __init__(self, chart: Any) -> None:
        self.chart = chart

    def to_dict(self) -> dict[str, Any]:
        found: dict[str, Any] = self.chart.to_dict(validate=False)
        return found


def contender_color(
    styles: Mapping[str, Style], field: str = "contender", *, legend: bool = False
) -> alt.Color:
    """The color of each contender, as it is in the whole app."""
    scale = alt.Scale(domain=list(styles), range=[s.color for s in styles.values()])
    shown = alt.Legend(title=None, orient="top") if legend else None
    return alt.Color(f"{field}:N", scale=scale, legend=shown)


def contender_shape(
    styles: Mapping[str, Style], field: str = "contender", *, legend: bool = False
) -> alt.Shape:
    """Circle for built, diamond for third parties."""
    scale = alt.Scale(domain=list(styles), range=[s.shape for s in styles.values()])
    shown = alt.Legend(title=None, orient="top") if legend else None
    return alt.Shape(f"{field}:N", scale=scale, legend=shown)


def contender_fill(
    styles: Mapping[str, Style], field: str = "contender", *, legend: bool = False
) -> alt.Fill:
    """Open marks for stand-ins, filled ones for all others."""
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
    """Words in the page's own color."""
    return base.mark_text(**{"color": look.INK, "fontSize": 13, **mark})


def zero_line(field: str = "x") -> alt.Chart:
    """A thin line at zero, across (`x`) or along (`y`)."""
    rule = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=look.INK, opacity=0.7)
    axis = {"x": alt.X("zero:Q")} if field == "x" else {"y": alt.Y("zero:Q")}
    return rule.encode(**axis)


STEPS = ("data", "build", "compare", "test", "decide")


def steps(frame: pd.DataFrame) -> Any:
    """The five steps from data to decision.

    Columns: step, state ("done", "now", "open"), line (what stands there, short).
    """
    drawn = frame.assign(
        at=range(len(frame)),
        mark=frame["state"].map({"done": "✓", "now": "→", "open": "·"}),
        name=[f"{i}  {s.capitalize()}" for i, s in enumerate(frame["step"], 1)],
        word=frame["state"].map({"done": "done", "now": "next", "open": "open"}),
        line=frame["line"].map(_wrapped),
    )
    x = alt.X("at:Q", axis=None, scale=alt.Scale(domain=[-0.5, len(frame) - 0.5], nice=False))
    base = alt.Chart(drawn).encode(x=x, tooltip=[alt.Tooltip("step:N"), alt.Tooltip("word:N")])
    between = range(len(frame) - 1)
    ends = pd.DataFrame({"at": [i + 0.3 for i in between], "end": [i + 0.7 for i in between]})
    rail = (
        alt.Chart(ends).mark_rule(color=look.GREY, strokeWidth=2).encode(x=x, x2="end:Q", y=_y(62))
    )
    circle = base.mark_point(size=2600, shape="circle", strokeWidth=2.5, filled=False).encode(
        y=_y(62), color=alt.value(look.PRIMARY), strokeDash=_by_state({"open": [4, 3]}, [1, 0])
    )
    paper = base.mark_point(size=2600, shape="circle", filled=True, opacity=1).encode(
        y=_y(62),
        color=_by_state({"done": look.PRIMARY, "now": look.PRIMARY}, look.GREY),
        fillOpacity=_by_state({"done": 1.0, "now": 0.25}, 0.12),
    )
    sign = base.encode(y=_y(62), text="mark:N")
    return finish(
        alt.layer(
            rail,
            paper,
            circle,
            sign.transform_filter("datum.state === 'done'").mark_text(
                fontSize=22, fontWeight="bold", color="#FFFFFF"
            ),
            text(sign.transform_filter("datum.state !== 'done'"), fontSize=22, fontWeight="bold"),
            text(base, fontSize=16, fontWeight=600).encode(y=_y(122), text="name:N"),
            text(base, fontSize=13, lineBreak="\n", baseline="top", lineHeight=18).encode(
                y=_y(146), text="line:N"
            ),
        ),
        height=170 + 18 * max(5, 1 + int(drawn["line"].str.count("\n").max())),
    )


def _y(pixels: int) -> Any:
    return alt.value(pixels)


def _by_state(values: Mapping[str, Any], other: Any) -> Any:
    chain = alt.when(alt.datum.state == next(iter(values))).then(
        alt.value(next(iter(values.values())))
    )
    for state, value in list(values.items())[1:]:
        chain = chain.when(alt.datum.state == state).then(alt.value(value))
    return chain.otherwise(alt.value(other))


def _wrapped(line: str, width: int = 16) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(line, width, max_lines=9, placeholder=" …"))


def flow(nodes: pd.DataFrame, links: pd.DataFrame, columns: int) -> Any:
    """A pipeline's stages from left to right; a box's height is how many items leave it.

    `nodes`: id, column, low, high (0 to 1), title, words, kind, chosen. `links`: column,
    next, low, high, next_low, next_high.
    """
    x_scale = alt.Scale(domain=[-0.4, columns - 0.6], nice=False)
    y_scale = alt.Scale(domain=[-0.04, 1.04], nice=False)
    boxes = nodes.assign(left=nodes["column"] - 0.36, right=nodes["column"] + 0.36)
    boxes["middle"] = (boxes["low"] + boxes["high"]) / 2
    base = alt.Chart(boxes).encode(
        x=alt.X("left:Q", axis=None, scale=x_scale), y=alt.Y("low:Q", axis=None, scale=y_scale)
    )
    band = (
        alt.Chart(_bands(links))
        .mark_area(opacity=0.28, color=look.GREY)
        .encode(
            x=alt.X("x:Q", axis=None, scale=x_scale),
            y=alt.Y("low:Q", axis=None, scale=y_scale),
            y2="high:Q",
            detail="link:N",
        )
    )
    kinds = {
        "candidates": look.BLUE,
        "rankers": look.PURPLE,
        "rules": look.ORANGE,
        "list": look.GREY,
    }
    rect = (
        base.mark_rect(cornerRadius=5, strokeWidth=2)
        .encode(
            x2="right:Q",
            y2="high:Q",
            fill=alt.Fill(
                "kind:N",
                scale=alt.Scale(domain=list(kinds), range=list(kinds.values())),
                legend=None,
            ),
            fillOpacity=alt.when(alt.datum.chosen).then(alt.value(0.42)).otherwise(alt.value(0.2)),
            stroke=alt.when(alt.datum.chosen)
            .then(alt.value(look.INK))
            .otherwise(alt.value(look.GREY)),
            tooltip=[alt.Tooltip("title:N", title="stage"), alt.Tooltip("words:N", title="takes")],
        )
        .add_params(alt.selection_point(name="stage", fields=["id"]))
    )
    name = text(base, fontWeight=600, fontSize=12.5, dy=-8, limit=220).encode(
        x="column:Q", y="middle:Q", text="title:N"
    )
    words = text(base, fontSize=12, dy=9, limit=220).encode(
        x="column:Q", y="middle:Q", text="words:N"
    )
    return finish(band + rect + name + words, height=max(look.HEIGHT, 58 * _tallest(nodes)))


def _tallest(nodes: pd.DataFrame) -> int:
    return int(nodes.groupby("column").size().max())


def _bands(links: pd.DataFrame) -> pd.DataFrame:
    ends: list[tuple[int, float, float, float]] = []
    for at, link in enumerate(links.to_dict("records")):
        ends.append((at, link["column"] + 0.36, link["low"], link["high"]))
        ends.append((at, link["next"] - 0.36, link["next_low"], link["next_high"]))
    return pd.DataFrame(ends, columns=["link", "x", "low", "high"])


def over_time(frame: pd.DataFrame, styles: Mapping[str, Style], metric: str) -> Any:
    """A metric over bake-offs, a line per contender with its 95 % intervals.

    Columns: created (datetime), bakeoff, contender, value, low, high.
    """
    x = alt.X("created:T", title="when (UTC)", axis=alt.Axis(grid=False, format="%-d %b %H:%M"))
    y = alt.Y("value:Q", title=metric, scale=alt.Scale(zero=False), axis=alt.Axis(format="~g"))
    base = alt.Chart(frame).encode(x=x)
    lines = base.mark_line(strokeWidth=2).encode(
        y=y, color=contender_color(styles), strokeDash=contender_dash(styles)
    )
    rules = base.mark_rule(strokeWidth=2, opacity=0.6).encode(
        y=alt.Y("low:Q"), y2="high:Q", color=contender_color(styles)
    )
    marks = points(
        base,
        styles,
        y=y,
        tooltip=[
            alt.Tooltip("bakeoff:N", title="bake-off"),
            alt.Tooltip("contender:N", title="contender"),
            alt.Tooltip("value:Q", title=metric, format=".3~g"),
            alt.Tooltip("low:Q", format=".3~g"),
            alt.Tooltip("high:Q", format=".3~g"),
        ],
    )
    ends = text(alt.Chart(_labels(frame)), align="left", dx=12).encode(
        x=x, y="at:Q", text="contender:N"
    )
    return finish(alt.layer(lines, rules, marks, ends).properties(padding={"right": 150}))


def _labels(frame: pd.DataFrame) -> pd.DataFrame:
    """Each contender's name at its newest value, pushed up where names would overlap."""
    newest = frame.sort_values("created").groupby("contender").tail(1).sort_values("value")
    gap = 0.055 * float(frame["high"].max() - frame["low"].min())
    places: list[float] = []
    for value in newest["value"].tolist():
        places.append(max(value, places[-1] + gap) if places else value)
    return newest.assign(at=places)


def names(values: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    found = list(values)
    return " and ".join(filter(None, (", ".join(found[:-1]), *found[-1:])))
