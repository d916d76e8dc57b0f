"""What a database says when it refuses, as one sentence without any password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.data.sources.connections import PASSWORD, scrub, shown

if TYPE_CHECKING:
    from sqlalchemy import URL

_LOGIN = f"check the user and the password (in {PASSWORD}, or where the address is kept)"
# By SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html
_BY_STATE = {
    "28P01": _LOGIN,
    "28000": _LOGIN,
    "3D000": "check the name of the database",
    "3F000": "check the name of the schema",
    "42P01": "check the name of the table and its schema",
    "42703": "check the name of the column",
    "42501": "let this user SELECT from it",
    "42601": "correct the query",
    "25006": "a query may only read",
    "0A000": "a query may only read",
    "53300": "try again later",
    "57014": "ask for less, or raise the server's statement_timeout",
}
_BY_WORDS = (
    ("can't create a connection", "no server answers there: check the address and that it runs"),
    ("no password was provided", _LOGIN),
    ("network error", "the connection was lost: check the server and try again"),
    ("connection is closed", "the connection was lost: check the server and try again"),
    ("server refuses ssl", "the server offers no encryption: leave out sslmode"),
    ("certificate", "its certificate cannot be verified: check the host's name"),
    ("unexpected keyword argument", "an option after the ? is not known: leave it out"),
    ("no such table", "check the name of the table"),
    ("no such column", "check the name of the column"),
    ("readonly database", "a query may only read"),
    ("not a database", "give a SQLite file"),
    ("could not decode to utf-8", "convert that column in the query, for instance by hex(name)"),
    ("locked", "another program writes to it: try again"),
)


def sentence(error: BaseException, url: URL) -> str:
    """Which database, what it said, and what to do."""
    original = getattr(error, "orig", None) or error
    said = original.args[0] if original.args else type(original).__name__
    state = ""
    if isinstance(said, dict):  # pg8000: the fields of the server's answer
        state, said = str(said.get("C", "")), said.get("M", "")
    lines = str(said).strip().splitlines() or [type(original).__name__]
    words = scrub(lines[0], url)[:300].rstrip(".")
    todo = _BY_STATE.get(state) or next(
        (advice for part, advice in _BY_WORDS if part in words.casefold()),
        "check the address and the query",
    )
    return f"The database {shown(url)} says: {words}; {todo}."
