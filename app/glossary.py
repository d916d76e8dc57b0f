"""The glossary, from any page: the terms of docs/glossary.md in a dialog."""

from __future__ import annotations

import re
from pathlib import Path

import streamlit as st

TERMS = Path(__file__).with_name("glossary.md")
"""docs/glossary.md; a link to it in a checkout, a copy in a wheel."""

LINK = re.compile(r"\s*\(\[[^\]]*\]\([^)]*\)\)|\[([^\]]*)\]\([^)]*\)")
"""A link to another document, in brackets or within the text: the app has no such page."""


def terms() -> list[tuple[str, str]]:
    """The terms and their meanings (Markdown without links), in the order of the file."""
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in TERMS.read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    ]
    plain = [[LINK.sub(lambda m: m[1] or "", cell) for cell in row] for row in rows[2:]]
    return [(term, meaning) for term, meaning in plain]


def search(text: str) -> list[tuple[str, str]]:
    """The terms that have `text` in their name, then those that have it in their meaning."""
    wanted = text.casefold().strip()
    named = [(t, m) for t, m in terms() if wanted in t.casefold()]
    return named + [(t, m) for t, m in terms() if wanted in m.casefold() and (t, m) not in named]


def button() -> None:
    """The button in the sidebar."""
    if st.button("Glossary", icon=":material/menu_book:", type="tertiary", key="glossary"):
        _dialog()


@st.dialog("Glossary", width="large")
def _dialog() -> None:
    found = search(st.text_input("Find a term", key="glossary_find"))
    if found:
        st.markdown("\n".join(f"- **{term}**: {meaning}" for term, meaning in found))
    else:
        st.caption("No term has this text.")
