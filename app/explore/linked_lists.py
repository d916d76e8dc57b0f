"""The chart of all lists side by side, and the sentence on two of them."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.components import charts, wide
from app.look import Style
from pipelines.economics.summary import NUMBERS
from pipelines.runtime.phrases import noun_for


def spelled(number: int) -> str:
    """`three` up to ten, then digits."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def shared(frame: pd.DataFrame, one: str, other: str) -> list[str]:
    """Titles of the items in both contenders' lists, in the order of the first list."""
    theirs = set(frame[frame["contender"] == other]["item_id"])
    mine = frame[frame["contender"] == one]
    return [str(t) for t in mine[mine["item_id"].isin(theirs)]["title"]]


def sentence(frame: pd.DataFrame, one: str, other: str) -> str:
    """`Two-stage and Popular share three of ten items.`"""
    length = max(int((frame["contender"] == name).sum()) for name in (one, other))
    both = len(shared(frame, one, other))
    number = spelled(both) if both else "none"
    return f"{one} and {other} share {number} of {spelled(length)} {noun_for(length, 'item')}."


def linked_lists(frame: pd.DataFrame, styles: Mapping[str, Style]) -> Any:
    """A column per contender, a row per rank; lines link an item in two neighboring lists.

    `frame` is that of `explore.data.Lists`. Hovering over an item highlights it in every list.
    """
    order = list(dict.fromkeys(frame["contender"]))
    n, places = len(order), int(frame["rank"].max())
    paid = frame["sponsored"] if "sponsored" in frame else pd.Series(False, index=frame.index)
    drawn = frame.assign(
        sponsored=paid.map({True: "yes", False: "no"}),
        column=frame["contender"].map(order.index),
        label=[
            ("✓ " if c else "") + ("◈ " if p else "") + str(t)
            for t, c, p in zip(frame["title"], frame["chosen"], paid, strict=True)
        ],
        in_lists=[f"{count} of {n} lists" for count in frame["lists"]],
        held_out=frame["chosen"].map({True: "yes", False: "no"}),
        shared=frame["lists"] > 1,
    )
    drawn = drawn.assign(
        left=drawn["column"] - 0.45,
        right=drawn["column"] + 0.45,
        top=drawn["rank"] - 0.42,
        bottom=drawn["rank"] + 0.42,
        start=drawn["column"] - 0.42,
    )
    x_scale = alt.Scale(domain=[-0.5, n - 0.5], nice=False)
    y_scale = alt.Scale(domain=[-1.0, places + 0.5], nice=False, reverse=True)
    hover = alt.selection_point(
        name="item", fields=["item_id"], on="pointerover", clear="pointerout", empty=False
    )
    x, y = alt.X("left:Q", axis=None, scale=x_scale), alt.Y("top:Q", axis=None, scale=y_scale)
    tiles = (
        alt.Chart(drawn)
        .mark_rect(cornerRadius=4)
        .encode(
            x=x,
            x2="right:Q",
            y=y,
            y2="bottom:Q",
            fill=alt.when(alt.datum.shared)
            .then(alt.value(look.PRIMARY))
            .otherwise(alt.value(look.GRAY)),
            fillOpacity=alt.when(hover)
            .then(alt.value(0.6))
            .when(alt.datum.shared)
            .then(alt.value(0.24))
            .otherwise(alt.value(0.1)),
            stroke=alt.when(alt.datum.chosen)
            .then(alt.value(look.INK))
            .otherwise(alt.value("transparent")),
        )
    )
    # Above the labels, so that hovering over a label is hovering over its item.
    over = (
        alt.Chart(drawn)
        .mark_rect(fill=look.GRAY, fillOpacity=0.001)
        .encode(
            x=x,
            x2="right:Q",
            y=y,
            y2="bottom:Q",
            tooltip=[
                alt.Tooltip("title:N"),
                alt.Tooltip("contender:N"),
                alt.Tooltip("rank:Q"),
                alt.Tooltip("in_lists:N", title="in"),
                alt.Tooltip("held_out:N", title="held-out interaction"),
                alt.Tooltip("sponsored:N", title="sponsored"),
            ],
        )
        .add_params(hover)
    )
    columns = _links(drawn, n)
    bands = (
        alt.Chart(columns)
        .mark_rule(strokeWidth=2, color=look.PRIMARY)
        .encode(
            x=alt.X("from:Q", scale=x_scale, axis=None),
            x2="to:Q",
            y=alt.Y("from_rank:Q", scale=y_scale, axis=None),
            y2="to_rank:Q",
            opacity=alt.when(hover).then(alt.value(1)).otherwise(alt.value(0.65)),
        )
    )
    labels = charts.text(
        alt.Chart(drawn),
        align="left",
        fontSize=12,
        limit=alt.ExprRef(f"0.84 * width / {n}"),
    ).encode(
        x=alt.X("start:Q", scale=x_scale, axis=None),
        y=alt.Y("rank:Q", scale=y_scale, axis=None),
        text="label:N",
    )
    return charts.finish(
        alt.layer(bands, tiles, labels, *_headers(order, styles, x_scale, y_scale), over),
        height=max(look.HEIGHT, 34 * places + 75),
    )


