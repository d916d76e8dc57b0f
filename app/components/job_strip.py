"""Running and ended jobs at the top of every page, in the one fragment that polls.

A job that ends leaves the page alone: what a person has open stays open, and a notice offers the
result. Only a page that has nothing to show before the job ends is drawn again by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from app import address, state
from app.components import drafts, jobs
from app.components.page import link, plain, with_code
from app.components.tables import duration
from pipelines.errors import AssayError
from pipelines.workspace.records import JobRecord

DISMISSED = "jobs:dismissed"
"""Whose notices a person dismissed: a draft with the ids of jobs."""
OF_BAKEOFFS = ("Overview", "Explore", "Compare", "Runs")
"""Titles of the pages that show a bake-off's results."""
ORIGIN, STUDIES = "origin", "studies"
"""The views of the page Data with how rows became events, and with the studies."""
NEWEST = 20
"""How many of the newest jobs are looked at."""


def strip(page_title: str, below: Callable[[], None]) -> None:
    """Running jobs, and jobs that ended; once per page. `below` is drawn with them.

    The notice of a job that is done goes when its result was opened.
    """
    _settle(page_title)
    # This run draws the page: what it shows, and what it waits for, is decided by now.
    st.session_state[state.AWAITED] = _awaited(page_title)
    done = set(st.session_state.get(state.FINISHED, [])) - _dismissed()
    _dismiss(
        [j.id for j in state.workspace().jobs(NEWEST) if j.id in done and _opened(j, page_title)]
    )
    watch = bool(state.workspace().live_jobs())
    st.fragment(_strip, run_every="1s" if watch else None)(page_title, below)


def _strip(page_title: str, below: Callable[[], None]) -> None:
    found = _settle(page_title)
    dismissed, finished = _dismissed(), set(st.session_state.get(state.FINISHED, []))
    replaced = {job.attempt_of for job in found}
    for job in reversed(found):
        if job.live:
            _running(job)
    for job in found:
        if job.state in ("failed", "lost") and job.id not in dismissed | replaced:
            _ended(job)
        elif job.id in finished - dismissed:
            _finished(job, page_title)
    below()


def _settle(page_title: str) -> list[JobRecord]:
    """The newest jobs, after noting which have ended; draws a page again that waited for one."""
    workspace = state.workspace()
    workspace.mark_lost()
    found = workspace.jobs(NEWEST)
    before = set(st.session_state.get(state.WATCHED, []))
    st.session_state[state.WATCHED] = [job.id for job in found if job.live]
    ended = [job for job in found if job.id in before and not job.live]
    done = [job for job in ended if job.state == "done"]
    st.session_state[state.FINISHED] = [
        *st.session_state.get(state.FINISHED, []),
        *(job.id for job in done),
    ]
    waited = [job for job in ended if _waits(job, page_title)]
    for job in done:
        if job in waited or _follows(job, page_title):
            _choose_result(job)
        if job in waited and page_title in _shown_on(job):  # there is no notice here
            st.toast(f"{plain(jobs.title(job))} is done.", icon=":material/check:")
    if waited:
        st.rerun()
    return found


def _awaited(page_title: str) -> dict[str, Any]:
    """What the page needs before it can show anything: kinds of jobs on its dataset, or any job."""
    dataset = state.chosen_dataset()
    kinds: list[str] = []
    if dataset is not None:
        record = state.workspace().dataset_record(dataset)
        if record.state != "ready":
            kinds += ["sample", "import"]
        if page_title in OF_BAKEOFFS and state.chosen_bakeoff() is None:
            kinds.append("bakeoff")
        if page_title == "Data" and _data_view() == STUDIES:
            study = partial(state.workspace().study, dataset, record.version)
            kinds += [kind for kind in ("learning-curve", "audit") if study(kind) is None]
    return {"page": page_title, "dataset": dataset, "kinds": kinds}


def _data_view() -> str | None:
    """The view of the page Data that is drawn next."""
    chosen: str | None = st.session_state.get("next_data_view")
    return chosen or address.read("data_view")


