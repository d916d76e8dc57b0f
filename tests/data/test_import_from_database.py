"""From a database to a dataset: streamed, by the command and by a job, the password nowhere."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from pipelines.data import dataset as store
from pipelines.data.sources.connections import PASSWORD
from pipelines.data.sources.database import Query
from pipelines.errors import AssayError
from pipelines.runtime import paths
from pipelines.workspace import Workspace
from tests.data.importing import import_file
from tests.postgres import READER, READER_PASSWORD, Server

EVENTS = 30_000


@pytest.fixture(scope="module")
def server(postgres: Server) -> Iterator[Server]:
    """The server with a log of events, a few of them without a person."""
    postgres.run(
        "CREATE TABLE clicks AS SELECT "
        "CASE WHEN g % 100 > 0 THEN 'visitor ' || g % 997 END AS visitor_id, "
        "g % 211 AS product_id, '2024-01-01Z'::timestamptz + g * interval '1 min' AS at, "
        "CASE WHEN g % 10 = 0 THEN 'purchase' ELSE 'view' END AS event_type "
        f"FROM generate_series(1, {EVENTS}) g"
    )
    yield postgres
    postgres.run("DROP TABLE clicks")  # other files' tests look at what the database has


def everything_written(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_the_command_imports_a_query(server: Server, assay_home: Path) -> None:
    command = [sys.executable, "-m", "pipelines.cli", "data", "import", "--name", "log"]
    command += ["--sql", server.address, "--query", "SELECT * FROM clicks ORDER BY at"]
    done = subprocess.run(
        [*command, "--map", "timestamp=at", "--json"],
        cwd=paths.CHECKOUT,
        env=os.environ | {PASSWORD: READER_PASSWORD, "ASSAY_HOME": str(assay_home)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["rows_in"], told["kept"], told["quarantined"]) == (EVENTS, 29_700, 300)
    assert READER_PASSWORD not in done.stdout + done.stderr
    about = Workspace.open(assay_home).about("log")
    assert READER in about.sources[0]
    assert about.arrivals is not None
    assert about.arrivals.event_types == {"purchase": 2_700, "view": 27_000}
    written = everything_written(assay_home)
    assert b"clicks" in written  # what is looked through is what was written
    assert READER_PASSWORD.encode() not in written


def test_a_job_imports_a_table_by_a_connections_name(
    server: Server,
    assay_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    wait_until: Callable[..., Any],
) -> None:
    address = server.address.replace(READER, f"{READER}:{quote(READER_PASSWORD, safe='')}")
    monkeypatch.setenv("LOG_DATABASE", address)
    workspace = Workspace.open(assay_home)
    sql = {"address": "env:LOG_DATABASE", "text": "clicks"}
    recipe = {"columns": {"timestamp": "at"}}
    job = workspace.submit("import", {"sql": sql, "name": "log", "recipe": recipe})
    wait_until(lambda: not workspace.job(job).live, seconds=120)
    assert workspace.job(job).state == "done", workspace.job_log(job)
    assert workspace.about("log").kept == 29_700
    assert workspace.about("log").sources == ("env:LOG_DATABASE: clicks",)
    assert READER_PASSWORD.encode() not in everything_written(assay_home)


def test_a_failed_import_keeps_the_password_to_itself(
    server: Server,
    assay_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    wait_until: Callable[..., Any],
) -> None:
    monkeypatch.setenv(PASSWORD, "a-wrong-password")
    workspace = Workspace.open(assay_home)
    sql = {"address": server.address, "text": "clicks"}
    job = workspace.submit("import", {"sql": sql, "name": "log"})
    wait_until(lambda: not workspace.job(job).live, seconds=120)
    found = workspace.job(job)
    assert found.state == "failed"
    assert found.error is not None
    assert "password" in found.error
    assert b"a-wrong-password" not in everything_written(assay_home)


def test_a_password_in_the_address_is_refused_and_not_repeated(assay_home: Path) -> None:
    command = [sys.executable, "-m", "pipelines.cli", "data", "import", "--name", "log"]
    command += ["--sql", "postgresql://reader:s3cret-word@127.0.0.1/x", "--query", "clicks"]
    done = subprocess.run(
        command,
        cwd=paths.CHECKOUT,
        env=os.environ | {"ASSAY_HOME": str(assay_home)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "s3cret-word" not in done.stderr + done.stdout
    assert b"s3cret-word" not in everything_written(assay_home)


def test_sqlite_gives_what_its_file_of_text_gives(tmp_path: Path, home: Path) -> None:
    rows = [(f"u{n % 7}", n % 5, 1_600_000_000 + n) for n in range(500)] + [(None, 3, 5)]
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("CREATE TABLE orders (user_id TEXT, item_id INTEGER, timestamp INTEGER)")
        database.executemany("INSERT INTO orders VALUES (?, ?, ?)", rows)
    database.close()
    query = Query(f"sqlite:///{tmp_path / 'shop.db'}", "orders")
    by_query = store.load(import_file(query, "a", home))
    text = "user_id,item_id,timestamp\n"
    text += "".join(f"{u or ''},{i},{t}\n" for u, i, t in rows)
    (tmp_path / "orders.csv").write_text(text)
    by_file = store.load(import_file(tmp_path / "orders.csv", "b", home))
    assert by_query.about.fingerprint == by_file.about.fingerprint
    assert (by_query.about.rows_in, by_query.about.quarantined) == (501, 1)


def test_a_query_without_rows_is_said(tmp_path: Path, home: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("CREATE TABLE orders (user_id TEXT, item_id TEXT)")
    database.close()
    with pytest.raises(AssayError, match="no rows"):
        import_file(Query(f"sqlite:///{tmp_path / 'shop.db'}", "orders"), "a", home)
