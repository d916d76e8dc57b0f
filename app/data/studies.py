"""The studies of a dataset: its learning curve, and the leakage audit of splits."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from app import access, state
from app.components import jobs, page, toolbar
from app.components.drawn import Drawn
from app.components.tables import digits, show
from app.data import study_charts as pictures
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.studies.results import Inflation, LeakageAudit, LearningCurve
from pipelines.runtime.phrases import number_of

CURVE_DESCRIPTION = (
    "Not measured yet. The study trains ALS and Popular on the newest 10, 20, 40, 80 and 100% of "
    "the history and evaluates them on the same held-out interactions."
)
AUDIT_DESCRIPTION = (
    "Not measured yet. The audit evaluates the same pipelines with a random split, with "
    "leave-one-out and with a split in time. It measures how much the first two inflate metrics."
)


def section(name: str) -> None:
    """Both studies of a dataset: the results, or the buttons that start them."""
    version = state.workspace().dataset_record(name).version
    st.header("Learning curve: would more data help?", anchor=False)
    curve = state.workspace().study(name, version, "learning-curve")
    if isinstance(curve, LearningCurve):
        _curve(curve)
    label = "Measure the learning curve"
    _start(name, "learning-curve", CURVE_DESCRIPTION, label, done=curve is not None)
    st.header("Leakage audit: how much do other splits inflate metrics?", anchor=False)
    audit = state.workspace().study(name, version, "audit")
    if isinstance(audit, LeakageAudit):
        _audit(audit)
    _start(name, "audit", AUDIT_DESCRIPTION, "Run the leakage audit", done=audit is not None)


def _start(name: str, kind: str, description: str, label: str, *, done: bool) -> None:
    """The button that starts a study, or its progress."""
    running = jobs.waiting(kind, name)
    if running:
        st.info(page.plain(running), icon=":material/hourglass_top:")
        return
    if not done:
        st.write(page.plain(description))
    if not access.allowed("analyst"):
        return
    label = "Measure again" if done else label
    if st.button(label, key=f"data_{kind}", type="tertiary" if done else "secondary"):
        jobs.start(kind, {"dataset": name})
        st.rerun()


def _curve(found: LearningCurve) -> None:
    st.write(page.plain(found.sentence))
    frame = pictures.curve_frame(found)
    chart = Drawn(
        pictures.learning_curve,
        frame,
        pictures.styles_of(pictures.titles_by_spec(found.points)),
        found.metric,
    )
    page.picture(chart, pictures.curve_alt(frame, found.metric), frame, key="data_curve")
    note = f" ({found.split_note})" if found.split_note else ""
    sentences = [
        f"Split {found.split}{note}. Every point has the same {number_of(found.users, 'user')} and "
        f"{number_of(found.truths, 'held-out interaction')}. A smaller share is the data of a team "
        "that started to log later: older events are in neither the training data nor the "
        "histories.",
        *(gain.sentence for gain in found.gains[1:]),
        *found.notes,
    ]
    st.caption(page.plain(" ".join(sentences)))


def _audit(found: LeakageAudit) -> None:
    st.write(page.plain(found.sentence))
    labels = pictures.measures(found)
    shown = toolbar.choice(
        "Show",
        list(labels),
        key="data_audit_show",
        default=next(iter(labels)),
        format_func=lambda measure: labels.get(measure, measure),
    )
    frame = pictures.audit_frame(found, shown)
    if frame.empty:
        st.write("There are too few users for this measure.")
    else:
        titles = pictures.titles_by_spec([s for p in found.protocols for s in p.scores])
        chart = Drawn(pictures.audit, frame, pictures.styles_of(titles), shown)
        alt = pictures.audit_alt(frame, shown, labels)
        page.picture(chart, alt, frame.drop(columns="span"), key="data_audit")
    st.caption(
        "Compare the lifts, not the values. A value also depends on the number of held-out "
        "interactions per user, which is one under leave-one-out. "
        + page.plain(" ".join([*_not_run(found.not_run), *found.notes]))
    )
    with page.numbers("Splits, inflation and changes of order"):
        _protocols(found)
        _inflations(found, shown.partition(":")[2])
        for sentence in _flips(found):
            st.markdown(f"- {page.plain(sentence)}")


def _flips(found: LeakageAudit) -> list[str]:
    return [
        f"{label(flip.metric)}: {flip.ahead_in_time} is ahead of {flip.ahead_here} under a split "
        f"in time and behind it under {flip.protocol}. The change is "
        f"{'significant' if flip.certain else 'not significant'}."
        for flip in found.flips
    ]


def _not_run(why: Mapping[str, str]) -> list[str]:
    return [f"{name} was not run: {reason}" for name, reason in why.items()]


def _protocols(found: LeakageAudit) -> None:
    rows = [
        {
            "split": p.name if p.name == p.split else f"{p.name} ({p.split})",
            "held-out interactions (%)": 100 * p.held_out_share,
            "users": p.users,
            "held-out interactions per user": p.truths_per_user,
            "users without history": p.cold_users,
            "items not in training": p.cold_items,
        }
        for p in found.protocols
    ]
    show(
        pd.DataFrame(rows),
        key="data_audit_splits",
        alt="The held-out interactions, and the users and items without training data, by split.",
    )


def _inflations(found: LeakageAudit, metric: str) -> None:
    def interval(inflation: Inflation | None) -> str:
        if inflation is None or inflation.value is None:
            return ""
        high = "no upper limit" if inflation.high is None else digits(inflation.high)
        return f"{digits(inflation.value)} ({digits(inflation.low)} to {high})"

    by = {(i.spec, i.protocol, i.measure): i for i in found.inflations if i.metric == metric}
    rows = [
        {
            "pipeline": one.title,
            "split": one.protocol,
            f"inflation of the lift in {label(metric)}": interval(
                by.get((one.spec, one.protocol, "lift"))
            ),
            "inflation of the value": interval(one),
        }
        for one in found.inflations
        if (one.measure, one.metric) == ("value", metric)
    ]
    show(
        pd.DataFrame(rows),
        key="data_audit_inflation",
        alt="Each pipeline's lift and value under a split, divided by those under a split in time.",
    )
