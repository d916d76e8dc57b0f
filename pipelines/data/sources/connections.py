"""Database addresses and their passwords, which are never written in the address itself.

A password on the command line would stay in the shell's history, one in a form in the job's
row. Users therefore write an address without it, or the name of a stored connection.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus, unquote

from pipelines.errors import AssayError
from pipelines.runtime import paths
from pipelines.runtime.written import text_of, toml_of

if TYPE_CHECKING:
    from sqlalchemy import URL

PASSWORD = "ASSAY_SQL_PASSWORD"
"""The environment variable that holds the password of an address."""
PARTS = ("host", "port", "database", "username", "password", "query")
HELP = (
    "write an SQLAlchemy URL without a password (postgresql://reader@host/shop, "
    "sqlite:///shop.db), env:NAME or secrets:NAME"
)
_DRIVERS = {"postgres": "postgresql+pg8000", "postgresql": "postgresql+pg8000"}
_SECRET_KEY = re.compile(r"pass|pwd|secret|token|key", re.IGNORECASE)
_SECRET_VALUE = re.compile(r"(pwd|password)\s*=", re.IGNORECASE)
_HIDDEN = "***"


def address(text: str) -> URL:
    """The full URL, including the password, of an address as a user writes it.

    `text` is an SQLAlchemy URL without a password (taken from `ASSAY_SQL_PASSWORD` if set;
    `postgresql://` means pg8000), `env:NAME` (that environment variable holds the whole URL)
    or `secrets:NAME` (`[connections.NAME]` in Streamlit's secrets). A SQLite file must exist
    and is opened read-only. Raises `AssayError`, which never repeats `text`, because it may
    hold a password.
    """
    source, colon, name = text.strip().partition(":")
    if colon and source in ("env", "secrets"):
        if not re.fullmatch(r"[\w.-]+", name):
            raise AssayError(f"{source}: must be followed by a name; {HELP}.")
        url = _from_environment(name) if source == "env" else _from_secrets(name)
    else:
        url = _parsed(text.strip(), "The address of the database")
        if url.password or _secrets_in_query(url):
            raise AssayError(
                "The address holds a password, which would be stored in the shell's history and "
                f"with the job; leave it out and set the environment variable {PASSWORD}, or "
                "put the whole address into a variable and write env:NAME."
            )
        url = _with_password(url)
    _check_driver(url)
    return _read_only_file(url) if url.get_backend_name() == "sqlite" else url


def names() -> list[str]:
    """The names of the connections in Streamlit's secrets, for `secrets:NAME`; sorted."""
    return sorted({name for file in _secret_files() for name in _connections(file)})


def shown(url: URL) -> str:
    """The URL as shown in messages: without password and options."""
    if url.get_backend_name() == "sqlite":
        return f"sqlite:///{unquote((url.database or '').removeprefix('file:'))}"
    # URL.set would take None for "unchanged", so the method of the named tuple is used.
    return url._replace(password=None).set(query={}).render_as_string(hide_password=True)


def scrub(text: str, url: URL) -> str:
    """`text` with the URL's password (raw or quoted) and secret options masked."""
    secrets = [str(url.password)] if url.password else []
    secrets += _secrets_in_query(url)
    forms = set(secrets)
    for secret in secrets:
        # As quoted by SQLAlchemy, by others, by a form, and by repr (backslashes doubled).
        forms |= {quote(secret, " +"), quote(secret, ""), quote_plus(secret), repr(secret)[1:-1]}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, _HIDDEN)
    return text


def _parsed(text: str, what: str) -> URL:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise AssayError(f"{what} cannot be read; {HELP}.") from None
    if re.search(r"[@/?#\s]", url.host or ""):
        # A password that is not quoted: part of it was parsed as the host.
        raise AssayError(
            f"{what} has an invalid host; in a password or name, write the characters "
            "@ : / ? # % as %40 %3A %2F %3F %23 %25."
        )
    return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))


