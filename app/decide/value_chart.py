"""The chart of each option's cumulative value over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.components import charts
from app.decide.options import OPTION_COLOR, OPTION_DASH, money_unit, option_label
from pipelines.economics.formats import money, months


def value_frame(curves: Mapping[str, Sequence[float]]) -> pd.DataFrame:
    """Cumulative values by month from 0. Columns: month, option (label), value ($k)."""
    rows = [
        (month, option_label(option), float(value))
        for option, path in curves.items()
        for month, value in enumerate(path)
    ]
    return pd.DataFrame(rows, columns=["month", "option", "value"])


def over_time(
    curves: Mapping[str, Sequence[float]], positive_from: Mapping[str, int | None]
) -> Any:
    """Cumulative value per option, a zero line, and a dot in the month of breaking even."""
    frame = value_frame(curves)
    unit = money_unit(frame["value"].tolist())
    frame["shown"] = frame["value"] / unit.divisor
    ends = frame[frame["month"] == frame["month"].max()].copy()
    span = float(frame["shown"].max() - frame["shown"].min()) or 1.0
    ends["label_at"] = spread(ends["shown"].tolist(), 0.14 * span)
    ends["label"] = ends["option"] + "\n" + ends["value"].map(money)
    present = list(curves)
    names = [option_label(o) for o in present]
    color = alt.Color(
        "option:N",
        scale=alt.Scale(domain=names, range=[OPTION_COLOR.get(o, look.GRAY) for o in present]),
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
        title="months after the decision",
        scale=alt.Scale(domain=[0, last * 1.44], nice=False),
        axis=alt.Axis(values=_month_ticks(last), format="d", grid=False),
    )
    tooltip = [
        alt.Tooltip("option:N"),
        alt.Tooltip("month:Q", format="d"),
        alt.Tooltip("shown:Q", title=f"value ({unit.name})", format=",.3~g"),
    ]
    n_dots = sum(1 for month in positive_from.values() if month)
    bottom = min(*frame["shown"], *(ends["label_at"] - 0.05 * span), -0.08 * span * n_dots)
    top = max(0.0, *frame["shown"], *(ends["label_at"] + 0.08 * span))
    value = alt.Y(
        "shown:Q",
        title=f"cumulative value ({unit.name})",
        scale=alt.Scale(domain=[bottom, top], nice=False),
        axis=alt.Axis(format=",.6~g", tickCount=6),
    )
    lines = (
        alt.Chart(frame)
        .mark_line(strokeWidth=2.25)
        .encode(x=month, y=value, color=color, strokeDash=dash, tooltip=tooltip)
    )
    # Labels have the page's text color, beside a mark in the line's color, to be legible.
    marks = (
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
    break_even = _break_even(positive_from, color)
    return charts.finish(alt.layer(charts.zero_line("y"), lines, marks, labels, *break_even))


def _break_even(positive_from: Mapping[str, int | None], color: alt.Color) -> list[alt.Chart]:
    """Dots at zero with the month from which the value stays positive."""
    rows = [
        (month, option_label(option), 0.0, f"breaks even in month {month}")
        for option, month in positive_from.items()
        if month
    ]
    if not rows:
        return []
    rows.sort()
    dots = pd.DataFrame(rows, columns=["month", "option", "shown", "label"])
    points = (
        alt.Chart(dots)
        .mark_point(filled=True, size=80, opacity=1)
        .encode(
            x="month:Q",
            y="shown:Q",
            color=color,
            tooltip=["option:N", alt.Tooltip("month:Q", title="breaks even in month")],
        )
    )
    texts = [
        charts.text(
            alt.Chart(dots.iloc[[at]]), align="left", dx=5, dy=15 + 15 * at, fontSize=12
        ).encode(x="month:Q", y="shown:Q", text="label:N")
        for at in range(len(dots))
    ]
    return [points, *texts]


def over_time_alt(
    curves: Mapping[str, Sequence[float]], positive_from: Mapping[str, int | None]
) -> str:
    """The finding of the chart: each option's final value and when it breaks even."""
    ended = sorted(((path[-1], name) for name, path in curves.items()), reverse=True)
    parts = []
    for value, name in ended:
        since = positive_from.get(name)
        when = f"breaks even in month {since}" if since else "never breaks even"
        when = "always positive" if since == 0 else when
        parts.append(f"{option_label(name)} {money(value)} ({when})")
    last = len(next(iter(curves.values()))) - 1
    return f"Cumulative value after {months(last)}: " + "; ".join(parts) + "."


def spread(values: Sequence[float], gap: float) -> list[float]:
    """The values moved apart in their order, so that labels of height `gap` do not overlap."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    placed: list[tuple[list[int], float]] = []  # groups of touching labels and their centers
    for i in order:
        group, center = [i], values[i]
        while placed and (
            center - (len(group) - 1) / 2 * gap
            < placed[-1][1] + (len(placed[-1][0]) - 1) / 2 * gap + gap
        ):
            before, _ = placed.pop()
            group = before + group
            center = sum(values[j] for j in group) / len(group)
        placed.append((group, center))
    out = [0.0] * len(values)
    for group, center in placed:
        for place, i in enumerate(group):
            out[i] = center + (place - (len(group) - 1) / 2) * gap
    return out


def _month_ticks(last: int) -> list[int]:
    step = next((s for s in (1, 3, 6, 12, 24) if last / s <= 12), 48)
    return list(range(0, last + 1, step))
