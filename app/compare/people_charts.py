"""The histogram of paired differences between two contenders, one per user."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.components import charts
from app.components.tables import digits
from pipelines.evaluation.comparison.pairs import Pairs
from pipelines.evaluation.metrics.names import label
from pipelines.runtime.phrases import number_of

MORE, LESS = look.OUTCOME_COLOR["better"], look.OUTCOME_COLOR["worse"]


def percent(share: float) -> str:
    """`41%`, `0.4%`, `under 0.1%`; 0% and 100% only for exactly none and all."""
    if 0 < share < 0.001:
        return "under 0.1%"
    if 0.999 < share < 1:
        return "over 99.9%"
    value = 100 * share
    whole = share in (0.0, 1.0) or 1 <= value <= 99
    return f"{value:.0f}%" if whole else f"{value:.1f}%"


def histogram_frame(pairs: Pairs) -> pd.DataFrame:
    """A row per non-empty bin. Columns: low, high (edges), users, side (better or worse)."""
    edges, counts = pairs.histogram()
    frame = pd.DataFrame({"low": edges[:-1], "high": edges[1:], "users": counts})
    frame["side"] = ["worse" if high <= 0 else "better" for high in frame["high"]]
    return frame[frame["users"] > 0].reset_index(drop=True)


def histogram(frame: pd.DataFrame, pairs: Pairs, one: str, other: str, metric: str) -> Any:
    """Users by how much better or worse `one` does; the share without a difference is a label."""
    edges, _ = pairs.histogram()
    x = alt.X(
        "low:Q",
        title=f"{label(metric)} of {one} minus {other}, per user",
        scale=alt.Scale(domain=[float(edges[0]), float(edges[-1])], nice=False),
        bin="binned",
        axis=alt.Axis(
            grid=False,
            tickCount=9,
            labelFlush=False,
            labelExpr="datum.value == 0 ? '0' : format(datum.value, '+~g')",
        ),
    )
    y = alt.Y(
        "users:Q",
        title="users",
        scale=alt.Scale(nice=False),
        axis=alt.Axis(format=",~d", tickCount=5),
    )
    bars = (
        alt.Chart(frame)
        .mark_bar(binSpacing=1)
        .encode(
            x=x,
            x2=alt.X2("high:Q"),
            y=y,
            color=alt.Color(
                "side:N",
                scale=alt.Scale(domain=["better", "worse"], range=[MORE, LESS]),
                legend=None,
            ),
            tooltip=[
                alt.Tooltip("low:Q", title="difference from", format="+.3~r"),
                alt.Tooltip("high:Q", title="to", format="+.3~r"),
                alt.Tooltip("users:Q", format=","),
            ],
        )
    )
    return charts.finish(alt.layer(bars, charts.zero_line("x"), *_share_labels(pairs)))


def _share_labels(pairs: Pairs) -> list[Any]:
    """The shares of worse, same and better: left, center, right."""
    more, same, less = pairs.shares()
    edges, _ = pairs.histogram()
    reach = float(edges[-1])
    labels = (
        (-0.98 * reach, "left", f"{look.OUTCOME_MARK['worse']} worse for {percent(less)}"),
        (0.0, "center", f"= the same for {percent(same)}"),
        (0.98 * reach, "right", f"{look.OUTCOME_MARK['better']} better for {percent(more)}"),
    )
    layers = []
    for at, align, label_text in labels:
        base = alt.Chart(pd.DataFrame({"at": [at], "label": [label_text]}))
        layers.append(
            charts.text(base, align=align, baseline="bottom", fontSize=14, fontWeight=600).encode(
                x=alt.X("at:Q"), y=alt.value(-8), text=alt.Text("label:N")
            )
        )
    return layers


def histogram_alt(pairs: Pairs, one: str, other: str, metric: str) -> str:
    """The finding of the histogram."""
    more, same, less = pairs.shares()
    edges, _ = pairs.histogram()
    return (
        f"{label(metric)} of {one} minus {other} for each of {number_of(pairs.defined, 'user')}: "
        f"above zero for {percent(more)}, below for {percent(less)}, zero for {percent(same)}. The "
        f"largest absolute difference is {digits(float(edges[-1]))}."
    )
