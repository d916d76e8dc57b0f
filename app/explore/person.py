"""The controls that choose whose lists are shown: a user of the dataset, or a made-up history."""

from __future__ import annotations

import streamlit as st

from app.components import jobs, page, toolbar
from app.explore import data as explore_data
from app.explore import history_picker
from app.explore.data import Person
from pipelines.evaluation.results.document import BakeoffDocument

USER, MADE_UP = "person", "made-up"
LABELS = {USER: "a user in the data", MADE_UP: "a made-up history"}

STORED = (
    "This bake-off has its lists and no fitted pipelines, so the lists below are the stored ones."
)


def choose(document: BakeoffDocument) -> Person | None:
    """Whose lists to show; None while a made-up history is empty."""
    people = explore_data.people(document)
    by_name = {p.name: p for p in people}
    computes = explore_data.computes(document)
    made_up = [MADE_UP] if computes or not people else []
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        who = toolbar.choice(
            "Show lists for",
            [USER, *made_up] if people else made_up,
            key="explore_who",
            default=USER if people else MADE_UP,
            format_func=LABELS.__getitem__,
        )
        if who == USER:
            with st.container(width=300):
                name = toolbar.selection(
                    "User",
                    list(by_name),
                    key="explore_persona",
                    default=list(by_name)[min(1, len(by_name) - 1)],
                )
    if who == MADE_UP:
        picked = history_picker.picked(document, "explore")
        return Person("This history", history=picked) if picked else None
    person = by_name[name]
    st.caption(page.plain(" ".join(sentences(document, person))))
    if not computes:
        st.caption(page.plain(f"{STORED} {_for_a_made_up_history(document)}"))
    return person


def _for_a_made_up_history(document: BakeoffDocument) -> str:
    if jobs.live("bakeoff", document.dataset):
        return "A bake-off is running: a made-up history is possible when it ends."
    return "For a made-up history, run a bake-off of your own."


def sentences(document: BakeoffDocument, person: Person) -> list[str]:
    """The user's id, persona and newest interactions; of a made-up history its titles."""
    titles = explore_data.catalogue(document)["title"]
    before = [str(titles.get(i, i)) for i in reversed(person.history)]
    if person.user_id is None:
        return [f"A made-up history, newest first: {'; '.join(before)}."]
    who = f"{person.name} is user {person.user_id}: {person.why}."
    newest = f"Last interactions, newest first: {'; '.join(before[:5])}."
    return [who, newest] if before else [who]
