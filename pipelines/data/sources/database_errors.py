"""Error messages of databases as one sentence, without any password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.data.sources.connections import PASSWORD, scrub, shown

if TYPE_CHECKING:
    from sqlalchemy import URL

_LOGIN = f"check the user and the password (in {PASSWORD}, or where the address is stored)"
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
    "57014": "read fewer rows, or raise the server's statement_timeout",
}
_BY_MESSAGE = (
    ("can't create a connection", "no server responds: check the address and that it runs"),
    ("no password was provided", _LOGIN),
    ("network error", "the connection was lost: check the server and try again"),
    ("connection is closed", "the connection was lost: check the server and try again"),
    ("server refuses ssl", "the server does not support encryption: leave out sslmode"),
    ("certificate", "its certificate cannot be verified: check the host's name"),
    ("unexpected keyword argument", "an option after the ? is unknown: leave it out"),
    ("no such table", "check the name of the table"),
    ("no such column", "check the name of the column"),
    ("readonly database", "a query may only read"),
    ("not a database", "use a SQLite file"),
    ("could not decode to utf-8", "convert that column in the query, for example with hex(name)"),
    ("locked", "another program is writing to it: try again"),
)


def sentence(error: BaseException, url: URL) -> str:
    """The database, its error message, and what to do."""
    original = getattr(error, "orig", None) or error
    given = original.args[0] if original.args else type(original).__name__
    state = ""
    if isinstance(given, dict):  # pg8000: the fields of the server's response
        state, given = str(given.get("C", "")), given.get("M", "")
    lines = str(given).strip().splitlines() or [type(original).__name__]
    message = scrub(lines[0], url)[:300].rstrip(".")
    todo = _BY_STATE.get(state) or next(
        (advice for part, advice in _BY_MESSAGE if part in message.casefold()),
        "check the address and the query",
    )
    return f"The database {shown(url)} reports: {message}; {todo}."
