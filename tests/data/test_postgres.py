"""A real PostgreSQL: types, streaming, the read-only guard, and the password nowhere."""

from __future__ import annotations

import datetime as dt
import logging
import os
import socket
import subprocess
import sys
import threading
import traceback
from urllib.parse import quote

import pyarrow as pa
import pytest

from pipelines.data.sources import postgres as copying
from pipelines.data.sources.connections import PASSWORD
from pipelines.data.sources.database import Query, batches, describe
from pipelines.errors import AssayError
from tests.postgres import OWNER, OWNER_PASSWORD, READER, READER_PASSWORD, Server

MANY, FEW = 600_000, 100_000
TYPES = {
    "small": "smallint", "big": "bigint", "share": "double precision", "price": "numeric(20,4)",
    "name": "text", "code": "varchar(20)", "open": "boolean", "day": "date",
    "local": "timestamp", "at": "timestamptz", "key": "uuid", "raw": "bytea", "extra": "jsonb",
    "tags": "text[]",
}  # fmt: skip


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader's password where a person would put it."""
    monkeypatch.setenv(PASSWORD, READER_PASSWORD)


@pytest.fixture(scope="module")
def server(postgres: Server) -> Server:
    """The server with a shop's tables."""
    columns = ", ".join(f"{name} {kind}" for name, kind in TYPES.items())
    postgres.run(
        f"CREATE TABLE of_types ({columns})",
        """INSERT INTO of_types VALUES
        (-1, 9007199254740993, 0.1, 0.10, E'a,"b"\\n\\\\c', '', true, '2024-01-02',
         '2024-01-02 03:04:05.678', '2024-01-02 03:04:05+02',
         '12345678-1234-5678-1234-567812345678', '\\x00ff', '{"a": [1, null]}', '{a,"b,c"}')""",
        "INSERT INTO of_types (name) VALUES (NULL)",
        "CREATE TABLE visits AS SELECT g AS id, 'visitor ' || g % 9973 AS visitor, "
        f"'2024-01-01Z'::timestamptz + g * interval '1 s' AS at FROM generate_series(1, {MANY}) g",
        "CREATE SCHEMA shop",
        f"GRANT USAGE ON SCHEMA shop TO {READER}",
        'CREATE TABLE shop."Orders" (id int, "user" text)',
        """INSERT INTO shop."Orders" VALUES (1, 'a'), (2, NULL), (3, '')""",
        f'GRANT SELECT, DELETE ON shop."Orders" TO {READER}',
        "CREATE TABLE hidden (id int)",
        f"REVOKE ALL ON hidden FROM {READER}",
    )
    return postgres


def refusal(query: Query) -> str:
    """The sentence; not even its traceback holds the password."""
    with pytest.raises(AssayError) as caught:
        list(batches(query, ["id"]))
    whole = "".join(traceback.format_exception(caught.value))
    assert not [form for form in forms(READER_PASSWORD) if form in whole]
    assert "\n" not in str(caught.value)
    return str(caught.value)


def forms(password: str) -> set[str]:
    return {password, quote(password, ""), quote(password, " +"), repr(password)[1:-1], "s3cret"}


def test_every_type_arrives_as_itself(server):
    query = Query(server.address, "of_types")
    kinds = dict(describe(query))
    assert list(kinds) == list(TYPES)
    assert [kinds[name] for name in ("big", "price", "name", "open", "day", "local", "at")] == [
        "integer", "number", "text", "boolean", "date", "time", "time"
    ]  # fmt: skip
    (table,) = batches(query, list(TYPES))
    row, empty = table.rename_columns(["line", *TYPES]).to_pylist()
    assert row == {
        "line": 1, "small": -1, "big": 9007199254740993, "share": 0.1, "price": "0.1000",
        "name": 'a,"b"\n\\c', "code": "", "open": True, "day": dt.date(2024, 1, 2),
        "local": dt.datetime(2024, 1, 2, 3, 4, 5, 678000),
        "at": dt.datetime(2024, 1, 2, 1, 4, 5, tzinfo=dt.UTC),
        "key": "12345678-1234-5678-1234-567812345678", "raw": "00ff",
        "extra": '{"a": [1, null]}', "tags": '["a", "b,c"]',
    }  # fmt: skip
    assert empty == dict.fromkeys(TYPES) | {"line": 2}
    assert table.schema.field("c9").type == pa.timestamp("us", "UTC")


