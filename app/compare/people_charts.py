"""How much better or worse one contender does than another, person by person, as a picture."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.components import charts
from app.components.tables import digits
from pipelines.evaluation.comparison.pairs import Pairs
from pipelines.evaluation.metrics.names import label

MORE, LESS = look.OUTCOME_COLOR["better"], look.OUTCOME_COLOR["worse"]


def share_words(share: float) -> str:
    """`41 %`, `0.4 %`, `under 0.1 %`; never 0 % or 100 % of what is some or not all."""
    if 0 < share < 0.001:
        return "under 0.1 %"
    if 0.999 < share < 1:
        return "over 99.9 %"
    percent = 100 * share
    exact = share in (0.0, 1.0) or 1 <= percent <= 99
    return f"{percent:.0f} %" if exact else f"{percent:.1f} %"


def histogram_frame(pairs: Pairs) -> pd.DataFrame:
    """A row per bin that holds somebody: low, high (edges), people, side (better or worse)."""
    edges, counts = pairs.histogram()
    frame = pd.DataFrame({"low": edges[:-1], "high": edges[1:], "people": counts})
    frame["side"] = ["worse" if high <= 0 else "better" for high in frame["high"]]
    return frame[frame["people"] > 0].reset_index(drop=True)


def histogram(frame: pd.DataFrame, pairs: Pairs, one: str, other: str, metric: str) -> Any:
    """People by how much better or worse `one` does for them; those without a difference are
    told in words, at zero."""
    edges, _ = pairs.histogram()
    x = alt.X(
        "low:Q",
        title=f"{label(metric)} of {one} minus {other}'s, for one person",
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
        "people:Q",
        title="people",
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
                alt.Tooltip("people:Q", format=","),
            ],
        )
    )
    return charts.finish(alt.layer(bars, charts.zero_line("x"), *_told(pairs)))


def _told(pairs: Pairs) -> list[Any]:
    """The three shares in words: at the left, in the middle, at the right."""
    more, same, less = pairs.shares()
    edges, _ = pairs.histogram()
    reach = float(edges[-1])
    words = (
        (-0.98 * reach, "left", f"{look.OUTCOME_MARK['worse']} worse for {share_words(less)}"),
        (0.0, "center", f"= the same for {share_words(same)}"),
        (0.98 * reach, "right", f"{look.OUTCOME_MARK['better']} better for {share_words(more)}"),
    )
    layers = []
    for at, align, word in words:
        base = alt.Chart(pd.DataFrame({"at": [at], "word": [word]}))
        layers.append(
            charts.text(base, align=align, baseline="bottom", fontSize=14, fontWeight=600).encode(
                x=alt.X("at:Q"), y=alt.value(-8), text=alt.Text("word:N")
            )
        )
    return layers


def histogram_alt(pairs: Pairs, one: str, other: str, metric: str) -> str:
    """What the picture says, in words."""
    more, same, less = pairs.shares()
    edges, _ = pairs.histogram()
    return (
        f"{label(metric)} of {one} minus that of {other} for each of {pairs.defined:,} people: "
        f"above zero for {share_words(more)}, below for {share_words(less)}, zero for "
        f"{share_words(same)}; the largest is {digits(float(edges[-1]))} either way."
    )
