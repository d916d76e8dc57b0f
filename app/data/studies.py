"""What a dataset's studies found, on its page: would more data help, and what leaks flatter."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from app import access, state
from app.components import jobs, page, toolbar
from app.components.tables import digits, show
from app.data import study_charts as pictures
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.studies.results import Inflation, LeakageAudit, LearningCurve

CURVE_WORDS = (
    "Not measured yet: ALS and Popular would be trained on the newest 10, 20, 40, 80 and 100 % "
    "of the history and asked the same questions each time."
)
AUDIT_WORDS = (
    "Not measured yet: the same pipelines would be run under a random split, leave-one-out and "
    "a split in time, to see by how much the first two flatter."
)


def section(name: str) -> None:
    """Both studies of a dataset: what was found, or the button that starts them."""
    version = state.workspace().dataset_record(name).version
    st.header("Would more data help?", anchor=False)
    curve = state.workspace().study(name, version, "learning-curve")
    if isinstance(curve, LearningCurve):
        _curve(curve)
    _start(name, "learning-curve", CURVE_WORDS, "Draw the learning curve", done=curve is not None)
    st.header("Leakage audit", anchor=False)
    audit = state.workspace().study(name, version, "audit")
    if isinstance(audit, LeakageAudit):
        _audit(audit)
    _start(name, "audit", AUDIT_WORDS, "Run the leakage audit", done=audit is not None)


def _start(name: str, kind: str, words: str, label: str, *, done: bool) -> None:
    """The button that starts a study, or how far it is."""
    running = jobs.waiting(kind, name)
    if running:
        st.info(page.plain(running), icon=":material/hourglass_top:")
        return
    if not done:
        st.write(page.plain(words))
    if not access.allowed("analyst"):
        return
    label = "Measure again" if done else label
    if st.button(label, key=f"data_{kind}", type="tertiary" if done else "secondary"):
        jobs.start(kind, {"dataset": name})
        st.rerun()


def _curve(found: LearningCurve) -> None:
    st.write(page.plain(found.sentence))
    frame = pictures.curve_frame(found)
    chart = pictures.learning_curve(
        frame, pictures.styles_of(pictures.titles_of(found.points)), found.metric
    )
    page.picture(chart, pictures.curve_alt(frame, found.metric), frame, key="data_curve")
    note = f", a {found.split_note}" if found.split_note else ""
    lines = [
        f"Split {found.split}{note}; the same {found.users:,} people and {found.truths:,} truths "
        "at each point. A smaller share is what a team would know that had begun to log later: "
        "older events are missing from the training data and from the histories.",
        *(gain.sentence for gain in found.gains[1:]),
        *found.notes,
    ]
    st.caption(page.plain(" ".join(lines)))


def _audit(found: LeakageAudit) -> None:
    st.write(page.plain(found.sentence))
    words = pictures.measures(found)
    shown = toolbar.choice(
        "Show",
        list(words),
        key="data_audit_show",
        default=next(iter(words)),
        format_func=lambda one: words.get(one, one),
    )
    frame = pictures.audit_frame(found, shown)
    if frame.empty:
        st.write("Too few people were asked for this figure.")
    else:
        titles = pictures.titles_of([s for p in found.protocols for s in p.scores])
        chart = pictures.audit(frame, pictures.styles_of(titles), shown)
        alt = pictures.audit_alt(frame, shown, words)
        page.picture(chart, alt, frame.drop(columns="span"), key="data_audit")
    st.caption(
        "Compare the lifts, not the values: a value also follows how many truths a person has, "
        "which is one under leave-one-out. "
        + page.plain(" ".join([*_not_run(found.not_run), *found.notes]))
    )
    with page.numbers("What each split held out, by how much it inflates, and whose order turns"):
        _protocols(found)
        _inflations(found, shown.partition(":")[2])
        for said in _flips(found):
            st.markdown(f"- {page.plain(said)}")


def _flips(found: LeakageAudit) -> list[str]:
    return [
        f"{label(one.metric)}: {one.ahead_in_time} is ahead of {one.ahead_here} in time and behind "
        f"it under {one.protocol}, {'for certain' if one.certain else 'not for certain'}."
        for one in found.flips
    ]


def _not_run(why: Mapping[str, str]) -> list[str]:
    return [f"{name} was not run: {reason}" for name, reason in why.items()]


def _protocols(found: LeakageAudit) -> None:
    rows = [
        {
            "split": p.name if p.name == p.split else f"{p.name} ({p.split})",
            "held out (%)": 100 * p.held_out_share,
            "people": p.users,
            "truths a person": p.truths_per_user,
            "cold people": p.cold_users,
            "cold items": p.cold_items,
        }
        for p in found.protocols
    ]
    show(
        pd.DataFrame(rows),
        key="data_audit_splits",
        alt="What each split held out, and how many people and items it leaves cold.",
    )


def _inflations(found: LeakageAudit, metric: str) -> None:
    def words(one: Inflation | None) -> str:
        if one is None or one.value is None:
            return ""
        high = "no upper limit" if one.high is None else digits(one.high)
        return f"{digits(one.value)} ({digits(one.low)} to {high})"

    by = {(i.spec, i.protocol, i.measure): i for i in found.inflations if i.metric == metric}
    rows = [
        {
            "pipeline": one.title,
            "split": one.protocol,
            f"{label(metric)}: lift ÷ in time": words(by.get((one.spec, one.protocol, "lift"))),
            "value ÷ in time": words(one),
        }
        for one in found.inflations
        if (one.measure, one.metric) == ("value", metric)
    ]
    show(
        pd.DataFrame(rows),
        key="data_audit_inflation",
        alt="Each pipeline's lift and value under a split, divided by the same in time.",
    )
