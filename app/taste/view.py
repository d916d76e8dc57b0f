"""The blind taste test: two lists without names, one vote, and the votes so far."""

from __future__ import annotations

import hashlib
import re
import secrets

import streamlit as st

from app import access, address, look, state
from app.compare.heading import Heading
from app.components import page, toolbar
from app.explore import cards
from app.explore import data as explore_data
from app.look import Style
from app.taste import people as taste_people
from app.taste import tally as taste_tally
from app.taste.people import TasteSetup
from app.taste.rounds import Round
from pipelines.errors import AssayError
from pipelines.evaluation.results.document import BakeoffDocument, titles_of
from pipelines.workspace.records import Picked, VoteRecord

ROUND, REVEALED, BLIND = "taste_round", "taste_revealed", "taste_blind"
"""Session keys: the seed of the rounds, also a query parameter; the round whose contenders are
revealed after the vote; the round on the screen that has a vote and is not revealed."""
TO_TOP = "taste_to_top"
"""Session key: the seed of a round that was just begun by a button."""
SCROLL = "document.querySelector('[data-testid=stMain]').scrollTo({top: 0})"
SIDES: dict[Picked, str] = {
    "left": "Left list is better",
    "neither": "No difference",
    "right": "Right list is better",
}
DESCRIPTION = (
    "Two contenders' lists for the same user, without the contenders' names. Votes are counted "
    "below. They do not affect any metric, comparison or decision."
)
STYLE = """<style>
.taste .lists {grid-template-columns: 1fr 1fr;}
@media (max-width: 520px) {.taste .lists {grid-template-columns: 1fr;}}
</style>"""


def draw(document: BakeoffDocument) -> Heading:
    """The view: a round, then the votes so far."""
    st.session_state[BLIND] = ""
    _to_top()
    try:
        _round(document, taste_people.choose(document))
    except AssayError as error:
        st.info(page.with_code(str(error)))
    return Heading(taste_tally.section(document, uncounted=st.session_state[BLIND]), DESCRIPTION)


def _round(document: BakeoffDocument, setup: TasteSetup) -> None:
    # The token depends on the user, so that each user's round has its own vote.
    token = hashlib.sha256(f"{_seed()} {setup.key}".encode()).hexdigest()[:16]
    vote = state.workspace().vote_of(document.id, token)
    answers = setup.answers
    found = answers.shown(vote.person, vote.left, vote.right) if vote else answers.round(token)
    if found is None:
        st.info("All contenders give this user the same list. Choose another user.")
        return
    st.markdown(setup.description(document, found))
    revealed = vote is not None and st.session_state.get(REVEALED) == token
    # Counted now, the vote would tell whose lists are on the screen.
    st.session_state[BLIND] = token if vote is not None and not revealed else ""
    _lists(document, found, revealed=revealed)
    if vote is None:
        _ballot(document, found, token)
    else:
        _after(vote, revealed=revealed)
    page.notice(state.about(document.dataset))
    titles = titles_of(document.contenders)
    for name, why in setup.missing.items():
        st.caption(page.plain(f"Not shown: {titles[name]}. {why}"))


def _seed() -> str:
    """The seed of the rounds: the query parameter's, the session's, or a new one."""
    for seed in (st.query_params.get(ROUND), st.session_state.get(ROUND)):
        if seed and re.fullmatch("[0-9a-f]{16}", seed):
            return _begin(seed)
    return _begin(secrets.token_hex(8))


def _begin(seed: str) -> str:
    st.session_state[ROUND] = seed
    toolbar.keep(ROUND, seed, default="")
    return seed


def _lists(document: BakeoffDocument, found: Round, *, revealed: bool) -> None:
    blank = Style(look.GRAY, "circle", True, False, "")
    sides = {"Left list": ("", blank), "Right list": ("", blank)}
    if revealed:
        titles, styles = titles_of(document.contenders), look.styles_by_title(document)
        kinds = look.kind_labels(document, shipped=state.is_shipped(document.id))
        sides = {titles[n]: (kinds[n], styles[titles[n]]) for n in (found.left, found.right)}
    rows = [
        (side, rank, item)
        for side, items in zip(sides, (found.left_items, found.right_items), strict=True)
        for rank, item in enumerate(items, 1)
    ]
    frame = explore_data.lists_frame(rows, explore_data.catalogue(document), set())
    st.html(f'{STYLE}<div class="taste">{cards.cards(frame, {}, sides, heading="h2")}</div>')


def _ballot(document: BakeoffDocument, found: Round, token: str) -> None:
    if not access.may_vote():
        st.caption("You cannot vote: other machines can reach this server, and it has no sign-in.")
        return
    st.markdown("Which list is better for this user?")
    with st.container(horizontal=True, gap="small"):
        for side, label in SIDES.items():
            if st.button(label, key=f"taste_{side}_{token}"):
                cast(document, found, token, side)
                st.rerun()
        if st.button("Skip", key=f"taste_skip_{token}", type="tertiary"):
            _next()


def cast(document: BakeoffDocument, found: Round, token: str, side: Picked) -> VoteRecord:
    """Save a vote; an `AssayError` if the user cannot vote."""
    if not access.may_vote():
        raise AssayError("Voting requires a sign-in on a server that other machines can reach.")
    return state.workspace().vote(
        document.id,
        token,
        side,
        person=found.person,
        left=found.left,
        right=found.right,
        who=access.who(),
    )


def _after(vote: VoteRecord, *, revealed: bool) -> None:
    counted = "" if revealed else " It is counted below once the contenders are revealed."
    st.markdown(f":material/check: Your vote is saved: **{SIDES[vote.picked]}**.{counted}")
    with st.container(horizontal=True, gap="small"):
        if st.button("Next round", type="primary", key=f"taste_next_{vote.round}"):
            _next()
        if not revealed and st.button("Reveal the contenders", key=f"taste_lift_{vote.round}"):
            st.session_state[REVEALED] = vote.round
            st.rerun()


def _next() -> None:
    st.session_state[TO_TOP] = _begin(secrets.token_hex(8))
    address.write()  # before the rerun, which reads the seed in the address
    st.rerun()


def _to_top() -> None:
    """After "Next round" or "Skip", scroll to the new lists: the buttons are below the old ones."""
    seed = st.session_state.pop(TO_TOP, "")
    if seed:
        st.html(f"<script>{SCROLL} // {seed}</script>", unsafe_allow_javascript=True)
