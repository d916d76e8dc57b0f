"""The decision from a case and a bake-off: its chart, its reasons, and what would reverse it."""

from __future__ import annotations

import streamlit as st

from app.components import page, toolbar
from app.components.drawn import Drawn
from app.decide import value_chart
from app.decide.inputs import OWN
from pipelines.economics.case import Case
from pipelines.economics.decision import decide
from pipelines.economics.evidence import Evidence
from pipelines.economics.formats import thousands
from pipelines.economics.labels import answer_label
from pipelines.economics.memo_results import today
from pipelines.economics.summary import Decision


def decided(case: Case | None, given: Evidence | None) -> Decision:
    """The decision; cached, since it runs a simulation."""
    return _decide(
        "" if case is None else case.model_dump_json(),
        "" if given is None else given.model_dump_json(),
    )


@st.cache_data(max_entries=64, show_spinner="Running 100,000 simulations…")
def _decide(case: str, given: str) -> Decision:
    return decide(
        Case.model_validate_json(case) if case else None,
        Evidence.model_validate_json(given) if given else None,
    )


def picture(decision: Decision, name: str, *, changed: bool) -> None:
    """The value of each option over time; an empty chart while inputs are missing."""
    if name != OWN:
        example = "an example with your changes" if changed else "an example"
        st.caption(f"This case is {example}. Its numbers are not yours.")
    if not decision.curves:
        page.picture(
            toolbar.blank("the value of each option over time"),
            "An empty chart. It will show the value of each option once its inputs are given.",
            key="decide",
        )
        return
    positive_from = decision.break_even.get("positive_from_month", {})
    page.picture(
        Drawn(value_chart.over_time, decision.curves, positive_from),
        value_chart.over_time_alt(decision.curves, positive_from),
        value_chart.value_frame(decision.curves).rename(
            columns={"value": f"value ({thousands()})"}
        ),
        key="decide",
    )


def reasons(decision: Decision) -> None:
    """The decision with its reasons and missing inputs, and what would reverse it."""
    with st.container(border=True):
        st.markdown(f"**Decision: {page.plain(answer_label(decision.decision))}**")
        lines = [f"- {page.plain(reason)}" for reason in decision.reasons]
        if decision.missing:
            lines.append("- Missing inputs:")
            lines += [f"    - {page.plain(name)}" for name in decision.missing]
        st.markdown("\n".join(lines))
    earned = today(decision)
    if earned:
        st.markdown(page.plain(earned))
    if decision.ways:
        with st.container(border=True):
            st.markdown("**What you can do instead**")
            st.markdown("\n".join(f"- {page.plain(way)}" for way in decision.ways))
    if decision.reverses:
        with st.container(border=True):
            st.markdown("**What would reverse it**")
            st.markdown("\n".join(f"- {page.plain(r)}" for r in decision.reverses))
