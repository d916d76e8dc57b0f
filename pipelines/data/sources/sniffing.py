"""Detects encoding, format, separator and columns of a text file from its first bytes."""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines.data.recipe import Reading
from pipelines.data.sources import Packing, Source, charsets, headers, json_documents, packing_of
from pipelines.data.sources.nested import Layout, layout_of_json
from pipelines.data.sources.streams import as_utf8, reading_bytes
from pipelines.errors import AssayError

HEAD = 1 << 18
_NO_CHARSETS = ("idna", "punycode", "raw_unicode_escape", "raw-unicode-escape", "undefined",
                "unicode_escape", "unicode-escape")  # fmt: skip
"""Python codecs for names and literals, not for files."""


def open_text(path: Path, packing: Packing, given: Reading, named: Collection[str] = ()) -> Source:
    """The source for the text file `path`; what `given` sets is not detected."""
    name = repr(path.name)
    _check_characters(given)
    with reading_bytes(path, packing) as read:
        head = read(HEAD)
    if not head:
        raise AssayError(f"{name} is empty; export it again.")
    encoding = _encoding(head, given)
    text = _decoded(head, encoding)
    recoded = encoding == "utf-8" and any(map(_not_utf8_line, head.split(b"\n")))
    if recoded:
        text = as_utf8(head)[0].decode().removeprefix("\ufeff")
    if _is_binary(text):
        raise AssayError(
            f"{name} holds binary data, not a table; use a CSV, TSV, JSON Lines or Parquet file."
        )
    if encoding == "utf-8" and _is_unknown(head):
        raise AssayError(
            f"{name} is not UTF-8, and its encoding could not be detected; name it, as in "
            "--encoding windows-1255."
        )
    if not text.strip():
        raise AssayError(f"{name} holds no text; export it again.")
    start = text.lstrip()[:200].casefold()
    if start.startswith("<"):
        raise AssayError(
            f"{name} is a web page or XML, not a table; perhaps a sign-in page was saved "
            "instead: download the file itself."
        )
    bare = "\r" in text and "\n" not in text
    lines = text.replace("\r", "\n").split("\n") if bare else text.split("\n")
    complete = lines if len(head) < HEAD else lines[:-1] or lines
    if start.startswith(("{", "[")):
        return _open_json(Source(path, "jsonl", (), encoding=encoding, recoded=recoded,
                                 packing=packing, bare_returns=bare, reading=given),
                          text, complete)  # fmt: skip
    header = headers.find(name, complete, given, named)
    escape = given.escape
    notes = header.notes
    if not given.encoding and not encoding.startswith("utf-"):
        notes += (f"{name} is not UTF-8 and is read as {encoding}; --encoding names another.",)
    if recoded:
        notes += (
            f"Lines of {name} that are not UTF-8 are read as Windows-1252; --encoding names "
            "another.",
        )
    if escape is None:
        escape = headers.escape_of(complete, header, given)
        if escape:
            notes += (f"Quote marks in {name} are read as escaped by a backslash.",)
    return Source(
        path, "csv", header.columns, header.separator, header.text, encoding, recoded, packing,
        bare, given.model_copy(update={"escape": escape}), header.lines, header.skipped,
        notes=notes,
    )  # fmt: skip


def _open_json(source: Source, text: str, lines: list[str]) -> Source:
    """The source with the columns of JSON Lines, or of one document that holds the rows."""
    name = repr(source.path.name)
    key = _document_key(text, lines)
    if key is None and text.lstrip().startswith("["):
        raise AssayError(
            f"{name} is a JSON array without objects; write one JSON object per line instead."
        )
    notes: tuple[str, ...] = ()
    if key is not None:
        lines = _first_rows(text, key)
        notes = (f"The rows of {name} are the elements of {key!r}.",) if key else ()
    layout = _layout(name, lines, text)
    return replace(
        source, columns=tuple(layout.columns), layout=layout, rows_key=key, notes=notes,
        # A document is converted to lines that end in a newline.
        bare_returns=source.bare_returns and key is None,
    )  # fmt: skip


