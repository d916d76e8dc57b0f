"""How each item of one list went through the stages of its pipeline."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app.components import charts, page, tables, toolbar
from app.explore import data as explore_data
from app.explore.data import Person
from pipelines.errors import AssayError
from pipelines.evaluation.results.document import BakeoffDocument, titles_of

RANKERS = {
    1: ("after ranker", "after ranker"),
    2: ("after first ranker", "after second ranker"),
}
MORE_RANKERS = ("after first ranker", "after last ranker")
"""Headers of the columns `light_rank` and `heavy_rank`, by the number of rankers."""


def section(document: BakeoffDocument, person: Person) -> None:
    """The trace of one contender's list; nothing if no contender has several stages."""
    multi_stage = [c for c in document.contenders if c.waterfall]
    if not multi_stage:
        return
    titles = titles_of(document.contenders)
    st.header("How each item was selected", anchor=False)
    longest = max(multi_stage, key=lambda c: len(c.waterfall))
    with st.container(width=260):
        name = toolbar.selection(
            "Contender",
            [c.name for c in multi_stage],
            key="explore_way",
            default=longest.name,
            format_func=titles.__getitem__,
        )
    try:
        frame = explore_data.trace(document, name, person)
    except AssayError as error:
        st.info(page.with_code(str(error)))
        return
    spec = next(c.spec for c in multi_stage if c.name == name) or {}
    tables.show(
        trace_table(frame, len(spec.get("rankers", ()))),
        key="explore_trace",
        alt=f"For each item of {titles[name]}: candidate generators, ranks, and rules.",
        columns={
            "rank": st.column_config.Column(width="small"),
            "found by": st.column_config.Column(width="medium"),
            "also found by": st.column_config.Column(width="medium"),
        },
    )
    st.caption(
        "The traces are computed now. “Found by” shows the candidate generator and the item's rank "
        "in its list; “after first ranker” shows the item's rank after that ranker. Stages that "
        "this pipeline lacks have no column."
    )


def trace_table(frame: pd.DataFrame, n_rankers: int) -> pd.DataFrame:
    """The trace as a table, without the columns of stages that the pipeline does not have."""
    others = [
        ", ".join(readable(part) for part in str(row.sources).split(", ")[1:])
        for row in charts.rows_of(frame)
    ]
    table = pd.DataFrame(
        {
            "rank": frame["rank"],
            "title": frame["title"],
            "found by": [_source(r.source, r.source_rank) for r in charts.rows_of(frame)],
            "also found by": others,
        }
    )
    labels = RANKERS.get(n_rankers, MORE_RANKERS)
    for label, column in zip(labels, ("light_rank", "heavy_rank"), strict=True):
        if frame[column].notna().any():
            table[label] = frame[column]
    table["rules"] = frame["rule"]
    return table.drop(columns=[c for c in ("also found by", "rules") if not table[c].any()])


def _source(name: str, rank: Any) -> str:
    """`ease 1`: a candidate generator and the item's rank in its list."""
    return readable(name if pd.isna(rank) else f"{name} {rank}")


def readable(name: str) -> str:
    """`popular (window days 90)` for `popular(window_days=90)`, `popular` for `popular()`."""
    spaced = name.replace("()", "").replace("(", " (")
    return spaced.replace("_", " ").replace("=", " ")
