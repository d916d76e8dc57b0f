"""The notice on pages that show the bake-off which Assay ships, until one of one's own has run."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from app import access, state
from app.components import jobs
from app.components.citation import written
from app.components.page import with_code
from pipelines.workspace.beginning import sample_request

PAGES = ("Overview", "Explore", "Compare", "Runs")
"""Titles of the pages that show a bake-off's results."""


def notice(page_title: str) -> None:
    """Say that what is shown came with Assay, how it was made, and what replaces it."""
    id = state.chosen_bakeoff()
    found = state.shipped(id) if id is not None and page_title in PAGES else None
    if found is None:
        return
    running = bool(jobs.live("bakeoff", state.chosen_dataset()))
    made = written(dt.date.fromisoformat(found.made))
    told = f"These results were shipped with Assay: made on {made} with `{found.command}`. "
    if running:
        told += "The bake-off that is running here replaces them when it ends."
    else:
        told += "They have lists and figures; a bake-off of your own also has fitted pipelines."
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/inventory_2: {with_code(told)}", width="stretch")
        if not running and access.allowed("analyst") and st.button("Run it here", key="run_sample"):
            jobs.start("bakeoff", sample_request())
            st.rerun()
