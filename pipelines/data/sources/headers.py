"""The header of a text table: its separator, its columns, and what stands above it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.data.recipe import Reading
from pipelines.errors import AssayError
from pipelines.runtime.phrases import number_of

MAX_LINE = 100_000
"""Characters; a longer line is not a row of a table."""
MOST_HEADER_LINES = 10
_SEPARATORS = (",", "\t", ";", "|", "::", "\x01")
_OTHER_SEPARATOR = re.compile(r"[^\w\s.\"'()\x00-\x1f-]+")
_ROWS = 200
"""Lines that are compared with the first one."""
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)*([eE][+-]?[0-9]+)?|[0-9]{4}-[0-9]{2}-[0-9]{2}.*")
_LEAST_ROWS = 3
"""Rows that must look alike before a line above the header is taken for a title."""


@dataclass(frozen=True)
class Header:
    """The columns of a text table and the lines of its header; `text` is empty without one."""

    separator: str
    columns: tuple[str, ...]
    text: str
    lines: int
    skipped: int
    """Lines above it that are not rows."""
    notes: tuple[str, ...] = ()


def find(name: str, lines: Sequence[str], given: Reading, named: Collection[str]) -> Header:
    """The header of a table, from the lines at its start.

    `named` are columns that the user names. Raises `AssayError` if the first line looks like a
    row and the user has not said what the columns are.
    """
    start = given.skip_lines or 0
    at = next((i for i in range(start, len(lines)) if lines[i].strip()), None)
    if at is None:
        raise AssayError(
            f"{name} has no line below the first {start:,}; give a lower --skip-lines."
        )
    notes: tuple[str, ...] = ()
    skipped = start
    if given.skip_lines is None and not given.columns:
        below = _below_title(lines, at, given)
        if below is not None:
            notes = (
                f"The header of {name} is line {below + 1}; the "
                f"{number_of(below, 'line')} above it {'is' if below == 1 else 'are'} skipped.",
            )
            at = skipped = below
    text, count = lines[at].rstrip("\r\n"), 1
    separator, columns = split(name, text, given)
    # A quoted name may span lines, like a spreadsheet cell.
    for more in range(2, MOST_HEADER_LINES + 1):
        whole = "\n".join(lines[at : at + more]).rstrip("\r\n")
        if not _is_open(text, separator, given) or len(lines) < at + more:
            break
        if not _is_open(whole, separator, given):
            text, count = whole, more
            separator, columns = split(name, text, given)
    if given.columns:
        if len(given.columns) != len(columns):
            raise AssayError(
                f"--columns has {number_of(len(given.columns), 'name')}, but the first line of "
                f"{name} has {number_of(len(columns), 'column')}; name each column."
            )
        return Header(separator, given.columns, "", 0, skipped)
    rows = [line.removeprefix("\ufeff") for line in lines[at + count : at + count + _ROWS]]
    if _is_row(
        columns,
        [fields(row.rstrip("\r\n"), separator, given) for row in rows if row.strip()],
        named,
    ):
        first_four = ", ".join(column[:40] for column in columns[:4])
        shown = "".join(ch if ch.isprintable() else "·" for ch in first_four)
        raise AssayError(
            f"The first line of {name} looks like data ({shown}), so its columns have no names; "
            "name them in their order with --columns user_id,item_id,weight,timestamp, or add a "
            "line with the names."
        )
    return Header(separator, tuple(columns), text, count, skipped, notes)


def split(name: str, line: str, given: Reading) -> tuple[str, list[str]]:
    """The separator that splits the header into the most columns, and their names."""
    if len(line) > MAX_LINE:
        raise AssayError(
            f"The first line of {name} has more than {MAX_LINE:,} characters, so it is not a "
            "header; check that the file has line breaks."
        )
    tried = (given.separator,) if given.separator else (*_SEPARATORS, *_unusual(line))
    found = {sep: fields(line, sep, given) for sep in tried}
    separator = max(tried, key=lambda sep: len(found[sep]))
    return separator, [c.strip() or f"column_{i}" for i, c in enumerate(found[separator], start=1)]


def fields(line: str, separator: str, given: Reading) -> list[str]:
    """The fields of one line."""
    if len(separator) > 1:
        return line.split(separator)
    try:
        return next(csv.reader([line], strict=True, **dialect(separator, given)))
    except (csv.Error, StopIteration):
        return line.split(separator)


def dialect(separator: str, given: Reading) -> dict[str, Any]:
    """The options of Python's `csv.reader` for a file."""
    quoting = csv.QUOTE_MINIMAL if given.quote else csv.QUOTE_NONE
    found: dict[str, Any] = {"delimiter": separator, "quoting": quoting}
    if given.quote:
        found["quotechar"] = given.quote
    if given.escape:
        found["escapechar"] = given.escape
    return found


