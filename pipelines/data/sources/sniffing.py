"""Detects encoding, format, separator and columns of a text file from its first bytes."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from pathlib import Path
from typing import Any, Literal

from pipelines.data.recipe import Reading
from pipelines.data.sources import MAX_LINE, Packing, Source
from pipelines.data.sources.streams import as_utf8, reading_bytes
from pipelines.errors import AssayError

HEAD = 1 << 18
MOST_HEADER_LINES = 10
_SEPARATORS = (",", "\t", ";", "|", "::", "\x01")
_NO_CHARSETS = ("idna", "punycode", "raw_unicode_escape", "raw-unicode-escape", "undefined",
                "unicode_escape", "unicode-escape")  # fmt: skip
"""Python codecs for names and literals, not for files."""
_OTHER_SEPARATOR = re.compile(r"[^\w\s.\"'()\x00-\x1f-]+")


def open_text(path: Path, packing: Packing, given: Reading) -> Source:
    """The source for the text file `path`; what `given` sets is not detected."""
    name = repr(path.name)
    _check_characters(given)
    with reading_bytes(path, packing) as read:
        head = read(HEAD)
    if not head:
        raise AssayError(f"{name} is empty; export it again.")
    encoding = _encoding(head, given)
    text = _decoded(head, encoding)
    if _is_binary(text):
        raise AssayError(
            f"{name} holds binary data, not a table; use a CSV, TSV, JSON Lines or Parquet file."
        )
    if encoding == "utf-8" and "\ufffd" in text:
        text = as_utf8(head)[0].decode().removeprefix("\ufeff")
    if not text.strip():
        raise AssayError(f"{name} holds no text; export it again.")
    start = text.lstrip()[:200].casefold()
    if start.startswith("<"):
        raise AssayError(
            f"{name} is a web page or XML, not a table; perhaps a sign-in page was saved "
            "instead: download the file itself."
        )
    if start.startswith("["):
        raise AssayError(f"{name} is one JSON array; write one JSON object per line instead.")
    bare = "\r" in text and "\n" not in text
    lines = text.replace("\r", "\n").split("\n") if bare else text.split("\n")
    complete = lines if len(head) < HEAD else lines[:-1] or lines
    kind: Literal["csv", "jsonl"] = "csv"
    header, separator, header_lines = "", ",", 1
    if start.startswith("{"):
        kind, columns = "jsonl", _keys(path, complete)
    else:
        at = next(i for i, line in enumerate(lines) if line.strip())
        header = lines[at].rstrip("\r\n")
        separator, columns = _header(path, header, given)
        # A quoted name may span lines, like a spreadsheet cell.
        for more in range(2, MOST_HEADER_LINES + 1):
            whole = "\n".join(lines[at : at + more]).rstrip("\r\n")
            if not _is_open(header, separator, given) or len(lines) < at + more:
                break
            if not _is_open(whole, separator, given):
                header, header_lines = whole, more
                separator, columns = _header(path, header, given)
    return Source(
        path, kind, tuple(columns), separator, header, encoding, packing, bare, given, header_lines
    )


def _check_characters(given: Reading) -> None:
    """Raise `AssayError` if separator, quote mark and escape character conflict."""
    texts = [text for text in (given.separator, given.quote, given.escape) if text]
    if any(ch in "\r\n\0" for text in texts for ch in text) or len({*texts}) < len(texts):
        raise AssayError(
            "Separator, quote mark and escape character must differ, and must not be line "
            "breaks; leave out those that you are not sure of."
        )
    if not (given.quote + given.escape).isascii():
        raise AssayError(
            'Quote mark and escape character must be ASCII characters, such as " and \\.'
        )


def _is_open(header: str, separator: str, given: Reading) -> bool:
    """Whether the header ends within a quoted name."""
    if len(separator) > 1 or not given.quote or given.quote not in header:
        return False
    try:
        next(csv.reader([header], strict=True, **dialect(separator, given)))
    except csv.Error:
        return True
    return False


def _encoding(head: bytes, given: Reading) -> str:
    """The given encoding, UTF-16 if the bytes show it, else UTF-8 (see `lines`)."""
    if given.encoding:
        try:
            name = codecs.lookup(given.encoding).name
            if name in _NO_CHARSETS:
                raise LookupError(name)
            # Fails for codecs that are not text encodings, and for UTF-16 without byte order.
            io.TextIOWrapper(io.BytesIO(head[:64]), name, errors="replace").read()
        except (LookupError, ValueError) as error:
            raise AssayError(
                f"The text cannot be read as {given.encoding[:40]!r}; use an encoding such as "
                "utf-8, windows-1252, utf-16-le or shift_jis."
            ) from error
        return "utf-8" if name in ("utf-8", "utf-8-sig", "ascii") else name
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = head[:4096]
    for at, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        # In mostly Latin text, every second byte is zero, and no other byte.
        zeros, others = start[at::2].count(0), start[1 - at :: 2].count(0)
        if len(start) >= 8 and others == 0 and zeros > len(start) // 2 * 0.8:
            return name
    return "utf-8"


def _decoded(head: bytes, encoding: str) -> str:
    if encoding.startswith("utf-16"):
        head = head[: len(head) // 2 * 2]
    text = head.removeprefix(codecs.BOM_UTF8).decode(encoding, errors="replace")
    return text.encode(errors="replace").decode()  # replaces lone surrogates


def _is_binary(text: str) -> bool:
    start = text[:8192]
    strange = sum(ch < " " and ch not in "\t\r\n\f\v\x01" for ch in start) + start.count("\ufffd")
    # A few strange characters are an error in a row, not in the file.
    return strange > max(8, len(start) // 20)


def _header(path: Path, line: str, given: Reading) -> tuple[str, list[str]]:
    """The separator that splits the header into the most columns, and their names."""
    name = repr(path.name)
    if len(line) > MAX_LINE:
        raise AssayError(
            f"The first line of {name} has more than {MAX_LINE:,} characters, so it is not a "
            "header; check that the file has line breaks."
        )
    tried = (given.separator,) if given.separator else (*_SEPARATORS, *_unusual(line))
    split = {sep: _fields(line, sep, given) for sep in tried}
    separator = max(tried, key=lambda sep: len(split[sep]))
    columns = [c.strip() or f"column_{i}" for i, c in enumerate(split[separator], start=1)]
    if len(columns) > 1 and all(_is_number(c) for c in columns):
        raise AssayError(
            f"The first line of {name} looks like data ({', '.join(columns[:4])}); add a line "
            "with column names, such as user_id,item_id,weight,timestamp."
        )
    return separator, columns


def _unusual(line: str) -> list[str]:
    """Runs of punctuation between the names, if the header has no common separator."""
    if any(sep in line for sep in _SEPARATORS):
        return []
    return sorted({run for run in _OTHER_SEPARATOR.findall(line) if len(run) <= 4})


def _fields(line: str, separator: str, given: Reading) -> list[str]:
    if len(separator) > 1:
        return line.split(separator)
    try:
        return next(csv.reader([line], strict=True, **dialect(separator, given)))
    except csv.Error:
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


def _keys(path: Path, lines: list[str]) -> list[str]:
    """The keys of the first 1,000 objects, by first occurrence."""
    keys: dict[str, None] = {}
    for line in lines[:1000]:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue  # such a line goes to quarantine when the file is read
        if isinstance(row, dict):
            # A key with a lone surrogate cannot be queried.
            keys.update(dict.fromkeys(k for k in row if k.isascii() or _is_text(k)))
    if not keys:
        raise AssayError(
            f"{path.name!r} starts like JSON, but none of its first lines is a JSON object; "
            "write one object per line."
        )
    return list(keys)


def _is_text(text: str) -> bool:
    return not any("\ud800" <= ch <= "\udfff" for ch in text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
