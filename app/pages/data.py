"""Data: what the loaded data suffices for, how it came to be, and loading more."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import state
from app.components import (
    catalogue,
    charts,
    deletion,
    jobs,
    page,
    provenance,
    steps,
    upload,
    versions,
)
from app.components.tables import number
from pipelines.workspace.records import DatasetRecord

STATE_MARK = {"enough": "✓", "thin": "~", "not enough": "✕", "unknown": "?"}


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
    found = state.readiness(name)
    frame = _with_words(found.approaches)
    page.opening(
        found.sentence,
        charts.approaches(frame),
        _alt(frame),
        frame[["approach", "state", "have", "need", "unit", "missing"]],
        key="data_readiness",
    )
    page.notice(record.about)
    upload.panel()
    just_imported = st.session_state.get(state.IMPORTED) == name
    if just_imported:
        provenance.section(name)
    st.header("What was found", anchor=False)
    _findings(found.findings)
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


def _with_words(approaches: pd.DataFrame) -> pd.DataFrame:
    """The approaches with the words that stand at each bar."""
    words = [
        f"has {number(row['have'])}, needs {number(row['need'])} {row['unit'].split()[0]}"
        for row in approaches.to_dict("records")
    ]
    return approaches.assign(words=words)


def _alt(frame: pd.DataFrame) -> str:
    enough = frame.loc[frame["state"] == "enough", "approach"].tolist()
    short = frame.loc[frame["state"] != "enough", "approach"].tolist()
    parts = [f"Enough for {charts.names(enough)}." if enough else "Enough for no approach."]
    return " ".join([*parts, f"Not enough for {charts.names(short)}." if short else ""]).strip()


def _findings(findings: pd.DataFrame) -> None:
    """The findings, the ones to act on first."""
    order = {"not enough": 0, "thin": 1, "unknown": 2, "enough": 3}
    drawn = findings.assign(rank=findings["state"].map(order)).sort_values("rank", kind="stable")
    frame = pd.DataFrame(
        {
            "state": [f"{STATE_MARK[s]} {s}" for s in drawn["state"]],
            "check": drawn["check"],
            "value": [_text(v) for v in drawn["value"]],
            "threshold": [_text(v) for v in drawn["threshold"]],
            "what it means": [
                " ".join(part for part in parts if part)
                for parts in zip(drawn["todo"], drawn["why"], strict=True)
            ],
            "source": drawn["source"],
        }
    )
    # A plain table: its long texts wrap.
    st.table(frame, hide_index=True, alt="What was found about the data.")


def _text(value: object) -> str:
    if value is None or value != value:
        return ""
    return number(float(value)) if isinstance(value, int | float) else str(value)


page.show(draw)
