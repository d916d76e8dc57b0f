"""Overview: the state of the decision, the five steps to it, and links to each."""

from __future__ import annotations

import streamlit as st

from app import state
from app.components import page, steps
from app.components.evidence import chosen_evidence
from app.data import upload
from app.decide import drafted
from app.decide.inputs import CASE, CASES
from app.overview import progress, sections


def draw() -> None:
    name = state.chosen_dataset()
    document = state.chosen_document()
    saved = progress.saved_decision(document)
    draft = drafted.first(chosen_evidence())
    if draft is not None and saved is not None and draft.is_of(saved):
        draft = None
    own = draft if draft is not None and draft.own else None
    frame = progress.steps(name, document, saved, own.answer if own else "")
    page.opening(progress.standing(name, document, saved, own.sentence if own else ""))
    if draft is not None:
        _draft(draft, titled=own is not None and saved is None and name is not None)
    decided = saved is not None or (own is not None and own.decided)
    st.markdown(progress.purpose(decided=decided))
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


def _draft(draft: drafted.Drafted, *, titled: bool) -> None:
    """That there is a draft which is not saved, and what Decide says of it.

    `titled` is whether the page's title says it already.
    """
    whose = "your draft" if draft.own else f"your draft of the example “{CASES[draft.case]}”"
    if titled:
        told = f"This is what Decide says of {whose}, which is not saved."
    else:
        told = f"{whose[0].upper()}{whose[1:]} on Decide is not saved. It says: {draft.sentence}"
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(page.plain(told), width="stretch")
        page.link("decide", "Open the draft", ":material/arrow_forward:", **{CASE: draft.case})


page.show(draw)
