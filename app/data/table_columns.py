"""The columns of a table of items or users: what each means, and the first rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from app.components.page import plain
from app.components.tables import MOST_COLUMNS
from app.data import column_select
from app.data.column_select import LEFT_OUT, OPEN
from pipelines.data.importing.table_opening import NAMES
from pipelines.schema import Columns as C

if TYPE_CHECKING:
    from pipelines.data.importing.tables import Preview, Table

LABELS = {
    C.ITEM: "Item",
    C.USER: "User",
    C.TITLE: "Title",
    C.CATEGORIES: "Categories",
    C.PRICE: "Price",
    C.AVAILABLE: "Available",
    C.SPONSORED: "Sponsored",
    C.IMAGE: "Image address",
    C.CREATED: "Release time",
}
HEADINGS = {name: label.lower() for name, label in LABELS.items()} | {
    C.CREATED: "release time (UTC)"
}
PROBLEM = "why it is not used"
DESCRIPTIONS = {
    C.ITEM: "The item's id, as in the events.",
    C.USER: "The user's id, as in the events.",
    C.AVAILABLE: "Whether the item may be recommended; without a value it may.",
    C.CREATED: "When the item was first on offer.",
}


def choices(table: Table, key: str) -> tuple[dict[str, str], bool]:
    """The columns that the user changes, as parts of a recipe; whether a question is open."""
    named = ", ".join(f"{LABELS[name]} ({column})" for name, column in table.columns.items())
    label = f"Columns of the table of {table.table}: {named or 'none recognized'}"
    open_now = bool(table.found.missing or table.found.ambiguous)
    with st.expander(plain(label), expanded=open_now):
        places = st.columns(3)
        chosen = {
            name: column_select.draw(
                places[at % 3],
                LABELS[name],
                table.source.columns,
                table.columns.get(name, ""),
                required=name == table.key,
                ambiguous=name in table.found.ambiguous,
                help=DESCRIPTIONS.get(name),
                key=f"{key}_map_{name}",
            )
            for at, name in enumerate(NAMES[table.table])
        }
    undecided = [name for name, column in chosen.items() if column == OPEN]
    for name in undecided:
        column_select.ask(LABELS[name], table.found.ambiguous.get(name, ()))
    columns = {name: "" if c == LEFT_OUT else c for name, c in chosen.items() if c != OPEN}
    changed = {name: c for name, c in columns.items() if c != table.columns.get(name, "")}
    # Where two fit, the one that is left out is a choice too.
    changed |= {name: columns[name] for name in table.found.ambiguous if name in columns}
    return changed, bool(undecided)


def shown(table: Table, preview: Preview) -> pd.DataFrame:
    """The first rows under readable column names; at most seven columns."""
    frame = preview.rows
    mapped = [name for name in NAMES[table.table] if name in table.columns]
    rest = [name for name in frame.columns if name not in mapped]
    more = 1 if preview.problem.notna().any() else 0
    frame = frame[[*mapped, *rest][: MOST_COLUMNS - more]].copy()
    if C.CREATED in frame:
        frame[C.CREATED] = frame[C.CREATED].dt.strftime("%Y-%m-%d %H:%M:%S").fillna("")
    frame = frame.rename(columns={n: HEADINGS[n] for n in mapped})
    if more:
        frame.insert(1, PROBLEM, preview.problem.fillna(""), allow_duplicates=True)
    return frame.loc[:, ~frame.columns.duplicated()]
