"""The blind taste test: two lists without names, one pick, and what was picked so far."""

from __future__ import annotations

import hashlib
import re
import secrets

import streamlit as st

from app import access, look, state
from app.components import compare_charts, explore_data, page, taste_tally, toolbar
from app.components import explore_views as views
from app.components.taste_rounds import Round, Table, contenders
from app.look import Style
from pipelines import paths
from pipelines.errors import AssayError
from pipelines.evaluation.kept import Kept
from pipelines.evaluation.results import BakeoffDocument
from pipelines.workspace.records import Picked, VoteRecord

ROUND, REVEALED = "taste_round", "taste_revealed"
"""Session keys: what rounds are drawn from, which stands in the address too; the round whose
names were asked for after the vote."""
ANYBODY, BY_ID = "anybody", "a user, by id"
SIDES: dict[Picked, str] = {
    "left": "The left list",
    "neither": "No difference",
    "right": "The right list",
}
STYLE = """<style>
.taste .lists {grid-template-columns: 1fr 1fr;}
@media (max-width: 520px) {.taste .lists {grid-template-columns: 1fr;}}
</style>"""


def draw(document: BakeoffDocument) -> None:
    """The view: a round, then the opinion so far."""
    st.header("Which list would you pick?", anchor=False)
    st.caption(
        "Two contenders' lists for the same person, without their names. What you pick is an "
        "opinion: it is counted below, and enters no metric, comparison or decision."
    )
    kept = _kept(str(paths.home()), document.id)
    names, silent = contenders(document, kept)
    if len(names) < 2:
        st.info("There are no two lists to taste: fewer than two contenders have lists here.")
    else:
        try:
            _round(document, _table(document, kept, names))
        except AssayError as error:
            st.info(page.plain(str(error)))
    _silent(document, silent)
    taste_tally.section(document)


@st.cache_resource(max_entries=4, show_spinner=False)
def _kept(home: str, bakeoff_id: str) -> Kept:
    return Kept(state.workspace().bakeoff_folder(bakeoff_id))


def _table(document: BakeoffDocument, kept: Kept, names: list[str]) -> Table:
    record = state.workspace().bakeoff_record(document.id)
    data = state.dataset(record.dataset, record.dataset_version)
    return Table(kept, names, data.users.decode(kept.asked.user), data.catalogue.items.ids)


def _round(document: BakeoffDocument, table: Table) -> None:
    people = {p.user_id: p for p in explore_data.people(document)}
    wanted = _person({p.name: str(user) for user, p in people.items()})
    # Another person is another round, so that its vote is not the one that was cast before.
    token = hashlib.sha256(f"{_seed()} {wanted}".encode()).hexdigest()[:16]
    vote = state.workspace().vote_of(document.id, token)
    found = table.of_vote(vote) if vote else table.round(token, wanted)
    if found is None:
        st.info("The contenders give the same list here, place by place: choose another person.")
        return
    known = people.get(found.user_id)
    title = explore_data.catalogue(document)["title"]
    before = [str(title.get(i, i)) for i in table.history(found.user_id)]
    last = f"Took up last, newest first: {'; '.join(before)}." if before else "No history."
    st.markdown(
        (f"**{page.plain(known.name)}**, user " if known else "**User** ")
        + page.plain(f"{found.user_id}{f': {known.why}' if known else ''}. {last}")
    )
    lifted = vote is not None and st.session_state.get(REVEALED) == token
    _lists(document, found, lifted=lifted)
    if vote is None:
        _ballot(document, found, token)
    else:
        _after(vote, lifted=lifted)
    page.notice(state.about(document.dataset))


def _person(personas: dict[str, str]) -> str | None:
    """The id of the user whose lists are to be shown; None for anybody."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        with st.container(width=300):
            who = toolbar.selection(
                "Whose lists",
                [ANYBODY, *personas, BY_ID],
                key="taste_person",
                default=ANYBODY,
                format_func=lambda name: "Anybody, drawn by chance" if name == ANYBODY else name,
            )
        if who == BY_ID:
            with st.container(width=230):
                given = st.text_input("User id", key="taste_user").strip()
            if not given:
                raise AssayError("Give the id of a user, as it stands in your data.")
            return given
    return personas.get(who)


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
        person=found.user_id,
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


def _silent(document: BakeoffDocument, silent: dict[str, str]) -> None:
    named = compare_charts.titles(document)
    for name, why in silent.items():
        st.caption(page.plain(f"Not among the lists: {named[name]}. {why}"))
