"""Reads lists, held-out interactions and training events from files.

Formats: CSV, Parquet, JSON Lines, and the batch output of Amazon Personalize. Ids are read as
in an import (docs/data.md): as text, without surrounding spaces.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipelines.data.importing.columns import TextColumn
from pipelines.data.importing.engine import engine
from pipelines.data.sources import Source, open_source, packing_of, parquet, parquet_tables
from pipelines.data.sources.batches import batches
from pipelines.data.sources.lines import Counts
from pipelines.errors import AssayError
from pipelines.reading import lines
from pipelines.reading.rows import Numbers, Role, Rows, columns
from pipelines.reading.values import as_numbers, clean, is_text
from pipelines.schema import Columns as C

if TYPE_CHECKING:
    import pyarrow as pa

    from pipelines.reading.id_columns import IdColumn

SUFFIXES = (".csv", ".tsv", ".parquet", ".pq", ".jsonl", ".ndjson", ".json", ".out")
PACKED = (".gz", ".zst")
FORMS = (
    "a table (CSV, Parquet, JSON Lines) with user_id, item_id and rank or score, JSON Lines with "
    "a list of items per user, or a batch output of Amazon Personalize"
)
UNREADABLE, SECOND_LISTS, FAILED_LISTS = "unreadable", "second lists", "failed lists"
"""Keys of `Rows.issues`."""
LINES = 10_000
"""Lines that are collected before their ids are numbered."""


def read_file(path: Path, role: Role) -> Rows:
    """The rows of a file, or of a folder of Parquet files; raises `AssayError` if unusable.

    If two lines hold a list for the same user, the first counts; for the truth, both count.
    """
    suffix = suffix_of(path)
    if _is_file(path) and suffix not in SUFFIXES:
        raise AssayError(
            f"{path.name!r} has an unknown file type; use one of {', '.join(SUFFIXES)}."
        )
    if is_lists(path):
        return _of_lines(path, role)
    source = open_source(path)
    found = columns(list(source.columns), role, repr(path.name))
    if source.kind == "parquet":
        return _of_parquet(source, found)
    return _of_text(source, found)


def is_lists(path: Path) -> bool:
    """Whether the file is JSON Lines with a whole list in each line; False if it is missing."""
    if not _is_file(path):
        return False
    try:
        with path.open("rb") as file:
            packing = packing_of(file.read(8))
    except PermissionError:  # `open_source` raises the error
        return False
    return lines.holds_lists(path, packing)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # an invalid file name; `open_source` raises the error
        return False


def lists(path: Path, issues: Counter[str]) -> Iterator[lines.Line]:
    """The lines of a file for which `is_lists`; counts unusable lines in `issues`."""
    with path.open("rb") as file:
        packing = packing_of(file.read(8))
    return lines.read(path, packing, issues)


def suffix_of(path: Path) -> str:
    """The suffix that shows the file's type, in lower case, without that of a compression."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in PACKED:
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


def _of_text(source: Source, found: dict[str, str]) -> Rows:
    """The rows of a CSV file, or of JSON Lines with a row per line."""
    texts = {name: TextColumn() for name in found if name in (C.USER, C.ITEM)}
    measures: dict[str, list[Numbers]] = {name: [] for name in found if name not in texts}
    issues: Counter[str] = Counter()
    with engine() as connection:
        for batch in batches(connection, source, list(found.values()), Counts()):
            good = batch.rows.filter(batch.rows["problem"].is_null())
            issues[UNREADABLE] += len(batch.rows) - len(good)
            for at, name in enumerate(found):
                if name in texts:
                    texts[name].add(good[f"c{at}"])
                else:
                    measures[name].append(as_numbers(good[f"c{at}"]))
    ids: dict[str, IdColumn] = {n: clean(column) for n, column in texts.items()}
    return _rows(source, found, ids, measures, issues)


def _of_parquet(source: Source, found: dict[str, str]) -> Rows:
    """The rows of a Parquet table: text ids are numbered batch by batch, others keep their type."""
    import pyarrow as pa

    nested = set(found.values()) - set(parquet.flat(source))
    if nested:
        raise AssayError(
            f"The column {sorted(nested)[0]!r} of {source.name!r} is nested; write one row per "
            "user and item."
        )
    texts = {name: TextColumn() for name in found if name in (C.USER, C.ITEM)}
    typed: dict[str, list[pa.Array]] = {name: [] for name in texts}
    measures: dict[str, list[Numbers]] = {name: [] for name in found if name not in texts}
    for table, _ in parquet_tables.tables(source, list(found.values())):
        for name, column in found.items():
            values = table[column]
            if name in measures:
                measures[name].append(as_numbers(values))
            elif is_text(values.type):
                texts[name].add(values.cast(pa.large_string()))
            else:
                typed[name] += values.chunks
    ids = {n: pa.chunked_array(typed[n]) if typed[n] else clean(texts[n]) for n in texts}
    return _rows(source, found, ids, measures, Counter())


def _rows(
    source: Source,
    found: dict[str, str],
    ids: dict[str, IdColumn],
    measures: dict[str, list[Numbers]],
    issues: Counter[str],
) -> Rows:
    joined = {name: np.concatenate(parts) for name, parts in measures.items() if parts}
    rank, score = joined.get(C.RANK), joined.get(C.SCORE)
    others = tuple(column for column in source.columns if column not in found.values())
    return Rows(repr(source.name), ids[C.USER], ids[C.ITEM], rank, score, issues, others=others)


def _of_lines(path: Path, role: Role) -> Rows:
    """The rows of JSON Lines with a list in each line; the lists keep their order."""
    users, items = TextColumn(), TextColumn()
    issues: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    done: dict[str, None] = {}
    user_ids: list[str] = []
    item_ids: list[str] = []

    def flush() -> None:
        users.add(_texts(user_ids))
        items.add(_texts(item_ids))
        user_ids.clear()
        item_ids.clear()

    unread: Counter[str] = Counter()
    ordered = role == "recommendations"
    for number, line in enumerate(lists(path, unread), start=1):
        if ordered and line.error:
            failed[line.user] += 1
        elif ordered and line.user in done:
            issues[SECOND_LISTS] += 1
        else:
            # The truth is rows, not lists: only rows without an id are left out.
            issues[UNREADABLE] += not ordered and (bool(line.error) or not line.items)
            done[line.user] = None
            user_ids += [line.user] * len(line.items)
            item_ids += line.items
        if number % LINES == 0:
            flush()
    flush()
    issues[FAILED_LISTS] = len(failed.keys() - done.keys())
    issues[UNREADABLE] += unread[lines.NOT_JSON] + unread[lines.NO_USER]
    issues[UNREADABLE] += sum(count for user, count in failed.items() if user in done)
    listed = TextColumn()
    listed.add(_texts(list(done)))
    return Rows(repr(path.name), clean(users), clean(items), issues=issues, listed=clean(listed))


def _texts(values: list[str]) -> pa.ChunkedArray:
    import pyarrow as pa

    return pa.chunked_array([pa.array(values, pa.large_string())])
