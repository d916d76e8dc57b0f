"""Data: what the data is enough for, its profile and studies, and loading more."""

from __future__ import annotations

import streamlit as st

from app import state
from app.components import jobs, page, steps, toolbar
from app.data import catalogue, deletion, profile, provenance, readiness, studies, upload, versions
from pipelines.workspace.records import DatasetRecord

FINDINGS, PROFILE, STUDIES, ORIGIN = "findings", "profile", "studies", "origin"
VIEWS = {
    FINDINGS: "Findings",
    PROFILE: "Profile",
    STUDIES: "Studies",
    ORIGIN: "Import and versions",
}


def draw() -> None:
    name = state.chosen_dataset()
    if name is None:
        importing = jobs.waiting("import")
        sentence = importing or "No data yet: load your events or a sample."
        steps.opening(sentence, "Data", key="data_empty")
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
    view = toolbar.choice(
        "View", list(VIEWS), key="data_view", default=FINDINGS, format_func=VIEWS.__getitem__
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
    sentence = waiting or f"{record.name} is not loaded yet. Loading takes a few seconds."
    steps.opening(sentence, "Data", key="data_unloaded")
    if not waiting and st.button("Load dataset", type="primary"):
        jobs.start("sample", {"name": record.name})
        st.rerun()
    page.notice(record.about)
    upload.panel()
    catalogue.section(record.name)


page.show(draw, shows="dataset")
