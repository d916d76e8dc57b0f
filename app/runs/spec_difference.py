"""Two specs compared line by line, and the choice of the two."""

from __future__ import annotations

import difflib

import streamlit as st

from app import state
from app.runs.pairs import Run, nearest, relevant_lines

BEFORE, AFTER = "runs_before", "runs_after"


def chosen_pair(runs: list[Run]) -> tuple[Run, Run] | None:
    """The two selected runs, otherwise the most similar ones, on the chosen manifest first."""
    by_key = {run.key: run for run in runs}
    old, new = (st.session_state.get(key) for key in (BEFORE, AFTER))
    if old in by_key and new in by_key:
        return by_key[old], by_key[new]
    here = state.chosen_bakeoff()
    hashes = {run.manifest_hash for run in runs if run.document.id == here}
    same = [run for run in runs if run.manifest_hash in hashes]
    return nearest(same) or nearest(runs) or ((runs[1], runs[0]) if len(runs) > 1 else None)


def section(runs: list[Run]) -> None:
    """The controls and the difference; nothing if there are fewer than two runs."""
    pair = chosen_pair(runs)
    if pair is None:
        return
    st.header("Compare two specs", anchor=False)
    keys = [run.key for run in runs]
    for key, run in zip((BEFORE, AFTER), pair, strict=True):
        if st.session_state.get(key) not in keys:
            st.session_state[key] = run.key
    left, right = st.columns(2)
    left.selectbox("Before", keys, key=BEFORE)
    right.selectbox("After", keys, key=AFTER)
    before, after = chosen_pair(runs) or pair
    old, new = relevant_lines(before.toml), relevant_lines(after.toml)
    text = "\n".join(difflib.unified_diff(old, new, before.key, after.key, lineterm="", n=2))
    if text:
        st.code(text, language="diff")
    else:
        st.caption("The two specs are identical.")
