"""How alike the lists of contenders are: two that show the same are no two options."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from app import look, state
from app.compare import matrix as compare_matrix
from app.compare import tools
from app.components import page, toolbar
from app.components.comparison import Words, declared, lengths, scored
from app.components.comparison_charts import titles
from app.components.tables import digits
from pipelines.errors import AssayError
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.runtime import paths

MEASURES = {"jaccard": "items in common", "rbo": "items and order"}
SAYS = {
    "jaccard": (
        "Of the items on either of two lists, the share that is on both (Jaccard), on average "
        "over people."
    ),
    "rbo": (
        "Rank-biased overlap (p = .9), on average over people: 1 is the same list in the same "
        "order; the first places weigh most."
    ),
}


def section(document: BakeoffDocument) -> Words:
    """A matrix of contenders by contenders, of each two lists' mean overlap."""
    if len(scored(document)) < 2:
        raise AssayError("There are no two scored contenders whose lists could be alike.")
    metric, _, k = declared(document).partition("@")
    ks = lengths(document, metric) or lengths(document)  # nobody may have the declared metric
    with tools.row():
        measure = toolbar.choice(
            "Alike in",
            list(MEASURES),
            key="compare_overlap",
            default="jaccard",
            format_func=MEASURES.__getitem__,
        )
        length = toolbar.choice(
            "List length k", ks, key="compare_k", default=k if k in ks else ks[0]
        )
    st.caption(SAYS[measure])
    frame = named(document, _overlap(str(paths.home()), document.id, measure, int(length)))
    st.html(compare_matrix.room(frame["column"].nunique()))
    with st.container(key=compare_matrix.KEY):
        page.picture(
            picture(frame, int(length)),
            overlap_alt(frame, measure, int(length)),
            frame,
            key="compare_overlap_matrix",
        )
    return Words(sentence(frame, measure, int(length)))


@st.cache_data(max_entries=64, show_spinner="Comparing lists ...")
def _overlap(home: str, bakeoff_id: str, measure: str, k: int) -> pd.DataFrame:
    """one, other (names), overlap: a row for each two scored contenders."""
    from pipelines.evaluation.metrics.overlap import jaccard, rbo

    kept = state.kept(bakeoff_id)
    names = scored(state.document(bakeoff_id))
    rows = []
    for at, one in enumerate(names):
        for other in names[at + 1 :]:
            a, b = kept.lists(one), kept.lists(other)
            found = jaccard(a, b, k=k) if measure == "jaccard" else rbo(a, b, k=k)
            rows.append((one, other, float(np.nanmean(found))))
    return pd.DataFrame(rows, columns=["one", "other", "overlap"])


def named(document: BakeoffDocument, pairs: pd.DataFrame) -> pd.DataFrame:
    """row, column (titles), overlap: each pair both ways, those with most overlap first."""
    called = titles(document)
    both = pd.concat([pairs, pairs.rename(columns={"one": "other", "other": "one"})])
    order = both.groupby("one")["overlap"].mean().sort_values(ascending=False).index
    place = {name: n for n, name in enumerate(order)}
    both = both.sort_values(["one", "other"], key=lambda names: names.map(place))
    return pd.DataFrame(
        {
            "row": both["one"].map(called),
            "column": both["other"].map(called),
            "overlap": both["overlap"],
        }
    ).reset_index(drop=True)


def picture(frame: pd.DataFrame, k: int) -> Any:
    """Contenders by contenders; the fuller, the more alike."""
    order = list(dict.fromkeys(frame["row"]))
    itself = pd.DataFrame({"row": order, "column": order, "overlap": np.nan})
    place = {name: n for n, name in enumerate(order)}
    drawn = pd.concat([frame, itself]).sort_values(
        ["row", "column"], key=lambda names: names.map(place)
    )
    same = drawn["overlap"].isna()
    drawn = drawn.assign(
        words=np.where(same, "", drawn["overlap"].map(digits)),
        side="alike",
        strength=drawn["overlap"].fillna(0.0),
        dashed=same,
        edge=False,
    )
    tooltip = [
        alt.Tooltip("row:N", title="list of"),
        alt.Tooltip("column:N", title="and of"),
        alt.Tooltip("overlap:Q", title=f"overlap at {k}", format=".3~r"),
    ]
    return compare_matrix.matrix(drawn, {"alike": look.PRIMARY}, tooltip)


def sentence(frame: pd.DataFrame, measure: str, k: int) -> str:
    """Which two are the most alike."""
    most = frame.iloc[int(frame["overlap"].argmax())]
    if measure == "jaccard":
        share = f"{100 * most['overlap']:.0f} % of the items on either list of {k} are on both"
    else:
        share = f"a rank-biased overlap of {digits(most['overlap'])} at {k}"
    return f"{most['row']} and {most['column']} are the most alike: {share}."


def overlap_alt(frame: pd.DataFrame, measure: str, k: int) -> str:
    """What the matrix says, in words: the most and the least alike."""
    least = frame.iloc[int(frame["overlap"].argmin())]
    return (
        f"{sentence(frame, measure, k)} The least alike are {least['row']} and "
        f"{least['column']}: {digits(least['overlap'])}."
    )