def test_a_time_that_arrow_cannot_hold_leaves_its_column_as_text(server):
    text = "SELECT 1 AS id, timestamp 'infinity' AS at UNION ALL SELECT 2, '50000-01-01'"
    (table,) = batches(Query(server.address, text), ["at"])
    assert table.column("c0").to_pylist() == ["infinity", "50000-01-01 00:00:00"]


def test_null_and_empty_text_are_told_apart_also_in_a_single_column(server):
    for text in ('shop."Orders"', 'SELECT "user" FROM shop."Orders" WHERE true -- 50%'):
        (table,) = batches(Query(server.address, text), ["user"])
        assert table.column("c0").to_pylist() == ["a", None, ""]


def test_rows_arrive_in_the_order_and_the_batches_asked_for(server):
    text = "SELECT id, visitor FROM visits WHERE visitor LIKE 'v%' ORDER BY id DESC LIMIT 2500"
    tables = list(batches(Query(server.address, text), ["id"], 1000))
    assert [len(table) for table in tables] == [1000, 1000, 500]
    whole = pa.concat_tables(tables)
    assert whole.column("line").to_pylist() == list(range(1, 2501))
    assert whole.column("c0").to_pylist() == list(range(MANY, MANY - 2500, -1))


CHILD = """
import sys
from pipelines.data.sources.database import Query, batches
def peak():  # of this process alone: ru_maxrss would start at its parent's
    status = open("/proc/self/status").read()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024
start, n = 0.0, 0
for table in batches(Query(sys.argv[1], sys.argv[2]), ["id", "visitor", "at"], 25_000):
    start = start or peak()
    n += len(table)
print(n, peak() - start)
"""


def test_memory_does_not_grow_with_the_rows(server):
    """Megabytes above the first batch: a plain execute of 600,000 rows takes 140."""
    grown = {}
    for limit in (FEW, MANY):
        child = subprocess.run(
            [sys.executable, "-c", CHILD, server.address, f"SELECT * FROM visits LIMIT {limit}"],
            capture_output=True, text=True, check=False, env=dict(os.environ),
        )  # fmt: skip
        assert child.returncode == 0, child.stderr
        n, grown[limit] = map(float, child.stdout.split())
        assert n == limit
    assert grown[MANY] < 60
    assert grown[MANY] < grown[FEW] + 30


@pytest.mark.parametrize(
    "text",
    [
        'WITH gone AS (DELETE FROM shop."Orders" RETURNING *) SELECT * FROM gone',
        'WITH gone AS (SELECT 1) DELETE FROM shop."Orders" RETURNING id',
        'SELECT id FROM shop."Orders" FOR UPDATE',
        'SELECT id INTO copied FROM shop."Orders"',
        "SELECT nextval('numbers') AS id",
        "SELECT set_config('transaction_read_only', 'off', false) AS id",
        "SELECT 1 AS id) TO PROGRAM 'touch /tmp/assay' WITH (FORMAT csv --",
    ],
)
def test_nothing_is_written_even_by_the_owner(server, monkeypatch, text):
    server.run("CREATE SEQUENCE IF NOT EXISTS numbers")
    monkeypatch.setenv(PASSWORD, OWNER_PASSWORD)
    for user in (OWNER, READER):
        monkeypatch.setenv(PASSWORD, OWNER_PASSWORD if user == OWNER else READER_PASSWORD)
        query = Query(server.address.replace(READER, user), text)
        assert "The database postgresql+pg8000://" in refusal(query)
    (table,) = batches(Query(server.address, 'shop."Orders"'), ["id"])
    assert len(table) == 3


