"""Charts of uncertainty: the range of each option's value, and its probability of being best."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.components import charts
from app.decide.options import OPTION_COLOR, money_unit, option_label
from pipelines.economics.formats import money, percent

PERCENTILES = {"p5": "5th percentile", "p50": "median", "p95": "95th percentile"}


def fan(uncertainty: Mapping[str, Any]) -> Any:
    """Each option's value: a bar from the 5th to the 95th percentile, a point at the median."""
    rows = [
        (option_label(name), f["p5"], f["p50"], f["p95"]) for name, f in uncertainty["fan"].items()
    ]
    frame = pd.DataFrame(rows, columns=["option", "p5", "p50", "p95"])
    unit = money_unit([*frame["p5"], *frame["p95"]])
    for name in ("p5", "p50", "p95"):
        frame[name] /= unit.divisor
    names = sorted(uncertainty["fan"], key=lambda n: -float(uncertainty["fan"][n]["p50"]))
    color = alt.Color(
        "option:N",
        scale=alt.Scale(
            domain=[option_label(n) for n in names],
            range=[OPTION_COLOR.get(n, look.GRAY) for n in names],
        ),
        legend=None,
    )
    y = alt.Y("option:N", title=None, sort=[option_label(n) for n in names])
    base = alt.Chart(frame)
    tooltip = [
        "option:N",
        *(
            alt.Tooltip(f"{p}:Q", title=f"{PERCENTILES[p]} ({unit.name})", format=",.3~g")
            for p in ("p5", "p50", "p95")
        ),
    ]
    title = f"value ({unit.name}): median and 5th to 95th percentile"
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
    """The finding of the chart: the range of each option's value."""
    parts = [
        f"{option_label(name)} {money(f['p5'])} to {money(f['p95'])}"
        for name, f in uncertainty["fan"].items()
    ]
    return "Value in 90% of the simulations: " + "; ".join(parts) + "."


def chances(uncertainty: Mapping[str, Any]) -> Any:
    """The probability of each option being best."""
    rows = [
        (option_label(name), float(share), percent(share))
        for name, share in uncertainty["p_best"].items()
    ]
    frame = pd.DataFrame(rows, columns=["option", "share", "label"])
    names = sorted(uncertainty["p_best"], key=lambda n: -float(uncertainty["p_best"][n]))
    color = alt.Color(
        "option:N",
        scale=alt.Scale(
            domain=[option_label(n) for n in names],
            range=[OPTION_COLOR.get(n, look.GRAY) for n in names],
        ),
        legend=None,
    )
    y = alt.Y("option:N", title=None, sort=[option_label(n) for n in names])
    x = alt.X(
        "share:Q",
        title="probability of being best, %",
        scale=alt.Scale(domain=[0, 1.12], nice=False),
        axis=alt.Axis(labelExpr="datum.value * 100", values=[0, 0.25, 0.5, 0.75, 1]),
    )
    bars = alt.Chart(frame).mark_bar(height=18).encode(x=x, y=y, color=color)
    labels = (
        alt.Chart(frame)
        .mark_text(align="left", dx=6, color=look.INK, fontSize=13)
        .encode(x=x, y=y, text="label:N")
    )
    return charts.finish(alt.layer(bars, labels))


def chances_alt(uncertainty: Mapping[str, Any]) -> str:
    """The finding of the chart: each option's probability of being best."""
    ranked = sorted(uncertainty["p_best"].items(), key=lambda pair: -pair[1])
    parts = [f"{option_label(name)} {percent(share)}" for name, share in ranked]
    return "Probability of being best: " + "; ".join(parts) + "."
