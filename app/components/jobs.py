"""Jobs on the screen: starting, watching, cancelling; and the one fragment that polls.

Each function that does something checks the user's role itself.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from app import access, state
from app.components.page import plain
from app.components.tables import duration
from pipelines.errors import AssayError
from pipelines.workspace.records import JobRecord

DEED = {
    "bakeoff": "Running a bake-off",
    "import": "Importing data",
    "sample": "Loading a sample",
    "learning-curve": "Drawing a learning curve",
    "audit": "Running a leakage audit",
}
NOUN = {
    "bakeoff": "Bake-off",
    "import": "Import",
    "sample": "Sample",
    "learning-curve": "Learning curve",
    "audit": "Leakage audit",
}


def start(kind: str, params: dict[str, Any]) -> int:
    """Start a job; its id. Needs the role analyst."""
    access.require("analyst", DEED.get(kind, "Starting a job"))
    id = state.workspace().submit(kind, params)
    st.toast(f"{NOUN.get(kind, kind)} started: its progress stands at the top of every page.")
    return id


def cancel(id: int) -> None:
    """Ask a job to stop. Needs the role analyst."""
    access.require("analyst", "Cancelling a job")
    state.workspace().cancel(id)


def restart(id: int) -> int:
    """Start a failed, cancelled or lost job again; the new id. Needs the role analyst."""
    access.require("analyst", "Starting a job again")
    return state.workspace().restart(id)


def live(kind: str | None = None, dataset: str | None = None) -> list[JobRecord]:
    """Jobs that wait or run, oldest first."""
    return [
        job
        for job in state.workspace().live_jobs()
        if kind in (None, job.kind) and dataset in (None, subject(job))
    ]


def subject(job: JobRecord) -> str:
    """The dataset that a job is about."""
    return str(job.params.get("dataset") or job.params.get("name") or "")


def title(job: JobRecord) -> str:
    """`Bake-off on movielens-small`."""
    return (
        f"{NOUN.get(job.kind, job.kind)} {'on' if job.kind == 'bakeoff' else 'of'} {subject(job)}"
    )


def strip() -> None:
    """What runs now, and what failed or was lost; nothing otherwise. One per page."""
    watch = bool(state.workspace().live_jobs())
    st.fragment(_strip, run_every="1s" if watch else None)()


def _strip() -> None:
    workspace = state.workspace()
    workspace.mark_lost()
    jobs = workspace.jobs(20)
    alive = [job for job in jobs if job.live]
    before = set(st.session_state.get(state.WATCHED, []))
    st.session_state[state.WATCHED] = [job.id for job in alive]
    ended = [job for job in jobs if job.id in before and not job.live]
    if ended:
        for job in ended:
            _take_over(job)
        st.rerun()  # the whole page once: what the job made is there now
    dismissed = set(st.session_state.get(state.DISMISSED, []))
    replaced = {job.attempt_of for job in jobs}
    for job in reversed(alive):
        _running(job)
    for job in jobs:
        if job.state in ("failed", "lost") and job.id not in dismissed | replaced:
            _ended(job)


def _take_over(job: JobRecord) -> None:
    """Choose what a finished job made."""
    made = job.result or {}
    if job.state == "done" and made.get("dataset"):
        state.choose(dataset=str(made["dataset"]))
        if job.kind == "import":
            st.session_state[state.IMPORTED] = str(made["dataset"])
    if job.state == "done" and made.get("bakeoff"):
        state.choose(dataset=subject(job), bakeoff=str(made["bakeoff"]))


def _running(job: JobRecord) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        took = duration(job.seconds)
        words = f"{title(job)}: {job.message}" + (f" ({took})" if took else "")
        st.progress(job.share, text=plain(words), width="stretch")
        stopping = "Stopping ..." if job.cancel else "Cancel"
        if st.button(stopping, key=f"cancel_{job.id}", disabled=job.cancel):
            _attempt(lambda: cancel(job.id))


def _ended(job: JobRecord) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        words = "was lost" if job.state == "lost" else "failed"
        why = (job.error or "It gave no reason.").strip()
        st.markdown(f"**{plain(title(job))} {words}.** {plain(why)}", width="stretch")
        if st.button("Start again", key=f"restart_{job.id}"):
            _attempt(lambda: restart(job.id))
        if st.button("Put away", key=f"dismiss_{job.id}", type="tertiary"):
            st.session_state[state.DISMISSED] = [
                *st.session_state.get(state.DISMISSED, []),
                job.id,
            ]
            st.rerun()


def _attempt(deed: Any) -> None:
    try:
        deed()
    except AssayError as error:
        st.error(plain(str(error)))
    else:
        st.rerun()


def waiting(kind: str, dataset: str | None = None) -> str | None:
    """What a page says while such a job runs: a sentence, or None."""
    running = live(kind, dataset)
    if not running:
        return None
    job = running[0]
    return f"{title(job)} is at {job.share:.0%}: {job.message}."
