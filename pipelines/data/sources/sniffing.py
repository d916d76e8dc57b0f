"""What a text file is, from its first bytes: encoding, format, separator, columns."""

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
"""Codecs of Python that are ways to write names and literals, not files."""
_OTHER_SEPARATOR = re.compile(r"[^\w\s.\"'()\x00-\x1f-]+")


def open_text(path: Path, packing: Packing, given: Reading) -> Source:
    """The source that the text file `path` is; what `given` names is not guessed."""
    name = repr(path.name)
    _check_signs(given)
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
    if encoding == "utf-8" and "\ufffd" in text:
        text = as_utf8(head)[0].decode().removeprefix("\ufeff")
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
    header, separator, header_lines = "", ",", 1
    if start.startswith("{"):
        kind, columns = "jsonl", _keys(path, complete)
    else:
        at = next(i for i, line in enumerate(lines) if line.strip())
        header = lines[at].rstrip("\r\n")
        separator, columns = _header(path, header, given)
        # A name in quotes may run over lines, as a cell of a spreadsheet does.
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


def _check_signs(given: Reading) -> None:
    """Raise `AssayError` where the signs that part columns and texts cannot be told apart."""
    signs = [sign for sign in (given.separator, given.quote, given.escape) if sign]
    if any(sign in "\r\n\0" for text in signs for sign in text) or len({*signs}) < len(signs):
        raise AssayError(
            "Separator, quote mark and escape sign must differ, and none may be a line end; "
            "leave out what you are not sure of."
        )
    if not (given.quote + given.escape).isascii():
        raise AssayError('Quote mark and escape sign must be ASCII characters, such as " and \\.')


def _is_open(header: str, separator: str, given: Reading) -> bool:
    """Whether a quoted name does not end within the header."""
    if len(separator) > 1 or not given.quote or given.quote not in header:
        return False
    try:
        next(csv.reader([header], strict=True, **dialect(separator, given)))
    except csv.Error:
        return True
    return False


def _encoding(head: bytes, given: Reading) -> str:
    """The named encoding, UTF-16 where the bytes show it, else UTF-8 (see `lines`)."""
    if given.encoding:
        try:
            name = codecs.lookup(given.encoding).name
            if name in _NO_CHARSETS:
                raise LookupError(name)
            # Some codecs are none of text, and UTF-16 without a mark of its order is none either.
            io.TextIOWrapper(io.BytesIO(head[:64]), name, errors="replace").read()
        except (LookupError, ValueError) as error:
            raise AssayError(
                f"The text cannot be read as {given.encoding[:40]!r}; name an encoding such as "
                "utf-8, windows-1252, utf-16-le or shift_jis."
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
    text = head.removeprefix(codecs.BOM_UTF8).decode(encoding, errors="replace")
    return text.encode(errors="replace").decode()  # half a pair of surrogates is no text


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
            # Half a pair of surrogates is no text, so nothing can be asked by that name.
            keys.update(dict.fromkeys(k for k in row if k.isascii() or _is_text(k)))
    if not keys:
        raise AssayError(
            f"{path.name!r} starts like JSON, but none of its first lines is a JSON object; "
            "write one object per line."
        )
    return list(keys)


def _is_text(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
