"""A made-up history: titles picked one after another, kept as a query parameter."""

from __future__ import annotations

import streamlit as st

from app.components import toolbar
from app.explore import data as explore_data
from pipelines.evaluation.results.document import BakeoffDocument

FEW_TITLES = 5_000  # up to this many titles are in one list; more need a search
MOST_PICKED = 50


def picked(document: BakeoffDocument, page: str) -> list[str]:
    """The ids of the titles picked on a page, in the order picked (newest last)."""
    history, chosen = f"{page}_history", f"{page}_picked"
    items = explore_data.catalogue(document)
    stored = st.session_state.get(chosen)
    if stored is None:  # the page was opened, by its link or from another page
        stored = (st.query_params.get(history) or st.session_state.get(history) or "").split(",")
    valid = [i for i in stored if i in items.index][:MOST_PICKED]
    options = [str(i) for i in items.index]
    if len(options) > FEW_TITLES:
        text = st.text_input(
            "Search titles",
            key=f"{page}_search",
            placeholder="Part of a title, then Enter",
            help="The matching titles are in the list below.",
        )
        options = explore_data.search(items, text)
    options = [*valid, *(i for i in options if i not in set(valid))]
    st.session_state[chosen] = valid
    found = st.multiselect(
        "Titles interacted with, oldest first",
        options,
        key=chosen,
        format_func=lambda i: str(items["title"].get(i, i)),
        max_selections=MOST_PICKED,
        placeholder="Pick two or three titles",
        select_all=False,
    )
    st.session_state[history] = ",".join(found)
    toolbar.keep(history, ",".join(found), default="")
    return found
