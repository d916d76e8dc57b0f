"""The blind taste test: two lists without names, one pick, and what was picked so far."""

from __future__ import annotations

import hashlib
import re
import secrets

import streamlit as st

from app import access, look, state
from app.components import comparison_charts as compare_charts
from app.components import page, toolbar
from app.components.comparison import Words
from app.explore import data as explore_data
from app.explore import views
from app.look import Style
from app.taste import people as taste_people
from app.taste import tally as taste_tally
from app.taste.people import Sitting
from app.taste.rounds import Round
from pipelines.errors import AssayError
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.workspace.records import Picked, VoteRecord

ROUND, REVEALED = "taste_round", "taste_revealed"
"""Session keys: what rounds are drawn from, which stands in the address too; the round whose
names were asked for after the vote."""
SIDES: dict[Picked, str] = {
    "left": "The left list",
    "neither": "No difference",
    "right": "The right list",
}
UNDER = (
    "Two contenders' lists for the same person, without their names. What you pick is counted "
    "below and enters no metric, comparison or decision."
)
STYLE = """<style>
.taste .lists {grid-template-columns: 1fr 1fr;}
@media (max-width: 520px) {.taste .lists {grid-template-columns: 1fr;}}
</style>"""


def draw(document: BakeoffDocument) -> Words:
    """The view: a round, then the opinion so far."""
    try:
        _round(document, taste_people.choose(document))
    except AssayError as error:
        st.info(page.plain(str(error)))
    return Words(taste_tally.section(document), UNDER)


def _round(document: BakeoffDocument, sitting: Sitting) -> None:
    # Another person is another round, so that its vote is not the one that was cast before.
    token = hashlib.sha256(f"{_seed()} {sitting.key}".encode()).hexdigest()[:16]
    vote = state.workspace().vote_of(document.id, token)
    answers = sitting.answers
    found = answers.shown(vote.person, vote.left, vote.right) if vote else answers.round(token)
    if found is None:
        st.info("The contenders give the same list here, place by place: choose another person.")
        return
    st.markdown(sitting.words(document, found))
    lifted = vote is not None and st.session_state.get(REVEALED) == token
    _lists(document, found, lifted=lifted)
    if vote is None:
        _ballot(document, found, token)
    else:
        _after(vote, lifted=lifted)
    page.notice(state.about(document.dataset))
    named = compare_charts.titles(document)
    for name, why in sitting.silent.items():
        st.caption(page.plain(f"Not among the lists: {named[name]}. {why}"))


def _seed() -> str:
    """What the round is drawn from: of the address, of before another page was opened, or new."""
    for told in (st.query_params.get(ROUND), st.session_state.get(ROUND)):
        if told and re.fullmatch("[0-9a-f]{16}", told):
            return _begin(told)
    return _begin(secrets.token_hex(8))


def _begin(seed: str) -> str:
    st.session_state[ROUND] = seed
    toolbar.keep(ROUND, seed, default="")
    return seed


def _lists(document: BakeoffDocument, found: Round, *, lifted: bool) -> None:
    blank = Style(look.GREY, "circle", True, False, "")
    sides = {"Left list": ("", blank), "Right list": ("", blank)}
    if lifted:
        named, styles = compare_charts.titles(document), compare_charts.titled_styles(document)
        kinds = {c.name: look.KIND_WORDS[c.kind] for c in document.contenders}
        shown = [(named[n], (kinds[n], styles[named[n]])) for n in (found.left, found.right)]
        sides = dict(shown)
    rows = [
        (side, place, item)
        for side, items in zip(sides, (found.left_items, found.right_items), strict=True)
        for place, item in enumerate(items, 1)
    ]
    frame = explore_data.described(rows, explore_data.catalogue(document), set())
    st.html(f'{STYLE}<div class="taste">{views.cards(frame, {}, sides)}</div>')


def _ballot(document: BakeoffDocument, found: Round, token: str) -> None:
    if not access.may_vote():
        st.caption("Read only: to vote on a server that others can reach, sign in.")
        return
    st.markdown("Which one is better for this person?")
    with st.container(horizontal=True, gap="small"):
        for side, words in SIDES.items():
            if st.button(words, key=f"taste_{side}_{token}"):
                cast(document, found, token, side)
                st.rerun()
        if st.button("Skip", key=f"taste_skip_{token}", type="tertiary"):
            _next()


def cast(document: BakeoffDocument, found: Round, token: str, side: Picked) -> VoteRecord:
    """Keep a vote, if whoever looks at the page may have a say."""
    if not access.may_vote():
        raise AssayError("Voting on a server that others can reach needs a sign-in.")
    return state.workspace().vote(
        document.id,
        token,
        side,
        person=found.person,
        left=found.left,
        right=found.right,
        who=access.who(),
    )


def _after(vote: VoteRecord, *, lifted: bool) -> None:
    words = SIDES[vote.picked]
    st.markdown(f":material/check: Your vote is kept: **{words[0].lower()}{words[1:]}**.")
    with st.container(horizontal=True, gap="small"):
        if st.button("Next round", type="primary", key=f"taste_next_{vote.round}"):
            _next()
        if not lifted and st.button("Whose lists were they?", key=f"taste_lift_{vote.round}"):
            st.session_state[REVEALED] = vote.round
            st.rerun()


def _next() -> None:
    _begin(secrets.token_hex(8))
    st.rerun()
