"""Data: what the loaded data suffices for, how it came to be, and loading more."""

from __future__ import annotations

import streamlit as st

from app import state
from app.components import jobs, page, toolbar
from app.data import catalogue, deletion, profile, provenance, readiness, studies, upload, versions
from app.runs import steps
from pipelines.workspace.records import DatasetRecord

FINDINGS, PROFILE, STUDIES, ORIGIN = "findings", "profile", "studies", "origin"
VIEWS = {
    FINDINGS: "What was found",
    PROFILE: "What is in it",
    STUDIES: "Would more help?",
    ORIGIN: "How it came to be",
}


def draw() -> None:
    name = state.chosen_dataset()
    if name is None:
        importing = jobs.waiting("import")
        words = importing or "No data yet: load your events, or look around with a sample."
        steps.opening(words, "data", key="data_empty")
        upload.samples()
        upload.panel(open_now=True)
        return
    record = state.workspace().dataset_record(name)
    if record.state != "ready":
        _not_loaded(record)
        return
    readiness.opening(name)
    page.notice(record.about)
    upload.panel()
    if st.session_state.pop(state.IMPORTED, None) == name:
        # Who has just imported wants to know first what became of the rows.
        state.choose(data_view=ORIGIN)
    view = toolbar.choice(
        "Show", list(VIEWS), key="data_view", default=FINDINGS, format_func=VIEWS.__getitem__
    )
    if view == FINDINGS:
        readiness.section(name)
    elif view == PROFILE:
        profile.section(name)
    elif view == STUDIES:
        studies.section(name)
    else:
        provenance.section(name)
        versions.section(name)
        deletion.button(name)
    catalogue.section(name)


def _not_loaded(record: DatasetRecord) -> None:
    waiting = jobs.waiting("sample", record.name)
    words = waiting or f"{record.name} is not loaded yet; loading it takes some seconds."
    steps.opening(words, "data", key="data_unloaded")
    if not waiting and st.button("Load it", type="primary"):
        jobs.start("sample", {"name": record.name})
        st.rerun()
    page.notice(record.about)
    upload.panel()
    catalogue.section(record.name)


page.show(draw)