def _document_key(text: str, lines: list[str]) -> str | None:
    """The key of the array of rows if the file is one document, not an object per line."""
    filled = [line for line in lines if line.strip()]
    if text.lstrip().startswith("["):
        return json_documents.rows_key(text)
    rows = [_object(line) for line in filled[:1000]]
    if rows[0] is not None:
        arrays = [v for v in rows[0].values() if isinstance(v, list) and len(v) > 0]
        alone = len(filled) == 1 and len(arrays) == 1
        if not alone or not (len(rows[0]) == 1 or len(arrays[0]) > 1):
            return None
    elif sum(row is not None for row in rows) * 2 > len(rows):
        return None  # JSON Lines with a damaged first line
    return json_documents.rows_key(text)


def _first_rows(text: str, key: str) -> list[str]:
    """The rows of a document that its beginning holds completely, one per line."""
    blocks = iter([text.encode()])
    read = json_documents.as_lines(lambda _: next(blocks, b""), key, "")
    found: list[str] = []
    try:
        while line := read(1):
            found.append(line.decode())
    except AssayError:
        return found  # the last row goes on beyond the beginning of the file
    return found


def _object(line: str) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _check_characters(given: Reading) -> None:
    """Raise `AssayError` if separator, quote mark and escape character conflict."""
    texts = [text for text in (given.separator, given.quote, given.escape) if text]
    if any(ch in "\r\n\0" for text in texts for ch in text) or len({*texts}) < len(texts):
        raise AssayError(
            "Separator, quote mark and escape character must differ, and must not be line "
            "breaks; leave out those that you are not sure of."
        )
    if not (given.quote + (given.escape or "")).isascii():
        raise AssayError(
            'Quote mark and escape character must be ASCII characters, such as " and \\.'
        )


def shows_unicode(path: Path) -> bool:
    """Whether a file's beginning shows that it is UTF-16, or UTF-8 with more than ASCII."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        packing = packing_of(file.read(8))
    with reading_bytes(path, packing) as read:
        head = read(HEAD)
    if _encoding(head, Reading()) != "utf-8" or head.isascii():
        return not head.isascii() or b"\0" in head
    return _is_utf8(head)


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
    return _of_script(head) or "utf-8"


def _of_script(head: bytes) -> str | None:
    """The encoding of a text in another script; None if its lines are UTF-8, all or most."""
    return charsets.guess(head) if _not_utf8(head) else None


def _not_utf8(head: bytes) -> bytes:
    """The lines that are not UTF-8, unless more lines above ASCII are."""
    lines = [line for line in head.split(b"\n") if not line.isascii()]
    wrong = [line for line in lines if _not_utf8_line(line)]
    return b"\n".join(wrong) if len(wrong) * 2 > len(lines) else b""


def _not_utf8_line(line: bytes) -> bool:
    return not line.isascii() and not _is_utf8(line)


def _is_utf8(line: bytes) -> bool:
    try:
        # The last line may end within a character.
        codecs.getincrementaldecoder("utf-8")().decode(line)
    except UnicodeDecodeError:
        return False
    return True


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


def _is_unknown(head: bytes) -> bool:
    """Whether a text that is not UTF-8 has more letters above ASCII than Western languages."""
    wrong = _not_utf8(head[:8192])
    return sum(byte > 127 for byte in wrong) * 5 > len(head[:8192]) * 2


def _layout(name: str, lines: list[str], text: str) -> Layout:
    """The columns of the first 1,000 objects; a damaged line goes to quarantine later."""
    found = layout_of_json(row for line in lines[:1000] if (row := _object(line)) is not None)
    if not found.columns and not found.hidden:
        if re.match(r'\s*\{\s*"[^"]*"\s*:\s*\{', text):
            raise AssayError(
                f"{name} is one JSON object whose values are objects, so it has no rows; write "
                "an array of rows, as pandas does with to_json(orient='records')."
            )
        raise AssayError(
            f"{name} starts like JSON, but none of its first lines is a JSON object; "
            "write one object per line."
        )
    return found
