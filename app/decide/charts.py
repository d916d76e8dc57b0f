"""The pictures of a decision: value over time, fan, chance of being best, tornado."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.components import charts
from pipelines.economics.formats import money, months, percent
from pipelines.economics.labels import OPTION_LABELS

OPTION_COLOR = {
    "popularity": look.GREY,
    "buy": look.VERMILION,
    "build": look.BLUE,
    "staged": look.PURPLE,
    "nothing": look.GREY,
}
OPTION_DASH = {"popularity": [2, 2], "buy": [1, 0], "build": [6, 3], "staged": [8, 2, 2, 2]}
OPTION_WORDS = OPTION_LABELS


@dataclass(frozen=True)
class Unit:
    """A unit of money for an axis: values in $k are divided by `divisor`."""

    divisor: float
    name: str


def money_unit(values: Sequence[float]) -> Unit:
    """$k, or $ million where the largest value has five digits or more in $k."""
    largest = max((abs(v) for v in values), default=0.0)
    return Unit(1000.0, "$ million") if largest >= 9_999.5 else Unit(1.0, "$k")


def value_frame(curves: Mapping[str, Sequence[float]]) -> pd.DataFrame:
    """Rows month, option, value ($k) of cumulative curves, a value for each month from 0."""
    rows = [
        (month, OPTION_WORDS.get(option, option), float(value))
        for option, path in curves.items()
        for month, value in enumerate(path)
    ]
    return pd.DataFrame(rows, columns=["month", "option", "value"])


def over_time(
    curves: Mapping[str, Sequence[float]], positive_from: Mapping[str, int | None]
) -> Any:
    """Cumulative value per option with a zero line; a dot where it turns positive for good."""
    frame = value_frame(curves)
    unit = money_unit(frame["value"].tolist())
    frame["shown"] = frame["value"] / unit.divisor
    ends = frame[frame["month"] == frame["month"].max()].copy()
    span = float(frame["shown"].max() - frame["shown"].min()) or 1.0
    ends["label_at"] = spread(ends["shown"].tolist(), 0.14 * span)
    ends["label"] = ends["option"] + "\n" + ends["value"].map(money)
    present = list(curves)
    names = [OPTION_WORDS.get(o, o) for o in present]
    color = alt.Color(
        "option:N",
        scale=alt.Scale(domain=names, range=[OPTION_COLOR.get(o, look.GREY) for o in present]),
        legend=None,
    )
    dash = alt.StrokeDash(
        "option:N",
        scale=alt.Scale(domain=names, range=[OPTION_DASH.get(o, [1, 0]) for o in present]),
        legend=None,
    )
    last = int(frame["month"].max())
    month = alt.X(
        "month:Q",
        title="months from the decision",
        scale=alt.Scale(domain=[0, last * 1.44], nice=False),
        axis=alt.Axis(values=_month_ticks(last), format="d", grid=False),
    )
    tooltip = [
        alt.Tooltip("option:N"),
        alt.Tooltip("month:Q", format="d"),
        alt.Tooltip("shown:Q", title=f"value, {unit.name}", format=",.3~g"),
    ]
    turning = sum(1 for month in positive_from.values() if month)
    bottom = min(*frame["shown"], *(ends["label_at"] - 0.05 * span), -0.08 * span * turning)
    top = max(0.0, *frame["shown"], *(ends["label_at"] + 0.08 * span))
    value = alt.Y(
        "shown:Q",
        title=f"cumulative value, {unit.name}",
        scale=alt.Scale(domain=[bottom, top], nice=False),
        axis=alt.Axis(format=",.6~g", tickCount=6),
    )
    lines = (
        alt.Chart(frame)
        .mark_line(strokeWidth=2.25)
        .encode(x=month, y=value, color=color, strokeDash=dash, tooltip=tooltip)
    )
    # Words in the page's own ink, behind a sign in the line's color: not every color is legible.
    signs = (
        alt.Chart(ends)
        .mark_point(shape="square", filled=True, size=70, opacity=1, xOffset=12, yOffset=-7)
        .encode(x="month:Q", y="label_at:Q", color=color)
    )
    labels = charts.text(
        alt.Chart(ends),
        align="left",
        dx=21,
        dy=-7,
        fontSize=12.5,
        fontWeight=600,
        lineBreak="\n",
        lineHeight=15,
    ).encode(x="month:Q", y="label_at:Q", text="label:N")
    turns = _turns(frame, positive_from, color)
    return charts.finish(alt.layer(charts.zero_line("y"), lines, signs, labels, *turns))


def _turns(
    frame: pd.DataFrame, positive_from: Mapping[str, int | None], color: alt.Color
) -> list[alt.Chart]:
    """Dots at zero with the month from which the value stays positive."""
    rows = [
        (month, OPTION_WORDS.get(option, option), 0.0, f"even in month {month}")
        for option, month in positive_from.items()
        if month
    ]
    if not rows:
        return []
    rows.sort()
    turns = pd.DataFrame(rows, columns=["month", "option", "shown", "label"])
    points = (
        alt.Chart(turns)
        .mark_point(filled=True, size=80, opacity=1)
        .encode(
            x="month:Q",
            y="shown:Q",
            color=color,
            tooltip=["option:N", alt.Tooltip("label:N", title="positive from")],
        )
    )
    texts = [
        charts.text(
            alt.Chart(turns.iloc[[at]]), align="left", dx=5, dy=15 + 15 * at, fontSize=12
        ).encode(x="month:Q", y="shown:Q", text="label:N")
        for at in range(len(turns))
    ]
    return [points, *texts]


def over_time_alt(
    curves: Mapping[str, Sequence[float]], positive_from: Mapping[str, int | None]
) -> str:
    """What the picture of value over time says, in words."""
    ended = sorted(((path[-1], name) for name, path in curves.items()), reverse=True)
    said = []
    for value, name in ended:
        since = positive_from.get(name)
        turn = f"positive from month {since}" if since else "never positive"
        turn = "positive throughout" if since == 0 else turn
        said.append(f"{OPTION_WORDS.get(name, name)} {money(value)} ({turn})")
    last = len(next(iter(curves.values()))) - 1
    return f"Cumulative value after {months(last)}: " + "; ".join(said) + "."


def fan(uncertainty: Mapping[str, Any]) -> Any:
    """90 % of the draws of each option's value as a bar, the median as a point, zero marked."""
    rows = [
        (OPTION_WORDS.get(name, name), f["p5"], f["p50"], f["p95"])
        for name, f in uncertainty["fan"].items()
    ]
    frame = pd.DataFrame(rows, columns=["option", "p5", "p50", "p95"])
    unit = money_unit([*frame["p5"], *frame["p95"]])
    for name in ("p5", "p50", "p95"):
        frame[name] /= unit.divisor
    names = sorted(uncertainty["fan"], key=lambda n: -float(uncertainty["fan"][n]["p50"]))
    color = alt.Color(
        "option:N",
        scale=alt.Scale(
            domain=[OPTION_WORDS.get(n, n) for n in names],
            range=[OPTION_COLOR.get(n, look.GREY) for n in names],
        ),
        legend=None,
    )
    y = alt.Y("option:N", title=None, sort=[OPTION_WORDS.get(n, n) for n in names])
    base = alt.Chart(frame)
    tooltip = [
        "option:N",
        *(
            alt.Tooltip(f"{p}:Q", title=f"{p[1:]} % point, {unit.name}", format=",.3~g")
            for p in ("p5", "p50", "p95")
        ),
    ]
    title = f"value, {unit.name} (5 %, 50 % and 95 % of the draws)"
    bars = base.mark_bar(height=14, opacity=0.35).encode(
        x=alt.X("p5:Q", title=title, axis=alt.Axis(format=",.6~g")),
        x2="p95:Q",
        y=y,
        color=color,
        tooltip=tooltip,
    )
    points = base.mark_point(filled=True, size=110, opacity=1).encode(
        x="p50:Q", y=y, color=color, tooltip=tooltip
    )
    return charts.finish(alt.layer(charts.zero_line("x"), bars, points))


