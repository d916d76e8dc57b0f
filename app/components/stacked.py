"""A table whose long texts wrap; in a narrow window its rows are stacked, a block each."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd
import streamlit as st

NARROW = 1000
"""Up to this width of the window, in pixels, rows are stacked."""
HEADING = 2
"""How many columns, from the first, are the heading of a block."""
# The row of headers stays for those who listen to the page.
RULES = """
table, tbody, tr, td {display: block;}
thead {position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);}
tr {padding: 8px 4px; border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent);}
td {border: none; padding: 2px 4px;}
td > div, td p {display: inline;}
td:not(:has(p)) {display: none;}
"""


def table(frame: pd.DataFrame, *, key: str, alt: str, unlabeled: Collection[str] = ()) -> None:
    """The frame's columns are headers and, where rows are stacked, labels within them.

    The columns in `unlabeled` need no label there.
    """
    st.html(_style(key, list(frame.columns), unlabeled))
    with st.container(key=key):
        st.table(frame, hide_index=True, alt=alt)


def _style(key: str, columns: list[str], unlabeled: Collection[str]) -> str:
    heading = f"td:nth-child(-n+{HEADING}) {{display: inline-block; font-weight: 600;}}"
    labels = (
        f"td:nth-child({at})::before {{content: '{column}: '; color: var(--assay-quiet);}}"
        for at, column in enumerate(columns, 1)
        if at > HEADING and column not in unlabeled
    )
    rules = "\n".join([RULES, heading, *labels])
    return f"<style>@media (max-width: {NARROW}px) {{.st-key-{key} {{{rules}}}}}</style>"
