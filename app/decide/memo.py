"""The memo of a decision: saved, downloaded and previewed; and the saved decisions."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from app import access, state
from app.components import tables
from app.decide.case_values import Values
from app.decide.inputs import CASE, CASES, restart
from pipelines.economics.case import Case
from pipelines.economics.evidence import Evidence
from pipelines.economics.labels import answer_label
from pipelines.economics.memo import render_memo
from pipelines.economics.summary import Decision
from pipelines.economics.toml import to_toml
from pipelines.workspace.records import DecisionRecord


def section(
    decision: Decision, case: Case | None, evidence: Evidence | None, changes: Values, name: str
) -> None:
    """The memo of the current decision."""
    st.header("One-page memo", anchor=False)
    html = render_memo(decision, case, evidence, datetime.now(UTC).date())
    with st.container(horizontal=True):
        if access.allowed("lead") and st.button("Save decision", type="primary"):
            _save(decision, html, evidence, changes, name)
        _download("Download memo (HTML)", html, "decision-memo.html", "text/html")
        if case is not None:
            _download("Download case (TOML)", to_toml(case), "case.toml", "application/toml")
        inputs = {"case": name, "inputs": changes, **decision.document()}
        _download(
            "Download numbers (JSON)", json.dumps(inputs, indent=1), "decision.json",
            "application/json",
        )  # fmt: skip
    with st.expander("Preview", icon=":material/description:"):
        _framed(html, "The memo of this decision.")


def saved() -> None:
    """The saved decisions of this workspace, newest first; selecting one shows its memo."""
    records = state.workspace().decisions()
    st.header("Saved decisions", anchor=False)
    if not records:
        st.caption("No saved decisions yet.")
        return
    rows = [
        {
            "saved (UTC)": tables.moment(r.created),
            "case": r.title,
            "decision": answer_label(str(r.document.get("decision", ""))),
            "summary": str(r.document.get("sentence", "")),
            "bake-off": r.bakeoff or "none",
        }
        for r in records
    ]
    chosen = tables.show(
        pd.DataFrame(rows),
        key="decide_saved",
        alt="Saved decisions, newest first.",
        on_select="single-row",
        columns={"summary": st.column_config.TextColumn(width="large")},
    )
    picked = list(chosen.selection.rows) if chosen else []
    if picked:
        _record(records[picked[0]])
    else:
        st.caption("Select a row to read its memo or to load its inputs.")


def _record(record: DecisionRecord) -> None:
    with st.container(horizontal=True):
        _download("Download memo (HTML)", record.memo, f"decision-{record.id}.html", "text/html")
        started = str(record.document.get("started_from", ""))
        if started in CASES and st.button("Load inputs"):
            st.session_state[f"next_{CASE}"] = started
            restart(started, dict(record.document.get("inputs", {})))
    _framed(record.memo, f"The memo of {record.title}.")


def _save(
    decision: Decision, html: str, evidence: Evidence | None, changes: Values, name: str
) -> None:
    access.require("lead", "Saving a decision")
    bakeoff = evidence.bakeoff_id if evidence is not None else ""
    document = {**decision.document(), "started_from": name, "inputs": changes}
    state.workspace().save_decision(decision.case, document, html, bakeoff or None)
    st.toast("Decision saved. It is in the list below.")


def _download(label: str, text: str, file_name: str, mime: str) -> None:
    st.download_button(
        label, text.encode(), file_name=file_name, mime=mime, on_click="ignore", key=file_name
    )


def _framed(html: str, alt: str) -> None:
    """The memo in a frame of its own origin, so that nothing in it reaches the app."""
    packed = base64.b64encode(html.encode()).decode()
    st.iframe(f"data:text/html;charset=utf-8;base64,{packed}", height=720, alt=alt)