def fan_alt(uncertainty: Mapping[str, Any]) -> str:
    """What the fan says, in words."""
    said = [
        f"{OPTION_WORDS.get(name, name)} {money(f['p5'])} to {money(f['p95'])}"
        for name, f in uncertainty["fan"].items()
    ]
    return "Range of the value in 90 % of the draws: " + "; ".join(said) + "."


def chances(uncertainty: Mapping[str, Any]) -> Any:
    """The share of draws in which each option comes first."""
    rows = [
        (OPTION_WORDS.get(name, name), float(share), percent(share))
        for name, share in uncertainty["p_best"].items()
    ]
    frame = pd.DataFrame(rows, columns=["option", "share", "label"])
    names = sorted(uncertainty["p_best"], key=lambda n: -float(uncertainty["p_best"][n]))
    color = alt.Color(
        "option:N",
        scale=alt.Scale(
            domain=[OPTION_WORDS.get(n, n) for n in names],
            range=[OPTION_COLOR.get(n, look.GREY) for n in names],
        ),
        legend=None,
    )
    y = alt.Y("option:N", title=None, sort=[OPTION_WORDS.get(n, n) for n in names])
    x = alt.X(
        "share:Q",
        title="share of the draws in which it comes first",
        scale=alt.Scale(domain=[0, 1.12], nice=False),
        axis=alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1]),
    )
    bars = alt.Chart(frame).mark_bar(height=18).encode(x=x, y=y, color=color)
    labels = (
        alt.Chart(frame)
        .mark_text(align="left", dx=6, color=look.INK, fontSize=13)
        .encode(x=x, y=y, text="label:N")
    )
    return charts.finish(alt.layer(bars, labels))


def chances_alt(uncertainty: Mapping[str, Any]) -> str:
    """The chance of being best per option, in words."""
    ranked = sorted(uncertainty["p_best"].items(), key=lambda pair: -pair[1])
    said = [f"{OPTION_WORDS.get(name, name)} {percent(share)}" for name, share in ranked]
    return "Share of the draws in which each option comes first: " + "; ".join(said) + "."


def spread(values: Sequence[float], gap: float) -> list[float]:
    """The values moved apart, in their order, so that labels `gap` high do not overlap."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    placed: list[tuple[list[int], float]] = []  # groups of touching labels and their middles
    for i in order:
        group, middle = [i], values[i]
        while placed and (
            middle - (len(group) - 1) / 2 * gap
            < placed[-1][1] + (len(placed[-1][0]) - 1) / 2 * gap + gap
        ):
            before, _ = placed.pop()
            group = before + group
            middle = sum(values[j] for j in group) / len(group)
        placed.append((group, middle))
    out = [0.0] * len(values)
    for group, middle in placed:
        for place, i in enumerate(group):
            out[i] = middle + (place - (len(group) - 1) / 2) * gap
    return out


def _month_ticks(last: int) -> list[int]:
    step = next((s for s in (1, 3, 6, 12, 24) if last / s <= 12), 48)
    return list(range(0, last + 1, step))
