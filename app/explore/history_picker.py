"""A made-up history: titles picked one after another, kept as a query parameter."""

from __future__ import annotations

import streamlit as st

from app.components import toolbar
from app.components.page import plain
from app.explore import data as explore_data
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.runtime.phrases import number_of

FEW_TITLES = 20_000  # up to this many titles are in one list; more need a search
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
    many = len(options) > FEW_TITLES
    if many:
        typed = [text for text in st.session_state.get(chosen, []) if text not in items.index]
        if typed:  # not a title: what to search for
            st.session_state[f"{page}_searched"] = typed[-1]
        searched = st.session_state.get(f"{page}_searched", "")
        options = explore_data.search(items, searched)
        if searched:
            number = "50 or more titles" if len(options) == 50 else number_of(len(options), "title")
            st.caption(plain(f"“{searched}” is in {number}: pick from the list below."))
    options = [*valid, *(i for i in options if i not in set(valid))]
    st.session_state[chosen] = valid
    found = st.multiselect(
        "Titles interacted with, oldest first",
        options,
        key=chosen,
        format_func=lambda i: str(items["title"].get(i, i)),
        max_selections=MOST_PICKED,
        placeholder="Type part of a title, then Enter" if many else "Pick two or three titles",
        select_all=False,
        accept_new_options=many,
    )
    st.session_state[history] = ",".join(found)
    toolbar.keep(history, ",".join(found), default="")
    return found
