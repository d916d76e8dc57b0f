"""Addresses, and where their passwords come from: never from what a person wrote."""

from __future__ import annotations

import sqlite3
import traceback
from pathlib import Path

import pytest

from pipelines.data.sources.connections import PASSWORD, address, names, scrub, shown
from pipelines.errors import AssayError

SECRET = "s3cret:/@ %41+é'\\"
QUOTED = "s3cret%3A%2F%40%20%2541%2B%C3%A9%27%5C"


@pytest.fixture(autouse=True)
def user_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of the test's own, without secrets."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv(PASSWORD, raising=False)
    return tmp_path


def keep(home: Path, text: str) -> None:
    (home / ".streamlit").mkdir(exist_ok=True)
    (home / ".streamlit" / "secrets.toml").write_text(text)


def refusal(text: str) -> str:
    with pytest.raises(AssayError) as caught:
        address(text)
    # What a log would show: chained errors included.
    whole = "".join(traceback.format_exception(caught.value))
    assert "s3cret" not in whole
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_an_address_takes_its_password_from_the_environment(monkeypatch):
    assert address("postgresql://reader@db.example/shop").password is None
    monkeypatch.setenv(PASSWORD, SECRET)
    url = address("postgresql://reader@db.example:6543/shop")
    assert (url.drivername, url.username, url.password) == ("postgresql+pg8000", "reader", SECRET)
    assert (url.host, url.port, url.database) == ("db.example", 6543, "shop")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+pg8000"])
def test_postgresql_means_pg8000(scheme):
    assert address(f"{scheme}://reader@host/db").drivername == "postgresql+pg8000"


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://reader:s3cret@host/db",
        "postgresql://host/db?user=reader&password=s3cret",
        "postgresql://host/db?sslpassword=s3cret",
        "mssql+pyodbc:///?odbc_connect=DRIVER%3DX%3BUID%3Dme%3BPWD%3Ds3cret",
    ],
)
def test_a_password_in_an_address_is_refused_and_not_repeated(text):
    assert PASSWORD in refusal(text)


@pytest.mark.parametrize(
    "text",
    ["s3cret", "", "postgresql:reader:s3cret@host/db", "postgresql://reader@host:s3cret/db",
     "://reader:s3cret@host", "postgresql://reader:s3cret/@:x@host/db"],
)  # fmt: skip
def test_what_is_no_address_is_not_repeated_either(text):
    assert "cannot be read" in refusal(text)


def test_a_whole_url_may_stand_in_a_variable(monkeypatch):
    monkeypatch.setenv("SHOP_URL", f"postgres://reader:{QUOTED}@host/shop")
    assert address("env:SHOP_URL").password == SECRET
    monkeypatch.setenv("SHOP_URL", "s3cret")
    assert "SHOP_URL" in refusal("env:SHOP_URL")
    monkeypatch.delenv("SHOP_URL")
    assert "SHOP_URL is not set" in refusal("env:SHOP_URL")
    assert "must be followed by a name" in refusal("env:postgresql://reader:s3cret@host/db")


def test_streamlits_secrets_name_connections_by_url_or_by_parts(user_home):
    keep(
        user_home,
        f"""
        [connections.whole]
        url = "postgresql://reader:{QUOTED}@host/shop"
        [connections.parts]
        dialect = "postgresql"
        host = "host"
        port = "6543"
        database = "shop"
        username = "reader"
        password = '''{SECRET}'''
        """,
    )
    assert names() == ["parts", "whole"]
    for name, port in (("whole", None), ("parts", 6543)):
        url = address(f"secrets:{name}")
        assert (url.drivername, url.password, url.port) == ("postgresql+pg8000", SECRET, port)
    assert "[connections.other]" in refusal("secrets:other")


@pytest.mark.parametrize(
    "text",
    [
        'password = "s3cret',
        '[connections.shop]\npassword = "s3cret"',
        '[connections.shop]\nurl = "s3cret"',
        '[connections.shop]\ndialect = "postgresql"\nport = "s3cret"',
        '[connections.shop]\ndialect = "postgresql"\nport = 1\nhost = ["s3cret"]',
    ],
)
def test_secrets_that_cannot_be_read_are_not_repeated(user_home, text):
    keep(user_home, text)
    assert "secrets.toml" in refusal("secrets:shop")


def test_messages_show_no_password(monkeypatch):
    monkeypatch.setenv("SHOP_URL", f"postgresql://reader:{QUOTED}@host/shop?sslpassword=other")
    url = address("env:SHOP_URL")
    assert shown(url) == "postgresql+pg8000://reader@host/shop"
    said = scrub(f"{SECRET} {QUOTED} {SECRET!r} {url.render_as_string(False)} other", url)
    assert not [part for part in ("s3cret", "other") if part in said]


def test_an_unknown_kind_of_database_and_a_missing_driver_are_told():
    assert "does not know the database type" in refusal("warehouse://host/db")
    assert "not installed" in refusal("oracle+cx_oracle://reader@host/db")


def test_a_sqlite_file_must_exist_and_opens_for_reading_alone(tmp_path):
    missing = tmp_path / "missing.db"
    assert "There is no SQLite file" in refusal(f"sqlite:///{missing}")
    assert not missing.exists()
    assert "has no file" in refusal("sqlite://")
    strange = tmp_path / "a shop? #1 %41.db"
    sqlite3.connect(strange).close()
    strange.write_bytes(b"")
    url = address(f"sqlite:///{tmp_path}/a shop%3F #1 %2541.db")
    assert shown(url) == f"sqlite:///{strange}"
    assert url.query["mode"] == "ro"


def test_an_unquoted_password_is_not_shown_as_a_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP", "postgresql://reader:my@secret@127.0.0.1/shop")
    with pytest.raises(AssayError, match="%40") as caught:
        address("env:SHOP")
    assert "secret" not in str(caught.value)