def _headers(
    order: list[str], styles: Mapping[str, Style], x_scale: alt.Scale, y_scale: alt.Scale
) -> list[Any]:
    """Above each column the contender's title, on two lines at most, and a line in its color."""
    n = len(order)
    frame = pd.DataFrame(
        {
            "column": range(n),
            "left": [at - 0.45 for at in range(n)],
            "right": [at + 0.45 for at in range(n)],
            "contender": order,
            "label": [_two_lines(f"{styles[c].mark} {c}") for c in order],
        }
    )
    base = alt.Chart(frame)
    names = charts.text(
        base,
        fontWeight=600,
        baseline="top",
        lineBreak="\n",
        lineHeight=16,
        limit=alt.ExprRef(f"0.98 * width / {n}"),
    ).encode(
        x=alt.X("column:Q", scale=x_scale, axis=None),
        y=alt.Y(datum=-0.95, scale=y_scale, axis=None),
        text="label:N",
    )
    shown = {c: styles[c] for c in order}
    lines = base.mark_rule(strokeWidth=3).encode(
        x=alt.X("left:Q", scale=x_scale, axis=None),
        x2="right:Q",
        y=alt.Y(datum=0.32, scale=y_scale, axis=None),
        color=charts.contender_color(shown),
        strokeDash=charts.contender_dash(shown),
    )
    return [lines, names]


def _two_lines(text: str, width: int = 17) -> str:
    """`text` on two lines; a short text is on the second line, next to its column."""
    name, bracket, more = text.partition(" (")
    if bracket and len(text) > width >= len(name):
        return f"{name}\n({more}"
    first, *rest = textwrap.wrap(text, width) or [text]
    return f"{first}\n{' '.join(rest)}" if rest else f" \n{first}"


def _links(drawn: pd.DataFrame, n: int) -> pd.DataFrame:
    """A line for each item that two neighboring columns share."""
    rows = []
    for column in range(n - 1):
        here = drawn[drawn["column"] == column].set_index("item_id")["rank"]
        there = drawn[drawn["column"] == column + 1].set_index("item_id")["rank"]
        for item in here.index.intersection(there.index):
            rows.append((item, column + 0.45, column + 0.55, here[item], there[item]))
    return pd.DataFrame(rows, columns=["item_id", "from", "to", "from_rank", "to_rank"])


def linked_alt(frame: pd.DataFrame, one: str, other: str) -> str:
    """The finding of the chart: the shared items, and the held-out interactions in each list."""
    both = shared(frame, one, other)
    listed = f" Shared: {charts.names(both)}." if both else ""
    hits = frame[frame["chosen"]].groupby("contender")["item_id"].size()
    counts = [f"{name} has {spelled(int(hits[name]))}" for name in hits.index]
    held_out = f" Held-out interactions in the lists: {'; '.join(counts)}." if counts else ""
    return f"{sentence(frame, one, other)}{listed}{held_out}"


SIDE_BY_SIDE = "explore_side_by_side"
"""Key of the container of the chart."""


def scroll_css(columns: int) -> str:
    """A style: in a narrow window, the chart scrolls instead of cutting its labels."""
    return wide.scroll_css(SIDE_BY_SIDE, 118 * columns)
