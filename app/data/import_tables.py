"""The tables of items and users of an import: uploads, what was detected, how they are read."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from app.components import charts
from app.components.page import plain, with_code
from app.data import import_plan, import_reading, uploads
from pipelines.errors import AssayError

if TYPE_CHECKING:
    from pipelines.data.importing.tables import Table

LABELS: dict[Literal["items", "users"], str] = {
    "items": "Items: titles, categories, prices",
    "users": "Users: attributes to slice by",
}
SEPARATORS = {"\t": "a tab", " ": "a space"}


@dataclass(frozen=True)
class Given:
    """The tables that the user uploaded."""

    paths: dict[str, str]
    """The job's parameters `items` and `users`."""
    recipe: dict[str, Any] = field(default_factory=dict)
    """How they are read, as parts of a recipe; empty if as detected."""
    readable: bool = True


def uploaders(*, items: bool = True, users: bool = True) -> dict[str, str]:
    """Uploaders for tables of items and users; returns the job's parameters for them."""
    found: dict[str, str] = {}
    wanted = {"items": items, "users": users}
    for table, label in LABELS.items():
        key = import_plan.keyed(table)
        file = wanted[table] and st.file_uploader(label, type=uploads.TYPES, key=key)
        if file:
            found[table] = str(uploads.saved(file))
    return found


def draw(recipe: dict[str, Any]) -> Given:
    """The uploaders; for each table what was detected, and the options of a text file.

    `recipe` (a document) is that of the events, which says how ids are spelled.
    """
    with st.expander("Optional tables of items and users"):
        paths = uploaders()
    found: dict[str, Any] = {}
    readable = True
    for table in LABELS:
        if table in paths:
            reading, fine = _table(Path(paths[table]), table, recipe)
            readable &= fine
            if reading:
                found[f"{table}_reading"] = reading
    return Given(paths, found, readable)


def _table(
    path: Path, table: Literal["items", "users"], recipe: dict[str, Any]
) -> tuple[dict[str, Any], bool]:
    """How the user has a table read, and whether it can be read so."""
    if path.suffix in (".parquet", ".pq"):
        return {}, _told(path, table, recipe)
    with st.expander(f"Parsing options of the table of {table}", icon=import_reading.ICON):
        prefix = f"{import_plan.keyed(table)}_{zlib.crc32(str(path).encode()):08x}"
        reading = import_reading.fields({}, prefix)
    own = {f"{table}_reading": reading} if reading else {}
    return reading, _told(path, table, recipe | own)


def _told(path: Path, table: Literal["items", "users"], recipe: dict[str, Any]) -> bool:
    """Say how a table is read, or why it cannot be; whether it can."""
    try:
        opened = import_plan.table(path, table, recipe)
    except AssayError as error:
        st.error(with_code(str(error)), icon=":material/error:")
        return False
    st.caption(plain(sentence(opened)))
    for note in opened.source.notes:
        st.caption(plain(note))
    return True


def sentence(table: Table) -> str:
    """How a table is read: its columns, and of a text file its separator and encoding."""
    source = table.source
    mapped = charts.names(f"{column} is {name}" for name, column in table.columns.items())
    text = f"Table of {table.table}: {mapped}"
    if source.kind == "csv":
        mark = SEPARATORS.get(source.separator, source.separator)
        # As the reader has it: a line that is not UTF-8 is read as Windows-1252.
        western = source.encoding == "utf-8"
        encoding = "UTF-8, or Windows-1252 where a line is not" if western else source.encoding
        text += f"; separator {mark}, encoding {encoding}"
    rest = len(source.columns) - len(table.columns)
    return text + (f"; {rest} further columns are kept." if rest > 1 else ".")
