"""The physical lines of a text file, found and numbered by their line ends.

A CSV parser does not decide here what a line is, because one unmatched quote can make a
parser drop half a file silently. Lines without a quote mark are split later; lines with one
are parsed here, record by record. A quote that does not close within `MOST_LINES` is read as
an ordinary character and counted.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.data.sources import Source
from pipelines.data.sources.headers import dialect
from pipelines.data.sources.streams import as_utf8, reading_utf8
from pipelines.errors import AssayError
from pipelines.schema import Longs, Mask

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK = 1 << 24
LONGEST = 1 << 26
"""Bytes without a line end at which reading stops."""
MOST_LINES = 50
"""Physical lines that one quoted field may span."""
NEWLINE, RETURN = 10, 13


@dataclass
class Counts:
    """Counts of lines; `lines` are all physical lines, including the header."""

    lines: int = 0
    blank: int = 0
    header: int = 0
    continued: int = 0
    """Lines that continue a quoted record from a line above."""
    elements: int = 0
    """Further rows from lines with an array of several elements."""
    stray_quotes: int = 0
    recoded: int = 0
    """Lines that were not UTF-8 and were read as Windows-1252."""

    @property
    def records(self) -> int:
        """Rows in: physical lines without the header, blank lines and continued lines, and a row
        per element of an array that is read."""
        return self.lines - self.header - self.blank - self.continued + self.elements

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, f) + getattr(other, f) for f in self.__dataclass_fields__))


@dataclass
class Records:
    """The rows of a block: row i is `data[begin[i] : end[i]]`, including its line end.

    `line` (n,) int64 is the physical line, from 1, at which a row begins; `parsed` holds the
    fields of rows with quotes, by row.
    """

    data: bytes
    line: Longs
    begin: Longs
    end: Longs
    parsed: dict[int, list[str]]

    def __len__(self) -> int:
        return len(self.line)

    def first(self, n: int) -> Records:
        """The first `n` rows."""
        parsed = {row: fields for row, fields in self.parsed.items() if row < n}
        return Records(self.data, self.line[:n], self.begin[:n], self.end[:n], parsed)

    def texts(self, rows: Longs) -> pa.Array:
        """The text of some rows, including line ends; a string array."""
        import pyarrow as pa

        begin, end = self.begin[rows], self.end[rows]
        whole = b"".join(self.data[b:e] for b, e in zip(begin, end, strict=True))
        offsets = np.concatenate([[0], np.cumsum(end - begin)]).astype(np.int32)
        return pa.StringArray.from_buffers(len(rows), pa.py_buffer(offsets), pa.py_buffer(whole))


@dataclass
class _Block:
    """Whole lines of text: line i is `data[starts[i] : starts[i + 1]]`, including its line end."""

    data: bytes
    starts: Longs
    blank: Mask
    last: bool
    parsed: dict[int, list[str]] = field(default_factory=dict)
    """Fields of the records with quotes, by the record's first line."""
    continued: list[int] = field(default_factory=list)
    stray: int = 0

    @staticmethod
    def of(data: bytes, *, last: bool) -> _Block:
        codes = np.frombuffer(data, np.uint8)
        ends = np.flatnonzero(codes == NEWLINE) + 1
        if len(ends) == 0 or ends[-1] != len(data):
            ends = np.append(ends, len(data))
        starts = np.concatenate([[0], ends]).astype(np.int64)
        length = np.diff(starts)
        bare = length - (codes[ends - 1] == NEWLINE)
        blank = (bare == 0) | ((bare == 1) & (codes[starts[:-1]] == RETURN))
        return _Block(data, starts, blank, last)

    def __len__(self) -> int:
        return len(self.blank)

    def text(self, line: int) -> str:
        return self.data[self.starts[line] : self.starts[line + 1]].decode()

    def records(self, done: int, first: int, before: int) -> Records:
        """The records that begin in lines `first` to `done`; `before` lines precede the block."""
        begins = np.ones(done, bool)
        begins[self.continued] = False
        at = np.flatnonzero(begins)
        begin = self.starts[at]
        end = np.append(begin[1:], self.starts[done])
        rows = (at >= first) & ~self.blank[at]
        at, begin, end = at[rows], begin[rows], end[rows]
        parsed = {}
        if self.parsed:
            places = np.searchsorted(at, list(self.parsed)).tolist()
            parsed = dict(zip(places, self.parsed.values(), strict=True))
        return Records(self.data, before + 1 + at, begin, end, parsed)