def escape_of(lines: Sequence[str], header: Header, given: Reading) -> str:
    """The escape character before quote marks: a backslash if more lines can be read with it."""
    mark = "\\" + given.quote
    if not given.quote or given.quote == "\\" or len(header.separator) > 1:
        return ""
    some = [line.rstrip("\r\n") for line in lines if mark in line][:_ROWS]
    width = len(header.columns)
    plainly = sum(_reads(line, width, header.separator, given) for line in some)
    escaped = given.model_copy(update={"escape": "\\"})
    return (
        "\\"
        if sum(_reads(line, width, header.separator, escaped) for line in some) > plainly
        else ""
    )


def _reads(line: str, width: int, separator: str, given: Reading) -> bool:
    try:
        return len(next(csv.reader([line], strict=True, **dialect(separator, given)))) == width
    except (csv.Error, StopIteration):
        return False


def _unusual(line: str) -> list[str]:
    """Runs of punctuation between the names, if the header has no common separator."""
    if any(sep in line for sep in _SEPARATORS):
        return []
    return sorted({run for run in _OTHER_SEPARATOR.findall(line) if len(run) <= 4})


def _is_open(header: str, separator: str, given: Reading) -> bool:
    """Whether the header ends within a quoted name."""
    if len(separator) > 1 or not given.quote or given.quote not in header:
        return False
    try:
        next(csv.reader([header], strict=True, **dialect(separator, given)))
    except csv.Error:
        return True
    return False


def _is_row(columns: list[str], rows: list[list[str]], named: Collection[str]) -> bool:
    """Whether the first line looks like one of the rows, not like names.

    It does if it holds a number or a date, or if half of its texts occur again in their columns;
    not if the user names one of its columns, or if it counts them 0, 1, 2.
    """
    lower = {column.casefold() for column in columns}
    if len(columns) < 2 or any(name.strip().casefold() in lower for name in named):
        return False
    if columns == [str(at) for at in range(len(columns))]:
        return False
    if any(_NUMBER.fullmatch(column) for column in columns):
        return True
    again = [False] * len(columns)
    for row in rows:
        same = [a.strip() == b for a, b in zip(row, columns, strict=False)]
        if sum(same) < max(2, 0.75 * len(columns)):  # else the header is repeated
            again = [a or b for a, b in zip(again, [*same, *again[len(same) :]], strict=False)]
    return sum(again) * 2 >= len(columns)


def _below_title(lines: Sequence[str], at: int, given: Reading) -> int | None:
    """The line of the header, if the first one is a title or empty: at most one text above wider
    rows."""
    there = [i for i in range(at, min(len(lines), at + _ROWS)) if lines[i].strip()]
    tried = (given.separator,) if given.separator else _SEPARATORS
    widths = {
        sep: [len(fields(lines[i].rstrip("\r\n"), sep, given)) for i in there] for sep in tried
    }
    usual = {sep: Counter(found[1:]).most_common(1) for sep, found in widths.items()}
    separator = max(tried, key=lambda sep: usual[sep][0] if usual[sep] else (0, 0))
    if not usual[separator]:
        return None
    (width, count), first = usual[separator][0], lines[at].rstrip("\r\n")
    filled = [text for text in fields(first, separator, given) if text.strip()]
    if width < 2 or count < _LEAST_ROWS or len(filled) > 1:
        return None
    for place, i in enumerate(there[:MOST_HEADER_LINES]):
        names = [name.strip() for name in fields(lines[i].rstrip("\r\n"), separator, given)]
        if widths[separator][place] == width and all(names):
            return None if any(_NUMBER.fullmatch(name) for name in names) else i
    return None
