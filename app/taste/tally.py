"""The votes of the blind taste test so far, shown as opinion."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import access, state
from app.components import page, spreadsheet, tables
from pipelines.evaluation.results.document import BakeoffDocument, titles_of
from pipelines.runtime.phrases import number_of
from pipelines.workspace.opinion import Tally, picked, tallies, voters
from pipelines.workspace.records import VoteRecord

MOST_PAIRS = 3
"""How many pairs the sentence has; the table has all."""
FEWEST_PICKS = 10
"""With fewer picks, the share of the left list is not shown."""


def section(document: BakeoffDocument, *, uncounted: str = "") -> str:
    """Draw the tally and the download of the votes; returns the page's sentence.

    The vote of the round `uncounted` is left out: it would tell whose lists are on the screen.
    """
    st.header("Votes so far", anchor=False)
    votes = [v for v in state.workspace().votes(document.id) if v.round != uncounted]
    if not votes:
        st.caption("No votes yet.")
        if uncounted:
            return "Opinion, not a metric: your vote counts once the contenders are revealed."
        return "Which of the two lists is better? No votes yet."
    titles = titles_of(document.contenders)
    found = tallies(votes)
    pairs = "; ".join(pair_label(tally, titles) for tally in found[:MOST_PAIRS])
    sentence = f"{count_label(votes)}: {pairs}."
    st.markdown(page.plain(sentence))
    tables.show(
        pd.DataFrame([_row(tally, titles) for tally in found]),
        key="taste_tally",
        alt=sentence,
    )
    st.caption(
        "The 95% interval (Wilson) assumes independent votes. It is too narrow if one person "
        f"voted several times. {_side_sentence(votes)}".strip()
    )
    st.download_button(
        "Download votes (CSV)",
        spreadsheet.csv(votes_frame(votes, who=access.allowed("analyst"))),
        file_name=f"votes-{document.id}.csv",
        mime="text/csv",
        key="taste_csv",
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
    )
    return f"Opinion, not a metric: {pair_label(found[0], titles)}."


def count_label(votes: list[VoteRecord]) -> str:
    """`12 votes by 3 people`, `1 vote without a sign-in`; no full stop."""
    people, anonymous = voters(votes)
    count = number_of(len(votes), "vote")
    if not people:
        return f"{count} without a sign-in"
    voters_label = number_of(people, "person", "people")
    if not anonymous:
        return f"{count} by {voters_label}"
    return f"{count}: {len(votes) - anonymous} by {voters_label}, {anonymous} without a sign-in"


def _side_sentence(votes: list[VoteRecord]) -> str:
    """How many picks the left list got; empty if there are too few."""
    sided = [v for v in votes if v.picked != "neither"]
    if len(sided) < FEWEST_PICKS:
        return ""
    left = sum(v.picked == "left" for v in sided)
    return (
        f"The left list got {left} of {len(sided)} picks. A share far from half suggests a "
        "preference for a side, not for a list."
    )


def pair_label(tally: Tally, titles: dict[str, str]) -> str:
    """`A was picked 7 of 10 times against B (2 votes for no difference)`; no full stop."""
    one, other = titles.get(tally.one, tally.one), titles.get(tally.other, tally.other)
    sided, same = tally.picks + tally.losses, number_of(tally.neither, "vote")
    if not sided:
        return f"no difference between {one} and {other} ({same})"
    picked = f"{one} was picked {tally.picks} of {number_of(sided, 'time')} against {other}"
    return f"{picked} ({same} for no difference)" if tally.neither else picked


def _row(tally: Tally, titles: dict[str, str]) -> dict[str, object]:
    sided = tally.picks + tally.losses
    ends = tally.interval
    return {
        "contender": titles.get(tally.one, tally.one),
        "against": titles.get(tally.other, tally.other),
        "votes for": tally.picks,
        "votes against": tally.losses,
        "no difference": tally.neither,
        "share of picks": f"{100 * tally.picks / sided:.0f}%" if sided else "",
        "95% interval": f"{100 * ends[0]:.0f} to {100 * ends[1]:.0f}%" if ends else "",
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
