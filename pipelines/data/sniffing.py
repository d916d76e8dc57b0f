"""What a text file is, from its first bytes: encoding, format, separator, columns."""

from __future__ import annotations

import codecs
import csv
import json
import re
from pathlib import Path
from typing import Any, Literal

from pipelines.data.recipe import Reading
from pipelines.data.sources import MAX_LINE, Packing, Source
from pipelines.data.streams import reading_bytes
from pipelines.errors import AssayError

HEAD = 1 << 18
_SEPARATORS = (",", "\t", ";", "|", "::", "\x01")
_OTHER_SEPARATOR = re.compile(r"[^\w\s.\"'()-]+")


def open_text(path: Path, packing: Packing, given: Reading) -> Source:
    """The source that the text file `path` is; what `given` names is not guessed."""
    name = repr(path.name)
    with reading_bytes(path, packing) as read:
        head = read(HEAD)
    if not head:
        raise AssayError(f"{name} is empty; export it again.")
    encoding = _encoding(head, given)
    text = _decoded(head, encoding)
    if _is_binary(text):
        raise AssayError(
            f"{name} holds binary data, not a table; give a CSV, TSV, JSON Lines or Parquet file."
        )
    if not text.strip():
        raise AssayError(f"{name} holds no text; export it again.")
    start = text.lstrip()[:200].casefold()
    if start.startswith("<"):
        raise AssayError(
            f"{name} is a web page or XML, not a table; perhaps a sign-in page was saved "
            "in its place: download the file itself."
        )
    if start.startswith("["):
        raise AssayError(f"{name} is one JSON array; write one JSON object per line instead.")
    bare = "\r" in text and "\n" not in text
    lines = text.replace("\r", "\n").split("\n") if bare else text.split("\n")
    complete = lines if len(head) < HEAD else lines[:-1] or lines
    kind: Literal["csv", "jsonl"] = "csv"
    header, separator = "", ","
    if start.startswith("{"):
        kind, columns = "jsonl", _keys(path, complete)
    else:
        header = next(line for line in lines if line.strip()).rstrip("\r\n")
        separator, columns = _header(path, header, given)
    return Source(path, kind, tuple(columns), separator, header, encoding, packing, bare, given)


def _encoding(head: bytes, given: Reading) -> str:
    """The named encoding, UTF-16 where the bytes show it, else UTF-8 (see `lines`)."""
    if given.encoding:
        try:
            name = codecs.lookup(given.encoding).name
            b"".decode(name)
        except LookupError as error:
            raise AssayError(
                f"There is no encoding {given.encoding[:40]!r}; name one such as utf-8, "
                "windows-1252 or shift_jis."
            ) from error
        return "utf-8" if name in ("utf-8", "utf-8-sig", "ascii") else name
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = head[:4096]
    for at, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        # Text of mostly Latin letters has a zero in every second byte, and nowhere else.
        zeros, others = start[at::2].count(0), start[1 - at :: 2].count(0)
        if len(start) >= 8 and others == 0 and zeros > len(start) // 2 * 0.8:
            return name
    return "utf-8"


def _decoded(head: bytes, encoding: str) -> str:
    if encoding.startswith("utf-16"):
        head = head[: len(head) // 2 * 2]
    return head.removeprefix(codecs.BOM_UTF8).decode(encoding, errors="replace")


def _is_binary(text: str) -> bool:
    start = text[:8192]
    strange = sum(ch < " " and ch not in "\t\r\n\f\v\x01" for ch in start) + start.count("\ufffd")
    # A few strange characters are a row's fault, not the file's.
    return strange > max(8, len(start) // 20)


def _header(path: Path, line: str, given: Reading) -> tuple[str, list[str]]:
    """The separator that gives the header line the most columns, and their names."""
    name = repr(path.name)
    if len(line) > MAX_LINE:
        raise AssayError(
            f"The first line of {name} has more than {MAX_LINE:,} characters, so it is no "
            "header of a table; check that the file has line breaks."
        )
    tried = (given.separator,) if given.separator else (*_SEPARATORS, *_unusual(line))
    split = {sep: _fields(line, sep, given) for sep in tried}
    separator = max(tried, key=lambda sep: len(split[sep]))
    columns = [c.strip() or f"column_{i}" for i, c in enumerate(split[separator], start=1)]
    if len(columns) > 1 and all(_is_number(c) for c in columns):
        raise AssayError(
            f"The first line of {name} looks like data ({', '.join(columns[:4])}); add a line "
            "with the columns' names, such as user_id,item_id,weight,timestamp."
        )
    return separator, columns


def _unusual(line: str) -> list[str]:
    """A run of signs that stands between the names where none of the usual ones does."""
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
    """The keys of the first 1,000 objects, in the order met."""
    keys: dict[str, None] = {}
    for line in lines[:1000]:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue  # such a line goes to quarantine when the file is read
        if isinstance(row, dict):
            keys.update(dict.fromkeys(row))
    if not keys:
        raise AssayError(
            f"{path.name!r} starts like JSON, but none of its first lines is a JSON object; "
            "write one object per line."
        )
    return list(keys)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