def test_mistakes_are_one_sentence(server):
    def told(text: str, address: str = server.address) -> str:
        return refusal(Query(address, text))

    assert "no table or view 'nothing'; it has: of_types, visits" in told("nothing").replace(
        "hidden, ", ""
    )
    assert "check the name of the table" in told("SELECT id FROM nothing")
    assert "check the name of the column" in told("SELECT nothing FROM visits")
    assert "let this user SELECT" in told("SELECT id FROM hidden")
    assert "correct the query" in told("SELECT id FROM")
    assert "division by zero" in told("SELECT 1 / (id - 100000) AS id FROM visits")
    server.run(f"ALTER ROLE {READER} SET statement_timeout = '100ms'")
    assert "statement_timeout" in told("SELECT pg_sleep(60), 1 AS id")
    server.run(f"ALTER ROLE {READER} RESET statement_timeout")
    assert "no column 'id'; its columns are: visitor" in told("SELECT visitor FROM visits")
    assert "name of the database" in told("visits", server.address.replace("/postgres", "/none"))
    assert "option after the ?" in told("visits", server.address + "?colour=green")
    assert "does not support encryption" in told("visits", server.address + "?sslmode=require")
    assert "unknown sslmode" in told("visits", server.address + "?sslmode=perhaps")


def test_a_wrong_or_missing_password_is_told_without_it(server, monkeypatch):
    monkeypatch.setenv(PASSWORD, READER_PASSWORD + "!")
    query = Query(server.address, "visits")
    assert PASSWORD in (said := refusal(query))
    assert "password authentication failed" in said
    monkeypatch.delenv(PASSWORD)
    assert PASSWORD in refusal(query)


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"N\0\0", None])
def test_what_is_no_postgresql_is_told(monkeypatch, answer):
    monkeypatch.setattr(copying, "CONNECT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def talk() -> None:
            with listening.accept()[0] as caller:
                caller.sendall(answer)

        if answer is not None:  # else it listens and keeps silent
            threading.Thread(target=talk).start()
        query = Query(f"postgresql://{READER}@127.0.0.1:{listening.getsockname()[1]}/a", "visits")
        refusal(query)
    assert "no server responds" in refusal(query)


def test_a_connection_lost_in_the_middle_is_told(server):
    reading = batches(Query(server.address, "visits"), ["id"], 1000)
    assert len(next(reading)) == 1000
    server.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{READER}'")
    with pytest.raises(AssayError, match="connection"):
        list(reading)


def test_a_reader_that_stops_ends_its_query(server, wait_until):
    reading = batches(Query(server.address, "visits"), ["id"], 1000)
    next(reading)
    reading.close()

    def gone() -> bool:
        with server.owner() as owner:
            found = owner.run(f"SELECT 1 FROM pg_stat_activity WHERE usename = '{READER}'")
        return not found

    wait_until(gone)


def test_connections_by_name_and_the_password_in_no_log(
    server, monkeypatch, tmp_path, caplog, capfd
):
    url = server.address.replace(READER, f"{READER}:{quote(READER_PASSWORD, '')}")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SHOP_URL", url)
    monkeypatch.delenv(PASSWORD)
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text(f'[connections.shop]\nurl = "{url}"\n')
    caplog.set_level(logging.DEBUG)
    for address in ("env:SHOP_URL", "secrets:shop"):
        query = Query(address, 'shop."Orders"')
        assert [len(table) for table in batches(query, ["id"])] == [3]
        refusal(Query(address, "SELECT id FROM nothing"))
        assert not [form for form in forms(READER_PASSWORD) if form in repr(query)]
    out, err = capfd.readouterr()
    assert not [form for form in forms(READER_PASSWORD) if form in caplog.text + out + err]


def test_a_column_may_be_asked_for_twice(server):
    for text in ('shop."Orders"', 'SELECT id, "user" FROM shop."Orders"'):
        (table,) = batches(Query(server.address, text), ["user", "id", "user"])
        assert table.column("c0").to_pylist() == table.column("c2").to_pylist() == ["a", None, ""]
        assert table.column("c1").to_pylist() == [1, 2, 3]