def _waits(job: JobRecord, page_title: str) -> bool:
    """Whether the page, as it was drawn, has nothing to show before the job ends."""
    awaited = st.session_state.get(state.AWAITED, {})
    filling = page_title == "Data" and st.session_state.get(state.FILLING, False)
    if awaited.get("page") != page_title or filling:
        return False
    if awaited["dataset"] is None:
        return True
    return awaited["dataset"] == jobs.subject(job) and job.kind in awaited["kinds"]


def _follows(job: JobRecord, page_title: str) -> bool:
    """Whether a bake-off's results are chosen for the pages that are opened next.

    They are where it was started in this window, and where this page shows no results, which
    would change under the person's hands.
    """
    return (
        job.kind == "bakeoff"
        and page_title in ("Build", "Data")
        and job.id in st.session_state.get(state.STARTED, [])
        and state.chosen_dataset() == jobs.subject(job)
    )


def _choose_result(job: JobRecord) -> None:
    """Choose the dataset or bake-off that a job made, from the next run on."""
    made = job.result or {}
    if made.get("dataset"):
        state.choose(dataset=str(made["dataset"]))
    if job.kind == "import":  # how rows became events
        state.choose(data_view=ORIGIN)
    if made.get("bakeoff"):
        state.choose(dataset=jobs.subject(job), bakeoff=str(made["bakeoff"]))


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
    if job.kind in ("learning-curve", "audit") and _data_view() != STUDIES:
        return False
    return state.chosen_dataset() == jobs.subject(job)


def _finished(job: JobRecord, page_title: str) -> None:
    """A job that ended while this window was open, with what leads to its result."""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/check: **{plain(jobs.title(job))} is done.**", width="stretch")
        _offer(job, page_title)
        _dismiss_button(job)


def _offer(job: JobRecord, page_title: str) -> None:
    """A link to the page that shows the result; on that page a button, which stays on it."""
    made, values = job.result or {}, {state.DATASET: jobs.subject(job)}
    name, label = "data", "Show the data"
    if job.kind == "bakeoff" and made.get("bakeoff"):
        name, label = "explore" if page_title == "Explore" else "compare", "Show results"
        values[state.BAKEOFF] = str(made["bakeoff"])
    elif job.kind in ("learning-curve", "audit"):
        label, values["data_view"] = "Show the study", STUDIES
    elif job.kind == "import":
        values["data_view"] = ORIGIN
    icon = ":material/arrow_forward:"
    if name.capitalize() != page_title:
        link(name, label, icon, **values)
    elif st.button(label, icon=icon, key=f"show_{job.id}"):
        # Streamlit's link to the page that is open would leave the browser's address as it is.
        state.choose(**values)
        st.rerun()


def _dismiss_button(job: JobRecord) -> None:
    st.button(
        "Dismiss",
        key=f"dismiss_{job.id}",
        type="tertiary",
        on_click=_dismiss,
        args=([job.id],),
    )


def _running(job: JobRecord) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        elapsed = duration(job.seconds)
        status = f"{jobs.title(job)}: {job.message}" + (f" ({elapsed})" if elapsed else "")
        st.progress(job.share, text=plain(status), width="stretch")
        label = "Stopping…" if job.cancel else "Cancel"
        if st.button(label, key=f"cancel_{job.id}", disabled=job.cancel):
            _attempt(lambda: jobs.cancel(job.id))


def _ended(job: JobRecord) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        outcome = "stopped unexpectedly" if job.state == "lost" else "failed"
        why = (job.error or "No reason was given.").strip()
        st.markdown(f"**{plain(jobs.title(job))} {outcome}.** {with_code(why)}", width="stretch")
        if st.button("Restart", key=f"restart_{job.id}"):
            _attempt(lambda: jobs.restart(job.id))
        _dismiss_button(job)


def _attempt(action: Callable[[], object]) -> None:
    try:
        action()
    except AssayError as error:
        st.error(with_code(str(error)))
    else:
        st.rerun()
