"""Checks what is sent to a database: one SELECT, or the name of a table."""

from __future__ import annotations

import re

from pipelines.errors import AssayError

_PART = r'(?:"(?:[^"]|"")+"|[\w$]+)'
_TABLE = re.compile(rf"{_PART}(?:\.{_PART}){{0,2}}")
_COMMENT = re.compile(r"\s*(?:--[^\n]*(?:\n|$)|/\*(?!!).*?\*/)|[\s(]+", re.DOTALL)


def check(text: str) -> tuple[str, bool]:
    """The statement without its closing semicolon, and whether it is the name of a table.

    Raises `AssayError` for anything but one SELECT (or WITH) or such a name. A WITH that writes
    is refused later, by the read-only transaction.
    """
    bare = text.strip().rstrip("; \t\r\n")
    if not bare:
        raise AssayError("The query is empty; write a SELECT or the name of a table.")
    if ";" in bare or "\0" in bare:
        # Also within quotes, because quoting rules differ between databases.
        raise AssayError(
            "A query must be one statement: remove the semicolon in its middle (within a text, "
            "write chr(59), or char(59) in SQLite)."
        )
    start = 0
    while skipped := _COMMENT.match(bare, start):
        start = skipped.end()
    if re.match(r"(select|with)\b", bare[start:], re.IGNORECASE):
        return bare, False
    if _TABLE.fullmatch(bare):
        return bare, True
    raise AssayError(
        "Assay only reads from databases; write a SELECT (or WITH … SELECT) or the name of a table."
    )


def spellings(name: str) -> list[list[str]]:
    """The parts of a table's name: as written, then with the unquoted parts in lower case."""
    written, lower = [], []
    for part in re.findall(_PART, name):
        quoted = part.startswith('"')
        written.append(part[1:-1].replace('""', '"') if quoted else part)
        lower.append(written[-1] if quoted else part.lower())
    return [written, lower]
