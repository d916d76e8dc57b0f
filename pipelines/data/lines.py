"""A text file's physical lines, found by their line ends and numbered by their own count.

No CSV parser decides here what a line is: one unmatched quote can make a parser swallow
half a file without a word. Lines without a quote mark are left to be split by DuckDB; lines
with one are parsed here, one record at a time, and a quote that never closes within
`MOST_LINES` is read as an ordinary character and counted.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from pipelines.data.sources import Source, reading
from pipelines.errors import AssayError
from pipelines.schema import Longs, Mask

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK = 1 << 24
PART = 1 << 16
LONGEST = 1 << 26
"""Bytes without a line end at which reading stops."""
MOST_LINES = 50
"""Physical lines that one quoted field may span."""
_NEWLINE, _RETURN, _QUOTE = 10, 13, 34


@dataclass
class Counts:
    """What was met while reading: `lines` physical lines, the header's included."""

    lines: int = 0
    blank: int = 0
    header: int = 0
    continued: int = 0
    """Lines that belong to the record that began above them, in quotes."""
    stray_quotes: int = 0
    recoded: int = 0
    """Lines that were not UTF-8 and were read as Windows-1252."""

    @property
    def records(self) -> int:
        """Rows in: physical lines without the header, blank ones and continued ones."""
        return self.lines - self.header - self.blank - self.continued


@dataclass
class _Block:
    """Whole lines of text: line i is `data[starts[i] : starts[i + 1]]`, line end included."""

    data: bytes
    starts: Longs
    blank: Mask
    last: bool
    parsed: dict[int, list[str]] = field(default_factory=dict)
    """Fields of the records that have quotes, by the record's first line."""
    continued: list[int] = field(default_factory=list)
    stray: int = 0

    @staticmethod
    def of(data: bytes, *, last: bool) -> _Block:
        codes = np.frombuffer(data, np.uint8)
        ends = np.flatnonzero(codes == _NEWLINE) + 1
        if len(ends) == 0 or ends[-1] != len(data):
            ends = np.append(ends, len(data))
        starts = np.concatenate([[0], ends]).astype(np.int64)
        length = np.diff(starts)
        bare = length - (codes[ends - 1] == _NEWLINE)
        blank = (bare == 0) | ((bare == 1) & (codes[starts[:-1]] == _RETURN))
        return _Block(data, starts, blank, last)

    def __len__(self) -> int:
        return len(self.blank)

    def text(self, line: int) -> str:
        return self.data[self.starts[line] : self.starts[line + 1]].decode()


def records(
    source: Source, counts: Counts, position: Callable[[int], None] | None = None
) -> Iterator[pa.Table]:
    """Tables (line int64, text string, fields list of string or null), a block each.

    `line` is the record's first physical line, from 1. `counts` is filled on the way.
    """
    import pyarrow as pa

    header_due = source.kind == "csv"
    for block in _blocks(source, counts, position):
        first = 0
        keep = ~block.blank
        if header_due and keep.any():
            first = int(np.argmax(keep)) + 1
            keep[first - 1] = False
            header_due = False
            counts.header = 1
        done = _parse_quotes(block, source, first) if source.kind == "csv" else len(block)
        numbers = counts.lines + 1 + np.arange(done, dtype=np.int64)
        begins = np.ones(done, bool)
        begins[block.continued] = False
        starts = block.starts[:done][begins].astype(np.int32)
        offsets = np.append(starts, np.int32(block.starts[done]))
        texts = pa.StringArray.from_buffers(
            len(starts), pa.py_buffer(offsets), pa.py_buffer(block.data)
        )
        kind = pa.list_(pa.string())
        if block.parsed:
            rows = np.flatnonzero(begins).tolist()
            fields = pa.array([block.parsed.get(row) for row in rows], kind)
        else:
            fields = pa.nulls(len(starts), kind)
        counts.lines += done
        counts.continued += len(block.continued)
        counts.blank += int((block.blank[:done] & begins).sum())
        counts.stray_quotes += block.stray
        table = pa.table({"line": numbers[begins], "text": texts, "fields": fields})
        kept = table.filter(pa.array(keep[:done][begins]))
        # DuckDB reads the parts of a table at the same time, but never cuts one.
        yield pa.Table.from_batches(kept.to_batches(max_chunksize=PART), kept.schema)


def _blocks(
    source: Source, counts: Counts, position: Callable[[int], None] | None
) -> Iterator[_Block]:
    """Blocks of whole lines; lines that a block's reader gave back come again in the next."""
    rest = b""
    fresh = True
    with reading(source, position) as read:
        while True:
            got = read(BLOCK)
            if source.bare_returns:
                got = got.replace(b"\r", b"\n")
            if fresh:
                got = got.removeprefix(codecs.BOM_UTF8)
                fresh = False
            data, last = rest + got, not got
            if last and not data:
                return
            end = len(data) if last else data.rfind(b"\n") + 1
            if end == 0:
                if len(data) > LONGEST:
                    raise AssayError(
                        f"{source.path.name!r} has a line of more than {LONGEST >> 20} MB; "
                        "it is no table with a row per line."
                    )
                rest = data
                continue
            block = _Block.of(_as_utf8(data[:end], counts), last=last)
            before = counts.lines
            yield block
            used = counts.lines - before
            rest = block.data[block.starts[used] :] + data[end:]
            if last and not rest:
                return


def _as_utf8(data: bytes, counts: Counts) -> bytes:
    try:
        data.decode()
    except UnicodeDecodeError:
        return b"".join(_recoded(line, counts) for line in data.splitlines(keepends=True))
    return data


def _recoded(line: bytes, counts: Counts) -> bytes:
    try:
        line.decode()
    except UnicodeDecodeError:
        counts.recoded += 1
        return line.decode("cp1252", errors="replace").encode()
    return line


def _parse_quotes(block: _Block, source: Source, first: int) -> int:
    """Parse the records that have a quote mark; how many lines of the block are done with.

    Lines after that belong to a record that runs on into the next block.
    """
    if len(source.separator) > 1:
        return len(block)
    marks = np.flatnonzero(np.frombuffer(block.data, np.uint8) == _QUOTE)
    lines = np.searchsorted(block.starts, marks, side="right") - 1
    lines = lines[np.diff(lines, prepend=-1) > 0]
    if len(lines) * 10 > len(block) and _parse_whole(block, source, first):
        return len(block)
    free = first
    for line in lines[lines >= first].tolist():
        if line < free:
            continue
        within = min(line + MOST_LINES, len(block))
        reader = csv.reader(
            (block.text(i) for i in range(line, within)), delimiter=source.separator, strict=True
        )
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


def _parse_whole(block: _Block, source: Source, first: int) -> bool:
    """Parse all lines at once where each is a record by itself; whether that was so."""
    text = block.data[block.starts[first] :].decode()
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=source.separator, strict=True)
    try:
        rows = list(reader)
    except csv.Error:
        return False
    if len(rows) != len(block) - first:
        return False
    block.parsed = dict(enumerate(rows, start=first))
    return True
