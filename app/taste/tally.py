"""What was picked in the blind taste test so far: opinion, told as opinion."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import access, state
from app.components import comparison_charts as compare_charts
from app.components import page, spreadsheet, tables
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.workspace.opinion import Tally, picked, tallies, voters
from pipelines.workspace.records import VoteRecord

MOST_TOLD = 3
"""Pairs that the sentence tells; the table has all."""
FEWEST_SIDED = 10
"""Picks from which on it is said how many went to the left."""


def section(document: BakeoffDocument) -> str:
    """How often who was picked against whom, and the votes as a file; the page's sentence."""
    st.subheader("Opinion so far", anchor=False)
    votes = state.workspace().votes(document.id)
    if not votes:
        st.caption("Nobody has voted yet.")
        return "Which of two lists would you pick? Nobody has voted yet."
    named = compare_charts.titles(document)
    found = tallies(votes)
    said = "; ".join(told(tally, named) for tally in found[:MOST_TOLD])
    st.markdown(page.plain(f"{summary(votes)}: {said}."))
    tables.show(
        pd.DataFrame([_row(tally, named) for tally in found]),
        key="taste_tally",
        alt=f"{summary(votes)}: {said}.",
    )
    st.caption(
        "The interval (Wilson, 95 %) takes votes for independent; several of one person are "
        f"not, so it is too narrow then. {_place(votes)}".strip()
    )
    st.download_button(
        "The votes (CSV)",
        spreadsheet.csv(votes_frame(votes, who=access.allowed("analyst"))),
        file_name=f"votes-{document.id}.csv",
        mime="text/csv",
        key="taste_csv",
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
    )
    return f"Opinion, no metric: {told(found[0], named)}."


def summary(votes: list[VoteRecord]) -> str:
    """`Opinion of 12 votes by 3 people`; no full stop."""
    people, nameless = voters(votes)
    text = f"Opinion of {len(votes)} vote{'' if len(votes) == 1 else 's'}"
    if people:
        text += f" by {people} {'person' if people == 1 else 'people'}"
        return text + (f" and {nameless} without a sign-in" if nameless else "")
    return f"{text} without a sign-in"


def _place(votes: list[VoteRecord]) -> str:
    """Whether people picked a place rather than a list; empty while there is too little to say."""
    sided = [v for v in votes if v.picked != "neither"]
    if len(sided) < FEWEST_SIDED:
        return ""
    left = sum(v.picked == "left" for v in sided)
    return (
        f"The list on the left got {left} of {len(sided)} picks; a share far from half says that "
        "the place was picked, not the list."
    )


def told(tally: Tally, named: dict[str, str]) -> str:
    """`A was picked 7 of 12 times against B`; no full stop."""
    one, other = named.get(tally.one, tally.one), named.get(tally.other, tally.other)
    times = "time" if tally.votes == 1 else "times"
    return f"{one} was picked {tally.picks} of {tally.votes} {times} against {other}"


def _row(tally: Tally, named: dict[str, str]) -> dict[str, object]:
    sided = tally.picks + tally.losses
    ends = tally.interval
    return {
        "contender": named.get(tally.one, tally.one),
        "against": named.get(tally.other, tally.other),
        "votes for it": tally.picks,
        "votes against it": tally.losses,
        "no difference": tally.neither,
        "share of picks": f"{100 * tally.picks / sided:.0f} %" if sided else "",
        "95 % interval": f"{100 * ends[0]:.0f} to {100 * ends[1]:.0f} %" if ends else "",
    }


def votes_frame(votes: list[VoteRecord], *, who: bool) -> pd.DataFrame:
    """A row per vote, oldest first, with the contender that was picked; `who` adds the voter."""
    rows = [
        {
            "bakeoff": v.bakeoff,
            "round": v.round,
            "user_id": v.person,
            "left": v.left,
            "right": v.right,
            "picked": v.picked,
            "contender": picked(v),
            **({"who": v.who} if who else {}),
            "created": v.created,
        }
        for v in votes
    ]
    return pd.DataFrame(rows)