def _with_password(url: URL) -> URL:
    given = os.environ.get(PASSWORD)
    return url.set(password=given) if given and url.get_backend_name() != "sqlite" else url


def _from_environment(name: str) -> URL:
    text = os.environ.get(name)
    if not text:
        raise AssayError(
            f"The environment variable {name} is not set; set it to the database's URL."
        )
    return _parsed(text.strip(), f"The address in the environment variable {name}")


def _from_secrets(name: str) -> URL:
    for file in _secret_files():
        found = _connections(file).get(name)
        if isinstance(found, dict):
            return _from_table(found, name, file)
    raise AssayError(
        f"There is no [connections.{name}] in {' or '.join(map(str, _secret_files()))}; "
        f"add it with url = "
        '"postgresql://reader:password@host/shop".'
    )


def _from_table(table: dict[str, Any], name: str, file: Path) -> URL:
    from sqlalchemy import URL
    from sqlalchemy.exc import ArgumentError

    what = f"[connections.{name}] in {file}"
    if "url" in table:
        return _parsed(str(table["url"]).strip(), f"The url of {what}")
    if "dialect" not in table:
        raise AssayError(f"{what} has neither a url nor a dialect; add one of them.")
    driver = str(table["dialect"]) + (f"+{table['driver']}" if table.get("driver") else "")
    parts = {key: table[key] for key in PARTS if table.get(key) not in (None, "")}
    try:
        if "port" in parts:
            parts["port"] = int(parts["port"])
        return URL.create(_DRIVERS.get(driver, driver), **parts)
    except (ArgumentError, TypeError, ValueError):
        raise AssayError(
            f"{what} cannot be read; write host, database, username and password as text and "
            "port as a number."
        ) from None


def _secret_files() -> list[Path]:
    """The files that Streamlit reads; that beside the app takes precedence over the user's."""
    return [base / ".streamlit" / "secrets.toml" for base in (paths.APP, Path.home())]


def _connections(file: Path) -> dict[str, Any]:
    try:
        table = toml_of(text_of(file)).get("connections", {})
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        # The parser's message may repeat a line, and so a password.
        raise AssayError(f"{file} cannot be read as TOML; correct it.") from None
    return table if isinstance(table, dict) else {}


def _secrets_in_query(url: URL) -> list[str]:
    """Values of the URL's options that are, or may hold, a password."""
    values = []
    for key, value in url.query.items():
        parts = [value] if isinstance(value, str) else list(value)
        values += [p for p in parts if p and (_SECRET_KEY.search(key) or _SECRET_VALUE.search(p))]
    return values


def _check_driver(url: URL) -> None:
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    try:
        dialect = url.get_dialect()
        dialect.import_dbapi()
    except (NoSuchModuleError, ArgumentError):
        raise AssayError(
            f"SQLAlchemy does not know the database type {url.drivername!r}; PostgreSQL "
            "(postgresql://) and SQLite (sqlite:///) are built in, others need their package."
        ) from None
    except ImportError:
        raise AssayError(
            f"The driver of {url.drivername!r} is not installed; install its Python package "
            "in Assay's environment, or use PostgreSQL (postgresql://) or SQLite (sqlite:///)."
        ) from None
    if dialect.is_async:
        raise AssayError(f"{url.drivername!r} is an asynchronous driver; use a synchronous one.")


def _read_only_file(url: URL) -> URL:
    """A `file:` address in mode ro: SQLAlchemy would otherwise create a missing SQLite file."""
    if not url.database or url.database == ":memory:":
        raise AssayError("The SQLite address has no file; write sqlite:///folder/file.db.")
    path = Path(url.database).expanduser().resolve()
    if not path.is_file():
        raise AssayError(f"There is no SQLite file {str(path)!r}; check the path.")
    options = {"mode": "ro", "uri": "true"}
    return url.set(database=f"file:{quote(str(path))}", query=options)
