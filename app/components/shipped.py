"""The notice on pages that show the bake-off which Assay ships, until one of one's own has run."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from app import access, state
from app.components import jobs
from app.components.citation import written
from app.components.job_strip import OF_BAKEOFFS
from app.components.page import with_code
from pipelines.workspace.beginning import sample_request


def notice(page_title: str) -> None:
    """Say that what is shown came with Assay, how it was made, and what replaces it."""
    id = state.chosen_bakeoff()
    found = state.shipped(id) if id is not None and page_title in OF_BAKEOFFS else None
    if found is None:
        return
    dataset = state.chosen_dataset()
    running = bool(jobs.live("bakeoff", dataset))
    own = any(not record.shipped for record in state.bakeoff_records(dataset))
    made = written(dt.date.fromisoformat(found.made))
    told = f"These results were shipped with Assay: made on {made} with `{found.command}`. "
    if running:
        told += "When the bake-off that is running here ends, its results are offered above."
    elif own:
        told += "Results of your own are there too."
    else:
        told += "They have lists and figures; a bake-off of your own also has fitted pipelines."
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/inventory_2: {with_code(told)}", width="stretch")
        offered = not (running or own) and access.allowed("analyst")
        if offered and st.button("Run it here", key="run_sample"):
            jobs.start("bakeoff", sample_request())
            st.rerun()
