"""The tornado chart: an option's value at both ends of each input's range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.components import charts
from app.decide.options import money_unit, option_label
from pipelines.economics.case import fields
from pipelines.economics.formats import money, percent


def input_labels() -> dict[str, str]:
    """A short label for each input that the tornado can show, by its path."""
    short = {
        "margin": "addressed margin",
        "open_rate": "open rate",
        "requests": "requests per month",
        "fte_cost": "cost of a full-time employee",
        "uplift": "uplift",
        "months_to_launch": "months to launch",
        "setup": "set-up (person-months)",
        "ftes": "operating staff",
        "infra": "servers and storage per month",
        "overrun": "set-up overrun (factor)",
        "usd_rate": "price of a US dollar",
    }
    labels = {}
    for row in fields():
        option, dot, last = row["name"].rpartition(".")
        if last in short:
            labels[row["name"]] = short[last] + (f", {option_label(option)}" if dot else "")
    return labels


def tornado_frame(rows: Sequence[Mapping[str, Any]], most: int = 10) -> pd.DataFrame:
    """The widest `most` rows of a tornado. Columns: input, end, at (labels), value ($k)."""
    labels = input_labels()
    shown = [
        {
            "input": labels.get(row["input"], row["input"])
            + (" (± 25% assumed)" if row["assumed"] else ""),
            "end": end,
            "at": quantity(row["input"], row[end]),
            "value": float(row[f"npv_{end}"]),
        }
        for row in rows[:most]
        for end in ("low", "high")
    ]
    return pd.DataFrame(shown, columns=["input", "end", "at", "value"])


def quantity(name: str, value: float) -> str:
    """An input's value as text, by the input's path."""
    last = name.rpartition(".")[2]
    if last in ("open_rate", "uplift"):
        return percent(value)
    if last in ("margin", "fte_cost", "infra"):
        return money(value)
    return f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"


def tornado(rows: Sequence[Mapping[str, Any]], base: float) -> Any:
    """An option's value at each input's low and high end, with the other inputs at their means."""
    frame = tornado_frame(rows)
    unit = money_unit([base, *frame["value"]])
    frame["shown"] = frame["value"] / unit.divisor
    frame["base"] = base / unit.divisor
    frame["side"] = _sides(frame, base)
    order = list(dict.fromkeys(frame["input"]))
    y = alt.Y("input:N", title=None, sort=order, axis=alt.Axis(labelLimit=330, ticks=False))
    # margin for the labels at the ends of the bars
    low, high = float(frame["shown"].min()), float(frame["shown"].max())
    pad = 0.14 * ((high - low) or 1.0)
    near_zero = low - (high - low) <= 0 <= high + (high - low)
    if near_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    x = alt.X(
        "shown:Q",
        title=f"value ({unit.name})",
        scale=alt.Scale(domain=[low - pad, high + pad], nice=False),
        axis=alt.Axis(format=",.6~g", tickCount=8),
    )
    color = alt.Color(
        "end:N",
        title="end of the input's range",
        scale=alt.Scale(domain=["low", "high"], range=[look.ORANGE, look.BLUE]),
        legend=alt.Legend(orient="top"),
    )
    tooltip = [
        "input:N",
        alt.Tooltip("end:N", title="end of the range"),
        alt.Tooltip("at:N", title="input value"),
        alt.Tooltip("shown:Q", title=f"value ({unit.name})", format=",.3~g"),
    ]
    bars = (
        alt.Chart(frame)
        .mark_bar(height=16)
        .encode(x=x, x2="base:Q", y=y, color=color, tooltip=tooltip)
    )
    sides: dict[str, dict[str, Any]] = {
        "left": {"align": "right", "dx": -5},
        "right": {"align": "left", "dx": 5},
    }
    texts = [
        charts.text(alt.Chart(frame[frame["side"] == side]), fontSize=12, **mark).encode(
            x=x, y=y, text="at:N"
        )
        for side, mark in sides.items()
    ]
    middle = (
        alt.Chart(pd.DataFrame({"base": [base / unit.divisor]}))
        .mark_rule(color=look.INK, strokeWidth=1.5)
        .encode(x="base:Q")
    )
    height = max(look.HEIGHT, 34 * len(order) + 90)
    return charts.finish(alt.layer(charts.zero_line("x"), bars, *texts, middle), height=height)


def _sides(frame: pd.DataFrame, base: float) -> list[str]:
    """The side of the bar for the label of each end; an end at `base` gets the free side."""
    pairs = frame.groupby("input", sort=False)["value"].transform
    others = pairs("sum") - frame["value"]
    return [
        "right" if value > base or (value == base and other <= base) else "left"
        for value, other in zip(frame["value"], others, strict=True)
    ]


def tornado_alt(rows: Sequence[Mapping[str, Any]], option: str) -> str:
    """The finding of the tornado: the three inputs with the largest effect."""
    labels = input_labels()
    parts = [
        f"{labels.get(r['input'], r['input'])} ({money(min(r['npv_low'], r['npv_high']))} to "
        f"{money(max(r['npv_low'], r['npv_high']))})"
        for r in rows[:3]
    ]
    return f"Largest effects on the value of {option_label(option)}: {'; '.join(parts)}."
