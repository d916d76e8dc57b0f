"""Explore: what a user would get from every contender, side by side."""

from __future__ import annotations

import streamlit as st

from app import state
from app.components import page, toolbar
from app.explore import data, handout, person, sections, trace


def draw() -> None:
    document = state.chosen_document()
    if document is None:
        toolbar.without_bakeoff(state.chosen_dataset(), sections.EMPTY)
        return
    top = st.container()
    chosen = person.choose(document)
    if chosen is None:
        with top:
            sections.no_history()
        return
    found = data.lists(document, chosen)
    one, other = sections.choose_pair(document, found)
    with top:
        sections.opening(found, one, other)
    sections.picture(document, found, one, other)
    sections.list_header(document, found, chosen)
    handout.buttons(document, found, chosen, one, other)
    sections.list_cards(document, found)
    trace.section(document, chosen)
    sections.all_lists(found)


page.show(draw)
