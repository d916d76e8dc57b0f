"""The columns that a user picked, kept where the form is drawn anew: other parsing options."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.data.column_select import LEFT_OUT, OPEN
from pipelines.data.importing.planning import Plan

PICKED = "data_picked"
"""Session key: the columns that were picked for a source."""


def added(source: dict[str, Any], before: dict[str, Any] | None, proposal: Plan) -> dict[str, Any]:
    """`before` with what was picked since: other parsing options draw the form anew."""
    found, picked = dict(before or {}), st.session_state.get(PICKED, {})
    if picked.get("source") == source:
        there = {"", *proposal.columns}
        columns = {name: column for name, column in picked["columns"].items() if column in there}
        found["columns"] = found.get("columns", {}) | columns
        found["keep"] = [column for column in picked["keep"] if column in there]
    return found


def remember(
    source: dict[str, Any],
    before: dict[str, Any] | None,
    proposal: Plan,
    columns: dict[str, str],
    keep: list[str],
) -> None:
    """Remember the columns that are not those confirmed before, or else proposed."""
    first = proposal.recipe.columns | (before or {}).get("columns", {})
    picked = {
        name: "" if column == LEFT_OUT else column
        for name, column in columns.items()
        if column not in (OPEN, first.get(name) or LEFT_OUT)
    }
    st.session_state[PICKED] = {"source": source, "columns": picked, "keep": keep}
