"""The picture of a pipeline: boxes for its stages, bands for the items between them."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.components.charts import finish, text


def chart(nodes: pd.DataFrame, links: pd.DataFrame, columns: int) -> Any:
    """A pipeline's stages from left to right; a box's height shows how many items leave it.

    `nodes`: id, column, low, high (0 to 1), title, label, kind, chosen. `links`: column, next,
    low, high, next_low, next_high. A click on a box is the selection `stage`.
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
        .mark_area(opacity=0.28, color=look.GRAY)
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
        "list": look.GRAY,
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
            .otherwise(alt.value(look.GRAY)),
            tooltip=[
                alt.Tooltip("title:N", title="stage"),
                alt.Tooltip("label:N", title="items out, fit time"),
            ],
        )
        .add_params(alt.selection_point(name="stage", fields=["id"]))
    )
    name = text(base, fontWeight=600, fontSize=12.5, dy=-8, limit=220).encode(
        x="column:Q", y="middle:Q", text="title:N"
    )
    label = text(base, fontSize=12, dy=9, limit=220).encode(
        x="column:Q", y="middle:Q", text="label:N"
    )
    return finish(band + rect + name + label, height=max(look.HEIGHT, 58 * _tallest(nodes)))


def _tallest(nodes: pd.DataFrame) -> int:
    return int(nodes.groupby("column").size().max())


def _bands(links: pd.DataFrame) -> pd.DataFrame:
    ends: list[tuple[int, float, float, float]] = []
    for at, link in enumerate(links.to_dict("records")):
        ends.append((at, link["column"] + 0.36, link["low"], link["high"]))
        ends.append((at, link["next"] - 0.36, link["next_low"], link["next_high"]))
    return pd.DataFrame(ends, columns=["link", "x", "low", "high"])
