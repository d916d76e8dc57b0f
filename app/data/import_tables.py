"""The tables of items and users of an import: uploads, what was detected, how they are read."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from app.components import charts
from app.components.page import plain, with_code
from app.components.tables import show
from app.data import detected, import_plan, import_reading, table_columns, uploads
from pipelines.data.importing import import_report
from pipelines.errors import AssayError
from pipelines.runtime.phrases import number_of

if TYPE_CHECKING:
    from pipelines.data.importing.tables import Kind, Preview, Table

LABELS: dict[Kind, str] = {
    "items": "Items: titles, categories, prices",
    "users": "Users: attributes to slice by",
}


@dataclass(frozen=True)
class Given:
    """The tables that the user uploaded."""

    paths: dict[str, str]
    """The job's parameters `items` and `users`."""
    recipe: dict[str, Any] = field(default_factory=dict)
    """How they are read, and their columns, as parts of a recipe; empty if as detected."""
    ready: bool = True
    """Whether they can be read, and all questions about them are answered."""


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
    """The uploaders; for each table what was detected, its columns, and its first rows.

    `recipe` (a document) is that of the events, which says how ids are spelled.
    """
    with st.expander("Optional tables of items and users"):
        paths = uploaders()
        _add_kept(paths)
    found: dict[str, Any] = {}
    ready = True
    for table in LABELS:
        if table in paths:
            chosen, fine = _table(Path(paths[table]), table, recipe)
            ready &= fine
            found |= chosen
    return Given(paths, found, ready)


def keep(paths: dict[str, str]) -> None:
    """Keep tables for when the step is drawn again: Streamlit drops uploads that are not drawn."""
    st.session_state[import_plan.keyed("kept")] = dict(paths)


def _add_kept(paths: dict[str, str]) -> None:
    """Add the kept tables to those uploaded, which take their place."""
    kept: dict[str, str] = st.session_state.get(import_plan.keyed("kept"), {})
    for table in sorted(kept):
        if table in paths:
            del kept[table]
            continue
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{plain(Path(kept[table]).name)} is still the table of {table}.")
            if st.button("Remove", key=f"data_remove_{table}", type="tertiary"):
                del kept[table]
                st.rerun()
        paths[table] = kept[table]


def _table(path: Path, table: Kind, recipe: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """What the user sets of a table, as parts of a recipe, and whether it can be read so."""
    prefix = f"{import_plan.keyed(table)}_{zlib.crc32(str(path).encode()):08x}"
    reading = import_reading.given({}, prefix)
    found: dict[str, Any] = {f"{table}_reading": reading} if reading else {}
    opened, problem = _opened(path, table, recipe | found)
    marks = {} if opened is None else _detected(*opened)
    if opened is None or opened[0].source.kind != "parquet":
        with st.expander(f"Parsing options of the table of {table}", icon=import_reading.ICON):
            import_reading.fields({}, prefix, marks)
    if opened is not None:
        columns, unanswered = table_columns.choices(opened[0], f"{prefix}_{_of(reading)}")
        if columns:
            found[f"{table[:-1]}_columns"] = columns
            opened, problem = _opened(path, table, recipe | found)
    if opened is None:
        st.error(with_code(problem), icon=":material/error:")
        return found, False
    _told(*opened)
    return found, not unanswered


def _of(reading: dict[str, Any]) -> str:
    """A part of a key: other options may show other columns."""
    return f"{zlib.crc32(repr(sorted(reading.items())).encode()):08x}"


def _opened(
    path: Path, table: Kind, recipe: dict[str, Any]
) -> tuple[tuple[Table, Preview | None] | None, str]:
    """A table and its first rows, or why it cannot be read."""
    try:
        return import_plan.table(path, table, recipe), ""
    except AssayError as error:
        return None, str(error)


def _detected(table: Table, preview: Preview | None) -> dict[str, str]:
    return detected.of_source(table.source, set() if preview is None else preview.decimals)


def _told(table: Table, preview: Preview | None) -> None:
    """Say how a table is read, and show its first rows."""
    st.caption(plain(sentence(table)))
    for note in table.notes:
        st.caption(plain(import_report.without_option(note)))
    if preview is not None and len(preview.rows):
        st.caption(f"Preview of the table of {table.table}:")
        show(
            table_columns.shown(table, preview),
            key=f"data_preview_{table.table}",
            alt=f"Preview of the first rows of the table of {table.table}.",
            as_read=True,
        )


def sentence(table: Table) -> str:
    """How a table is read: its columns, and of a text file its separator and encoding."""
    source = table.source
    mapped = charts.names(f"{column} is {name}" for name, column in table.columns.items())
    text = f"Table of {table.table}: {mapped or 'no column is recognized'}"
    if source.kind == "csv":
        mark = detected.SEPARATORS.get(source.separator, source.separator)
        # As the reader has it: a line that is not UTF-8 is read as Windows-1252.
        western = source.encoding == "utf-8"
        encoding = "UTF-8, or Windows-1252 where a line is not" if western else source.encoding
        text += f"; separator {mark}, encoding {encoding}"
    rest = len(table.read_columns) - len(table.columns)
    return text + (f"; {number_of(rest, 'further column')} {'is' if rest == 1 else 'are'} kept."
                   if rest else ".")  # fmt: skip
