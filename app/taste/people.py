"""The users of the taste test: any user, a persona, a user by id, or a made-up history."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from app import state
from app.components import page, toolbar
from app.explore import data as explore_data
from app.explore import history_picker
from app.explore.data import Person
from app.taste.rounds import Answers, Live, Round, Stored, contenders
from pipelines.errors import AssayError
from pipelines.evaluation.results.answer_file import ANSWER
from pipelines.evaluation.results.document import BakeoffDocument, ContenderResult

ANYBODY, BY_ID, MADE_UP = "anybody", "user", "made-up"
LABELS = {
    ANYBODY: "A random user",
    BY_ID: "A user by id",
    MADE_UP: "A made-up history",
}


@dataclass(frozen=True)
class TasteSetup:
    """The user whose lists are compared, and the contenders that can be shown."""

    key: str
    """Distinguishes the rounds of different users."""
    answers: Answers
    missing: dict[str, str]
    """Why a contender (name) is not shown."""
    personas: dict[str, Person]
    """The personas, by user id."""

    def description(self, document: BakeoffDocument, found: Round) -> str:
        """Who the user of a round is, and their last interactions (Markdown)."""
        title = explore_data.catalogue(document)["title"]
        before = [str(title.get(i, i)) for i in self.answers.history(found.person)]
        listed = f"Last interactions, newest first: {'; '.join(before)}."
        history = listed if before else "No history."
        if isinstance(self.answers, Live):
            return page.plain(history)
        persona = self.personas.get(found.person)
        if persona is None:
            return f"**User** {page.plain(f'{found.person}. {history}')}"
        user = page.plain(f"{found.person}: {persona.why}. {history}")
        return f"**{page.plain(persona.name)}**, user {user}"


def choose(document: BakeoffDocument) -> TasteSetup:
    """Choose the user; an `AssayError` says what is still missing."""
    people = {str(p.user_id): p for p in explore_data.people(document)}
    ids = {p.name: user for user, p in people.items()}
    user = None
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        with st.container(width=300):
            who = toolbar.selection(
                "Compare lists for",
                [ANYBODY, *ids, BY_ID, *([MADE_UP] if explore_data.computes(document) else [])],
                key="taste_person",
                default=ANYBODY,
                format_func=lambda name: LABELS.get(name, name),
            )
        if who == BY_ID:
            with st.container(width=230):
                user = st.text_input("User id", key="taste_user").strip()
    if who == MADE_UP:
        return _made_up(document, history_picker.picked(document, "taste"))
    if who == BY_ID and not user:
        raise AssayError("Enter the id of a user, as it is in your data.")
    return _stored(document, user or ids.get(who), people)


def _made_up(document: BakeoffDocument, history: list[str]) -> TasteSetup:
    if not history:
        raise AssayError("Pick a few titles that you know to compare two lists for them.")
    names, missing = contenders(document, lambda c: explore_data.opened(document, c.name).why_not)
    _two(names)
    live = Live(names, history, lambda name: explore_data.live(document, name, history))
    return TasteSetup(live.person, live, missing, {})


def _stored(
    document: BakeoffDocument, user_id: str | None, people: dict[str, Person]
) -> TasteSetup:
    bakeoff_folder = state.bakeoff_folder(document.id)

    def why_not(c: ContenderResult) -> str:
        stored = bakeoff_folder.path / "contenders" / c.name / ANSWER
        return "" if stored.exists() else "Its lists are no longer stored; run the bake-off again."

    names, missing = contenders(document, why_not)
    _two(names)
    data = state.bakeoff_dataset(document.id)
    users, items = data.users.decode(bakeoff_folder.requests.user), data.catalogue.items.ids
    stored = Stored(bakeoff_folder, names, users, items, user_id)
    return TasteSetup(str(user_id), stored, missing, people)


def _two(names: list[str]) -> None:
    if len(names) < 2:
        raise AssayError(
            "There is nothing to compare: fewer than two contenders have a list for this user."
        )
