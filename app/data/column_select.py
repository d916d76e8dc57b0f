"""The choice of the column that a standard name has, in the events or in a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from app.components import charts
from app.components.page import plain

LEFT_OUT, OPEN = "(none)", "(choose)"


def draw(
    place: Any,
    label: str,
    columns: Sequence[str],
    proposed: str,
    *,
    required: bool,
    ambiguous: bool,
    key: str,
    value: str | None = None,
    by_content: bool = False,
    help: str | None = None,
) -> str:
    """The chosen column, or LEFT_OUT, or OPEN where the user has to decide.

    `proposed` is empty where no column fits; `value` is what the user chose before.
    """
    options = [*([OPEN] if required or ambiguous else []), *([] if required else [LEFT_OUT])]
    options += columns
    chosen = proposed if value is None else value or LEFT_OUT

    def labelled(option: str) -> str:
        return f"{option} (by content)" if by_content and option == proposed else option

    return str(
        place.selectbox(
            label,
            options,
            index=options.index(chosen) if chosen in options else 0,
            format_func=labelled,
            help=help,
            key=key,
        )
    )


def ask(label: str, fits: Sequence[str]) -> None:
    """Ask for the column of a field; `fits` are columns that match it equally well."""
    sentence = f"Choose the column for “{label}”."
    if fits:
        sentence = f"Several columns match “{label}”: {charts.names(fits)}. Choose one."
    st.warning(plain(sentence), icon=":material/help:")
