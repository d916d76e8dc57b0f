"""The sources and authors of a group's inputs, beside its fields."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.decide.case_fields import Form
from app.decide.case_values import inputs

LABELS = {"sources": "Source", "authors": "Stated by"}
EXAMPLES = {"sources": "controlling, 2025 accounts", "authors": "Eva, head of sales"}


def button(form: Form, group: str, paths: Sequence[str]) -> None:
    """A button of a group of fields: the source and the author of one of its inputs at a time.

    The memo prints both. Without an input that has a value, there is no button.
    """
    given = [p for p in paths if form.now.get(p) not in (None, "")]
    if not given:
        return
    named = {p: form.note(p) for p in given}
    with st.popover(f"Sources: {group}", icon=":material/edit_note:", type="tertiary"):
        path = st.selectbox(
            "Input",
            given,
            format_func=lambda p: inputs()[p].label + (" ✓" if any(named[p].values()) else ""),
            key=f"{form.key}_source_of_{group}",
            help="✓ marks inputs with a source or an author. The memo prints both.",
        )
        for table, text in named[path].items():
            name = f"{table}.{path}"
            st.text_input(
                LABELS[table], placeholder=EXAMPLES[table], max_chars=200, **form.widget(name, text)
            )
