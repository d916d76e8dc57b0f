"""The view of list overlap: how similar the lists of each two contenders are."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from app import look, state
from app.compare import matrix, tools
from app.compare.comparisons import lengths, scored
from app.compare.heading import Heading
from app.components import page, toolbar
from app.components.drawn import Drawn
from app.components.results import declared_metric
from app.components.tables import digits
from pipelines.errors import AssayError
from pipelines.evaluation.results.document import BakeoffDocument, titles_of
from pipelines.runtime import paths

MEASURES = {"jaccard": "items in common", "rbo": "items and order"}
DESCRIPTIONS = {
    "jaccard": (
        "Items in both lists as a share of the items in either list (Jaccard index), averaged over "
        "users."
    ),
    "rbo": (
        "Rank-biased overlap (p = 0.9), averaged over users. 1 means the same items in the same "
        "order; the top places weigh most."
    ),
}


def section(document: BakeoffDocument) -> Heading:
    """The mean list overlap of each two contenders, as a matrix."""
    if len(scored(document)) < 2:
        raise AssayError("List overlap needs two scored contenders; this bake-off has fewer.")
    metric, _, k = declared_metric(document).partition("@")
    ks = lengths(document, metric) or lengths(document)  # no contender may have the declared metric
    with tools.row():
        measure = toolbar.choice(
            "Compare lists by",
            list(MEASURES),
            key="compare_overlap",
            default="jaccard",
            format_func=MEASURES.__getitem__,
        )
        length = toolbar.choice(
            "List length (k)", ks, key="compare_k", default=k if k in ks else ks[0]
        )
    st.caption(DESCRIPTIONS[measure])
    frame = overlap_frame(document, _overlap(str(paths.home()), document.id, measure, int(length)))
    st.html(matrix.scroll_css(frame["column"].nunique()))
    with st.container(key=matrix.KEY):
        page.picture(
            Drawn(overlap, frame, int(length)),
            overlap_alt(frame, measure, int(length)),
            frame,
            key="compare_overlap_matrix",
        )
    return Heading(sentence(frame, measure, int(length)))


@st.cache_data(max_entries=64, show_spinner="Comparing lists…")
def _overlap(home: str, bakeoff_id: str, measure: str, k: int) -> pd.DataFrame:
    """A row for each two scored contenders. Columns: one, other (names), overlap."""
    from pipelines.evaluation.metrics.overlap import jaccard, rbo

    folder = state.bakeoff_folder(bakeoff_id)
    names = scored(state.document(bakeoff_id))
    rows = []
    for at, one in enumerate(names):
        for other in names[at + 1 :]:
            a, b = folder.lists(one), folder.lists(other)
            found = jaccard(a, b, k=k) if measure == "jaccard" else rbo(a, b, k=k)
            rows.append((one, other, float(np.nanmean(found))))
    return pd.DataFrame(rows, columns=["one", "other", "overlap"])


def overlap_frame(document: BakeoffDocument, pairs: pd.DataFrame) -> pd.DataFrame:
    """Each pair in both orders, by decreasing mean overlap. Columns: row, column, overlap."""
    titles = titles_of(document.contenders)
    both = pd.concat([pairs, pairs.rename(columns={"one": "other", "other": "one"})])
    order = both.groupby("one")["overlap"].mean().sort_values(ascending=False).index
    place = {name: n for n, name in enumerate(order)}
    both = both.sort_values(["one", "other"], key=lambda names: names.map(place))
    return pd.DataFrame(
        {
            "row": both["one"].map(titles),
            "column": both["other"].map(titles),
            "overlap": both["overlap"],
        }
    ).reset_index(drop=True)


def overlap(frame: pd.DataFrame, k: int) -> Any:
    """Contenders by contenders; a stronger color means more overlap."""
    order = list(dict.fromkeys(frame["row"]))
    itself = pd.DataFrame({"row": order, "column": order, "overlap": np.nan})
    place = {name: n for n, name in enumerate(order)}
    drawn = pd.concat([frame, itself]).sort_values(
        ["row", "column"], key=lambda names: names.map(place)
    )
    same = drawn["overlap"].isna()
    drawn = drawn.assign(
        label=np.where(same, "", drawn["overlap"].map(digits)),
        side="alike",
        strength=drawn["overlap"].fillna(0.0),
        dashed=same,
        edge=False,
    )
    tooltip = [
        alt.Tooltip("row:N", title="list of"),
        alt.Tooltip("column:N", title="and of"),
        alt.Tooltip("overlap:Q", title=f"overlap of the top {k}", format=".3~r"),
    ]
    return matrix.matrix(drawn, {"alike": look.PRIMARY}, tooltip)


def sentence(frame: pd.DataFrame, measure: str, k: int) -> str:
    """The two contenders with the most similar lists."""
    most = frame.iloc[int(frame["overlap"].argmax())]
    if measure == "jaccard":
        share = f"{100 * most['overlap']:.0f}% of all items in their top {k} are in both lists"
    else:
        share = f"rank-biased overlap {digits(most['overlap'])} in the top {k}"
    return f"{most['row']} and {most['column']} give the most similar lists: {share}."


def overlap_alt(frame: pd.DataFrame, measure: str, k: int) -> str:
    """The finding of the matrix: the most and the least similar lists."""
    least = frame.iloc[int(frame["overlap"].argmin())]
    return (
        f"{sentence(frame, measure, k)} The least similar are {least['row']} and "
        f"{least['column']}: {digits(least['overlap'])}."
    )
