"""Data: what the loaded data suffices for, what was found about it, and loading more."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import access, state
from app.components import jobs, page, profile, readiness, steps, studies, upload
from app.components.tables import show
from pipelines.data.dataset import About
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
    readiness.section(name)
    studies.section(name)
    profile.section(name)
    with page.numbers("The rows, and where they come from"):
        _rows(record.about)
        _delete(name)


def _not_loaded(record: DatasetRecord) -> None:
    waiting = jobs.waiting("sample", record.name)
    words = waiting or f"{record.name} is not loaded yet; loading it takes some seconds."
    steps.opening(words, "data", key="data_unloaded")
    if not waiting and st.button("Load it", type="primary"):
        jobs.start("sample", {"name": record.name})
        st.rerun()
    page.notice(record.about)
    upload.panel()


def _rows(about: About) -> None:
    columns = st.columns(4)
    shown = (
        ("Rows read", about.rows_in),
        ("Rows kept", about.kept),
        ("Folded into another", about.folded),
        ("In quarantine", about.quarantined),
    )
    for column, (label, value) in zip(columns, shown, strict=True):
        column.metric(label, f"{value:,}")
    lines = [f"Version {about.version}"]
    if about.origin:
        lines.append(f"from {about.origin.rstrip('.')}")
    lines.append(
        "items already taken up are left out of the lists"
        if about.seen == "exclude"
        else "items already taken up may be recommended again"
    )
    st.caption(page.plain("; ".join(lines) + "."))
    if about.mapping:
        pairs = ", ".join(f"{column} → {name}" for name, column in about.mapping.items())
        st.caption(page.plain(f"Columns: {pairs}."))
    if about.quarantined:
        _quarantine(about)


def _quarantine(about: About) -> None:
    """The rows that could not be read, with line and reason."""
    from pipelines.data.dataset import QUARANTINE

    folder = state.workspace().dataset_record(about.name).folder
    path = None if folder is None else folder / QUARANTINE
    if path is None or not path.exists():
        return
    rows = pd.read_parquet(path)
    st.caption(f"The first of {len(rows):,} rows that could not be read:")
    show(rows.iloc[:50, :7], key="data_quarantine", alt="Rows that could not be read, and why.")
    st.download_button(
        "All of them (CSV)",
        rows.to_csv(index=False).encode(),
        file_name=f"{about.name}-quarantine.csv",
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
    )


def _delete(name: str) -> None:
    if not access.allowed("lead"):
        return
    if st.button(f"Delete {page.plain(name)} ...", icon=":material/delete:"):
        _confirm(name)


@st.dialog("Delete this dataset?")
def _confirm(name: str) -> None:
    st.write(page.plain(f"All versions of {name} are removed. Its bake-offs and decisions stay."))
    with st.container(horizontal=True):
        if st.button("Delete", type="primary"):
            upload.delete(name)
            st.rerun()
        if st.button("Keep it"):
            st.rerun()


page.show(draw)
