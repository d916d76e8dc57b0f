"""Overview: the state of the decision, the five steps to it, and links to each."""

from __future__ import annotations

import streamlit as st

from app import state
from app.components import page, steps
from app.data import upload
from app.overview import progress, sections


def draw() -> None:
    name = state.chosen_dataset()
    document = state.chosen_document()
    saved = progress.saved_decision(document)
    frame = progress.steps(name, document, saved)
    page.opening(progress.standing(name, document, saved))
    st.markdown(progress.purpose(decided=saved is not None))
    steps.picture(
        frame,
        "Five steps. " + " ".join(f"{r['step']}: {r['line']}." for r in frame.to_dict("records")),
        key="overview_steps",
    )
    if name is None:
        upload.samples()
    sections.cards()
    if document is not None:
        sections.numbers(document)
    if name is not None:
        page.notice(state.about(name))


page.show(draw)
