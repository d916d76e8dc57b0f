"""Lists, truths and training events in files: CSV, Parquet, JSON Lines, Personalize's output.

Ids are read as an import reads them (docs/data.md): as the text they are, without the spaces
around them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipelines.data.importing.columns import TextColumn
from pipelines.data.importing.engine import engine
from pipelines.data.sources import Source, open_source, packing_of, parquet
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
    "a CSV or Parquet table or JSON Lines with user_id, item_id and rank or score, a line per "
    "user with its list of items, or a batch output of Amazon Personalize"
)
UNREADABLE, SECOND_LISTS, FAILED_LISTS = "unreadable", "second lists", "failed lists"
"""Keys of `Rows.odd`."""
LINES = 10_000
"""Lists that are gathered before they are numbered."""


def read_file(path: Path, role: Role) -> Rows:
    """The rows of a file, or of a folder of Parquet parts; an `AssayError` says what is wrong.

    Of two lines with a list for one user the first counts, in a truth both.
    """
    suffix = suffix_of(path)
    if _is_file(path) and suffix not in SUFFIXES:
        raise AssayError(
            f"{path.name!r} is of no known kind; end its name with one of {', '.join(SUFFIXES)}."
        )
    if is_lists(path):
        return _of_lines(path, role)
    source = open_source(path)
    found = columns(list(source.columns), role, repr(path.name))
    if source.kind == "parquet":
        return _of_parquet(source, found)
    return _of_text(source, found)


def is_lists(path: Path) -> bool:
    """Whether the file is JSON Lines with a whole list in each line; not where there is none."""
    if not _is_file(path):
        return False
    try:
        with path.open("rb") as file:
            packing = packing_of(file.read(8))
    except PermissionError:  # `open_source` says so
        return False
    return lines.holds_lists(path, packing)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file system takes; `open_source` says so
        return False


def lists(path: Path, odd: Counter[str]) -> Iterator[lines.Line]:
    """The lines of such a file."""
    with path.open("rb") as file:
        packing = packing_of(file.read(8))
    return lines.read(path, packing, odd)


def suffix_of(path: Path) -> str:
    """The end of the name that tells a file's kind, in lower case."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in PACKED:
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


def _of_text(source: Source, found: dict[str, str]) -> Rows:
    """A CSV file or JSON Lines, a row per line."""
    texts = {name: TextColumn() for name in found if name in (C.USER, C.ITEM)}
    measures: dict[str, list[Numbers]] = {name: [] for name in found if name not in texts}
    odd: Counter[str] = Counter()
    with engine() as connection:
        for batch in batches(connection, source, list(found.values()), Counts()):
            good = batch.rows.filter(batch.rows["problem"].is_null())
            odd[UNREADABLE] += len(batch.rows) - len(good)
            for at, name in enumerate(found):
                if name in texts:
                    texts[name].add(good[f"c{at}"])
                else:
                    measures[name].append(as_numbers(good[f"c{at}"]))
    return _rows(source, {n: clean(column) for n, column in texts.items()}, measures, odd)


def _of_parquet(source: Source, found: dict[str, str]) -> Rows:
    """A Parquet table: texts are numbered as they come, other ids keep their type."""
    import pyarrow as pa

    nested = set(found.values()) - set(parquet.flat(source))
    if nested:
        raise AssayError(
            f"The column {sorted(nested)[0]!r} of {source.name!r} holds no plain values; write a "
            "row per user and item."
        )
    texts = {name: TextColumn() for name in found if name in (C.USER, C.ITEM)}
    typed: dict[str, list[pa.Array]] = {name: [] for name in texts}
    measures: dict[str, list[Numbers]] = {name: [] for name in found if name not in texts}
    for table in parquet.tables(source, list(found.values())):
        for name, column in found.items():
            values = table[column]
            if name in measures:
                measures[name].append(as_numbers(values))
            elif is_text(values.type):
                texts[name].add(values.cast(pa.large_string()))
            else:
                typed[name] += values.chunks
    ids = {n: pa.chunked_array(typed[n]) if typed[n] else clean(texts[n]) for n in texts}
    return _rows(source, ids, measures, Counter())


def _rows(
    source: Source,
    ids: dict[str, IdColumn],
    measures: dict[str, list[Numbers]],
    odd: Counter[str],
) -> Rows:
    joined = {name: np.concatenate(parts) for name, parts in measures.items() if parts}
    return Rows(
        repr(source.name), ids[C.USER], ids[C.ITEM], joined.get(C.RANK), joined.get(C.SCORE), odd
    )


def _of_lines(path: Path, role: Role) -> Rows:
    """JSON Lines with a list in each line; the order of a list is its own."""
    users, items = TextColumn(), TextColumn()
    odd: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    done: dict[str, None] = {}
    who: list[str] = []
    what: list[str] = []

    def gather() -> None:
        users.add(_texts(who))
        items.add(_texts(what))
        who.clear()
        what.clear()

    unread: Counter[str] = Counter()
    ordered = role == "recommendations"
    for number, line in enumerate(lists(path, unread), start=1):
        if ordered and line.error:
            failed[line.user] += 1
        elif ordered and line.user in done:
            odd[SECOND_LISTS] += 1
        else:
            # A truth is no list but rows: what lacks an id is left out, the user's others count.
            odd[UNREADABLE] += not ordered and (bool(line.error) or not line.items)
            done[line.user] = None
            who += [line.user] * len(line.items)
            what += line.items
        if number % LINES == 0:
            gather()
    gather()
    odd[FAILED_LISTS] = len(failed.keys() - done.keys())
    odd[UNREADABLE] += unread[lines.NOT_JSON] + unread[lines.NO_USER]
    odd[UNREADABLE] += sum(count for user, count in failed.items() if user in done)
    listed = TextColumn()
    listed.add(_texts(list(done)))
    return Rows(repr(path.name), clean(users), clean(items), odd=odd, listed=clean(listed))


def _texts(values: list[str]) -> pa.ChunkedArray:
    import pyarrow as pa

    return pa.chunked_array([pa.array(values, pa.large_string())])
