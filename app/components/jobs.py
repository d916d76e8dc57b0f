"""Jobs on the screen: start, watch and cancel them, in the one fragment that polls.

Each function that acts checks the user's role.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from app import access, address, state
from app.components import drafts
from app.components.page import link, plain
from app.components.tables import duration
from pipelines.errors import AssayError
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
DISMISSED = "jobs:dismissed"
"""Whose notices a person dismissed: a draft with the ids of jobs."""
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


def strip(page_title: str) -> None:
    """Running jobs, and jobs that ended; once per page.

    The notice of a job that is done goes when its result was opened.
    """
    watch = bool(state.workspace().live_jobs())
    st.fragment(_strip, run_every="1s" if watch else None)(page_title)


def _strip(page_title: str) -> None:
    workspace = state.workspace()
    workspace.mark_lost()
    jobs = workspace.jobs(20)
    running = [job for job in jobs if job.live]
    before = set(st.session_state.get(state.WATCHED, []))
    st.session_state[state.WATCHED] = [job.id for job in running]
    ended = [job for job in jobs if job.id in before and not job.live]
    if ended:
        for job in filter(_follows, ended):
            _choose_result(job)
        done = [job.id for job in ended if job.state == "done"]
        for job in ended:
            if job.state == "done" and page_title in _shown_on(job):  # there is no notice here
                st.toast(f"{plain(title(job))} is done.", icon=":material/check:")
        st.session_state[state.FINISHED] = [*st.session_state.get(state.FINISHED, []), *done]
        st.rerun()  # the whole page once, to show the result
    dismissed = _dismissed()
    finished = set(st.session_state.get(state.FINISHED, []))
    opened = [j.id for j in jobs if j.id in finished - dismissed and _opened(j, page_title)]
    _dismiss(opened)
    dismissed |= set(opened)
    replaced = {job.attempt_of for job in jobs}
    for job in reversed(running):
        _running(job)
    for job in jobs:
        if job.state in ("failed", "lost") and job.id not in dismissed | replaced:
            _ended(job)
        elif job.id in finished - dismissed:
            _finished(job)


def _dismissed() -> set[int]:
    """The ended jobs whose notice this person dismissed; kept beyond the session."""
    found = drafts.seen(DISMISSED) if drafts.loaded(DISMISSED) else drafts.opened(DISMISSED)
    return {int(id) for id in found}


def _dismiss(ids: list[int]) -> None:
    drafts.typed(DISMISSED, {**drafts.seen(DISMISSED), **{str(id): True for id in ids}})


def _shown_on(job: JobRecord) -> tuple[str, ...]:
    """Titles of the pages that show what a job made."""
    return ("Compare", "Explore") if job.kind == "bakeoff" else ("Data",)


def _opened(job: JobRecord, page_title: str) -> bool:
    """Whether the page shows what a job made."""
    if page_title not in _shown_on(job):
        return False
    if job.kind == "bakeoff":
        return state.chosen_bakeoff() == (job.result or {}).get("bakeoff")
    if job.kind in ("learning-curve", "audit") and address.read("data_view") != "studies":
        return False
    return state.chosen_dataset() == subject(job)


def _finished(job: JobRecord) -> None:
    """A job that ended while this window was open, with a link to what it made."""
    made = job.result or {}
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/check: **{plain(title(job))} is done.**", width="stretch")
        if job.kind == "bakeoff" and made.get("bakeoff"):
            link("compare", "See the results", ":material/arrow_forward:", dataset=subject(job),
                 bakeoff=str(made["bakeoff"]))  # fmt: skip
        elif job.kind in ("learning-curve", "audit"):
            link("data", "See the study", ":material/arrow_forward:", dataset=subject(job),
                 data_view="studies")  # fmt: skip
        else:
            link("data", "See the data", ":material/arrow_forward:", dataset=subject(job))
        if st.button("Dismiss", key=f"dismiss_{job.id}", type="tertiary"):
            _dismiss([job.id])
            st.rerun()


def _follows(job: JobRecord) -> bool:
    """Whether the page shows a job's result when it ends: not in place of what somebody looks at.

    It does where the job was started from this window, and where the page shows nothing of the
    job's dataset but the bake-off that came with Assay.
    """
    if job.id in st.session_state.get(state.STARTED, []):
        return True
    dataset, bakeoff = state.chosen_dataset(), state.chosen_bakeoff()
    if dataset is None:
        return True
    return dataset == subject(job) and (bakeoff is None or state.is_shipped(bakeoff))


def _choose_result(job: JobRecord) -> None:
    """Choose the dataset or bake-off that a finished job made."""
    made = job.result or {}
    if job.state == "done" and made.get("dataset"):
        state.choose(dataset=str(made["dataset"]))
        if job.kind == "import":
            st.session_state[state.IMPORTED] = str(made["dataset"])
    if job.state == "done" and made.get("bakeoff"):
        state.choose(dataset=subject(job), bakeoff=str(made["bakeoff"]))


def _running(job: JobRecord) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        elapsed = duration(job.seconds)
        status = f"{title(job)}: {job.message}" + (f" ({elapsed})" if elapsed else "")
        st.progress(job.share, text=plain(status), width="stretch")
        label = "Stopping…" if job.cancel else "Cancel"
        if st.button(label, key=f"cancel_{job.id}", disabled=job.cancel):
            _attempt(lambda: cancel(job.id))


def _ended(job: JobRecord) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        outcome = "stopped unexpectedly" if job.state == "lost" else "failed"
        why = (job.error or "No reason was given.").strip()
        st.markdown(f"**{plain(title(job))} {outcome}.** {plain(why)}", width="stretch")
        if st.button("Restart", key=f"restart_{job.id}"):
            _attempt(lambda: restart(job.id))
        if st.button("Dismiss", key=f"dismiss_{job.id}", type="tertiary"):
            _dismiss([job.id])
            st.rerun()


def _attempt(action: Callable[[], object]) -> None:
    try:
        action()
    except AssayError as error:
        st.error(plain(str(error)))
    else:
        st.rerun()


def waiting(kind: str, dataset: str | None = None) -> str | None:
    """The progress of a running job of that kind in a sentence; None if none runs."""
    running = live(kind, dataset)
    if not running:
        return None
    job = running[0]
    return f"{title(job)} is {job.share:.0%} done: {job.message}."