def records(
    source: Source,
    counts: Counts,
    position: Callable[[int], None] | None = None,
    block: int = BLOCK,
    longest: int = LONGEST,
) -> Iterator[Records]:
    """The rows of a text file, about `block` bytes at a time; fills `counts`.

    Raises `AssayError` at a line of more than `longest` bytes.
    """
    header_due = source.kind == "csv" and source.header_lines > 0
    for found in _blocks(source, counts, position, block, longest):
        first = 0
        if counts.lines == 0:
            found.blank[: source.skipped] = True
        if header_due:
            for at in np.flatnonzero(~found.blank).tolist():
                if found.text(at).strip():
                    first = min(at + source.header_lines, len(found))
                    header_due = False
                    counts.header = 1
                    found.continued += range(at + 1, first)
                    break
                found.blank[at] = True  # white space above the header
        done = _parse_quotes(found, source, first) if source.kind == "csv" else len(found)
        rows = found.records(done, first, counts.lines)
        counts.lines += done
        counts.continued += len(found.continued)
        begins = np.ones(done, bool)
        begins[found.continued] = False
        counts.blank += int((found.blank[:done] & begins).sum())
        counts.stray_quotes += found.stray
        yield rows


def _blocks(
    source: Source,
    counts: Counts,
    position: Callable[[int], None] | None,
    size: int,
    longest: int,
) -> Iterator[_Block]:
    """Blocks of whole lines; lines that were not consumed begin the next block."""
    rest = b""
    with reading_utf8(source, position) as read:
        while True:
            got = read(size)
            if source.bare_returns:
                got = got.replace(b"\r", b"\n")
            data, last = rest + got, not got
            if last and not data:
                return
            end = len(data) if last else data.rfind(b"\n") + 1
            if end == 0:
                if len(data) > longest:
                    raise AssayError(
                        f"{source.name!r} has a line of more than {longest >> 20} MB; "
                        "write a table with one row per line."
                    )
                rest = data
                continue
            lines, recoded = as_utf8(data[:end])
            counts.recoded += recoded
            lines = _without_marks(lines)
            if not lines:  # only a byte order mark
                return
            block = _Block.of(lines, last=last)
            before = counts.lines
            yield block
            used = counts.lines - before
            rest = block.data[block.starts[used] :] + data[end:]
            if last and not rest:
                return


def _without_marks(data: bytes) -> bytes:
    """Whole lines without byte order marks at line starts, as left by joining files."""
    mark = codecs.BOM_UTF8
    return data.removeprefix(mark).replace(b"\n" + mark, b"\n")


def _parse_quotes(block: _Block, source: Source, first: int) -> int:
    """Parse the records with a quote mark; the number of lines of the block that are complete.

    The lines after that belong to a record that continues in the next block.
    """
    quote = source.reading.quote.encode()
    if len(source.separator) > 1 or len(quote) != 1 or quote not in block.data:
        return len(block)
    marks = np.flatnonzero(np.frombuffer(block.data, np.uint8) == quote[0])
    lines = np.searchsorted(block.starts, marks, side="right") - 1
    lines = lines[np.diff(lines, prepend=-1) > 0]
    form: dict[str, Any] = {"strict": True, **dialect(source.separator, source.reading)}
    if len(lines) * 10 > len(block) and _parse_whole(block, first, form):
        return len(block)
    free = first
    for line in lines[lines >= first].tolist():
        if line < free:
            continue
        within = min(line + MOST_LINES, len(block))
        reader = csv.reader((block.text(i) for i in range(line, within)), **form)
        try:
            row = next(reader)
        except csv.Error:
            if within == len(block) and not block.last and reader.line_num == within - line:
                return line
            block.stray += 1
            free = line + 1
            continue
        used = reader.line_num
        if used > 1 and len(row) != len(source.columns):
            block.stray += 1
            free = line + 1
            continue
        block.parsed[line] = row
        block.continued += range(line + 1, line + used)
        free = line + used
    return len(block)


def _parse_whole(block: _Block, first: int, form: dict[str, Any]) -> bool:
    """Parse all lines at once; False if some record spans several lines."""
    text = block.data[block.starts[first] :].decode()
    reader = csv.reader(io.StringIO(text, newline="\n"), **form)
    try:
        rows = list(reader)
    except csv.Error:
        return False
    if len(rows) != len(block) - first:
        return False
    blank = block.blank
    block.parsed = {at: row for at, row in enumerate(rows, start=first) if not blank[at]}
    return True
