"""What may be asked of a database: one SELECT, or the name of a table."""

from __future__ import annotations

import re

from pipelines.errors import AssayError

_PART = r'(?:"(?:[^"]|"")+"|[\w$]+)'
_TABLE = re.compile(rf"{_PART}(?:\.{_PART}){{0,2}}")
_COMMENT = re.compile(r"\s*(?:--[^\n]*(?:\n|$)|/\*(?!!).*?\*/)|[\s(]+", re.DOTALL)


def only(text: str) -> tuple[str, bool]:
    """The statement without its closing semicolon, and whether it is a table's name.

    Anything but one SELECT (or WITH) or such a name is an `AssayError`. That a WITH may still
    write is for the read-only transaction to refuse.
    """
    bare = text.strip().rstrip("; \t\r\n")
    if not bare:
        raise AssayError("The query is empty; give a SELECT or the name of a table.")
    if ";" in bare or "\0" in bare:
        # Also within quotes: telling those apart as each database does is where it would fail.
        raise AssayError(
            "A query is one statement: leave out the semicolon in its middle (within a text, "
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
        "Only a SELECT (also WITH … SELECT) or the name of a table is read, and nothing is ever "
        "written; give one of them."
    )


def spellings(name: str) -> list[list[str]]:
    """A table's name in its parts: as written, then with its unquoted parts in lower case."""
    written, lower = [], []
    for part in re.findall(_PART, name):
        quoted = part.startswith('"')
        written.append(part[1:-1].replace('""', '"') if quoted else part)
        lower.append(written[-1] if quoted else part.lower())
    return [written, lower]
