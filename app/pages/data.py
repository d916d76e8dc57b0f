"""Data: what the loaded data suffices for, how it came to be, and loading more."""

from __future__ import annotations

import streamlit as st

from app import state
from app.components import (
    catalogue,
    deletion,
    jobs,
    page,
    profile,
    provenance,
    readiness,
    steps,
    studies,
    upload,
    versions,
)
from pipelines.workspace.records import DatasetRecord


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
    # Who has just imported wants to know first what became of the rows.
    just_imported = st.session_state.get(state.IMPORTED) == name
    if just_imported:
        provenance.section(name)
    readiness.section(name)
    studies.section(name)
    profile.section(name)
    if not just_imported:
        provenance.section(name)
    versions.section(name)
    catalogue.section(name)
    deletion.button(name)


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
