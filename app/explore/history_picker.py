"""A made-up history: titles picked one after another, kept in the address."""

from __future__ import annotations

import streamlit as st

from app.components import toolbar
from app.explore import data as explore_data
from pipelines.evaluation.results.document import BakeoffDocument

FEW_TITLES = 5_000  # up to here all titles stand in one list; above, a search comes first
MOST_PICKED = 50


def picked(document: BakeoffDocument, page: str) -> list[str]:
    """The ids of the titles picked on a page, in the order picked (the newest last)."""
    history, chosen = f"{page}_history", f"{page}_picked"
    items = explore_data.catalogue(document)
    stored = st.session_state.get(chosen)
    if stored is None:  # another page was open, or the address was
        stored = (st.query_params.get(history) or st.session_state.get(history) or "").split(",")
    kept = [i for i in stored if i in items.index][:MOST_PICKED]
    options = [str(i) for i in items.index]
    if len(options) > FEW_TITLES:
        words = st.text_input(
            "Search titles",
            key=f"{page}_search",
            placeholder="Part of a title, then Enter",
            help="The list below offers what is found.",
        )
        options = explore_data.search(items, words)
    options = [*kept, *(i for i in options if i not in set(kept))]
    st.session_state[chosen] = kept
    found = st.multiselect(
        "Titles taken up, oldest first",
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
