"""For whom lists are tasted: anybody, one of eight people who differ, a user, or oneself."""

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
from pipelines.evaluation.results.document import BakeoffDocument, ContenderResult
from pipelines.evaluation.results.folder import ANSWER

ANYBODY, BY_ID, MADE_UP = "anybody", "user", "made-up"
WORDS = {
    ANYBODY: "Anybody, drawn by chance",
    BY_ID: "A user, by id",
    MADE_UP: "A history you make up",
}


@dataclass(frozen=True)
class Sitting:
    """Whose lists are tasted, and by whom they may be."""

    key: str
    """Sets the rounds of different people apart."""
    answers: Answers
    silent: dict[str, str]
    """Why a contender (name) is not shown."""
    personas: dict[str, Person]
    """The people who have a name, by user id."""

    def words(self, document: BakeoffDocument, found: Round) -> str:
        """Who the person of a round is, and what they took up last (Markdown)."""
        title = explore_data.catalogue(document)["title"]
        before = [str(title.get(i, i)) for i in self.answers.history(found.person)]
        last = f"Took up last, newest first: {'; '.join(before)}." if before else "No history."
        if isinstance(self.answers, Live):
            return page.plain(last)
        known = self.personas.get(found.person)
        who = f"**{page.plain(known.name)}**, user" if known else "**User**"
        why = f": {known.why}" if known else ""
        return f"{who} {page.plain(f'{found.person}{why}. {last}')}"


def choose(document: BakeoffDocument) -> Sitting:
    """Ask for whom; an `AssayError` says what is still to be given."""
    people = {str(p.user_id): p for p in explore_data.people(document)}
    ids = {p.name: user for user, p in people.items()}
    user = None
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        with st.container(width=300):
            who = toolbar.selection(
                "Whose lists",
                [ANYBODY, *ids, BY_ID, MADE_UP],
                key="taste_person",
                default=ANYBODY,
                format_func=lambda name: WORDS.get(name, name),
            )
        if who == BY_ID:
            with st.container(width=230):
                user = st.text_input("User id", key="taste_user").strip()
    if who == MADE_UP:
        return _made_up(document, history_picker.picked(document, "taste"))
    if who == BY_ID and not user:
        raise AssayError("Give the id of a user, as it stands in your data.")
    return _stored(document, user or ids.get(who), people)


def _made_up(document: BakeoffDocument, history: list[str]) -> Sitting:
    if not history:
        raise AssayError("Pick a few titles that you know: two contenders answer to them.")
    names, silent = contenders(document, lambda c: explore_data.opened(document, c.name).why_not)
    _two(names)
    live = Live(names, history, lambda name: explore_data.live(document, name, history))
    return Sitting(live.person, live, silent, {})


def _stored(document: BakeoffDocument, user_id: str | None, people: dict[str, Person]) -> Sitting:
    kept = state.kept(document.id)

    def why_not(c: ContenderResult) -> str:
        there = (kept.path / "contenders" / c.name / ANSWER).exists()
        return "" if there else "Its lists are no longer stored; run the bake-off again."

    names, silent = contenders(document, why_not)
    _two(names)
    record = state.workspace().bakeoff_record(document.id)
    data = state.dataset(record.dataset, record.dataset_version)
    users, items = data.users.decode(kept.requests.user), data.catalogue.items.ids
    return Sitting(str(user_id), Stored(kept, names, users, items, user_id), silent, people)


def _two(names: list[str]) -> None:
    if len(names) < 2:
        raise AssayError(
            "There are no two lists to taste: fewer than two contenders have lists here."
        )
