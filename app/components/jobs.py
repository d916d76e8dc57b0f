"""Jobs: start, cancel and restart them, and how they are called; `job_strip` shows them.

Each function that acts checks the user's role.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from app import access, state
from pipelines.workspace.records import JobRecord

ACTION = {
    "bakeoff": "Running a bake-off",
    "import": "Importing data",
    "sample": "Loading a sample",
    "learning-curve": "Measuring a learning curve",
    "audit": "Running a leakage audit",
}
TITLE = {
    "bakeoff": "Bake-off",
    "import": "Import",
    "sample": "Sample",
    "learning-curve": "Learning curve",
    "audit": "Leakage audit",
}
PREPOSITION = {"bakeoff": "on", "learning-curve": "on", "audit": "on"}
"""`Bake-off on shop`, but `Import of shop`."""


def start(kind: str, params: dict[str, Any]) -> int:
    """Start a job and return its id. Requires the analyst role."""
    access.require("analyst", ACTION.get(kind, "Starting a job"))
    id = _started(state.workspace().submit(kind, params))
    st.toast(f"{TITLE.get(kind, kind)} started. Its progress is at the top of every page.")
    return id


def cancel(id: int) -> None:
    """Ask a job to stop. Requires the analyst role."""
    access.require("analyst", "Canceling a job")
    state.workspace().cancel(id)


def restart(id: int) -> int:
    """Restart a failed, cancelled or lost job; returns the new id. Requires the analyst role."""
    access.require("analyst", "Restarting a job")
    return _started(state.workspace().restart(id))


def _started(id: int) -> int:
    st.session_state[state.STARTED] = [*st.session_state.get(state.STARTED, []), id]
    return id


def live(kind: str | None = None, dataset: str | None = None) -> list[JobRecord]:
    """Waiting and running jobs, oldest first."""
    return [
        job
        for job in state.workspace().live_jobs()
        if kind in (None, job.kind) and dataset in (None, subject(job))
    ]


def subject(job: JobRecord) -> str:
    """The dataset of a job."""
    return str(job.params.get("dataset") or job.params.get("name") or "")


def title(job: JobRecord) -> str:
    """`Bake-off on movielens-small`."""
    return f"{TITLE.get(job.kind, job.kind)} {PREPOSITION.get(job.kind, 'of')} {subject(job)}"


def waiting(kind: str, dataset: str | None = None) -> str | None:
    """The progress of a running job of that kind in a sentence; None if none runs."""
    running = live(kind, dataset)
    if not running:
        return None
    job = running[0]
    return f"{title(job)} is {job.share:.0%} done: {job.message}."
