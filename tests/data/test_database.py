"""A table or query of a real SQLite file: types, order, guards and what is told when it fails."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.data.sources.database import Query, batches, describe
from pipelines.errors import AssayError

Ask = Callable[[str], Query]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """2,500 orders, a view on them, and a table with a name and values of all sorts."""
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE orders (id INTEGER, visitor TEXT, price REAL, at TEXT)")
        connection.executemany(
            "INSERT INTO orders VALUES (?, ?, ?, ?)",
            [(i, f"v{i % 7}", i / 4, "2024-01-01") for i in range(2500)],
        )
        connection.execute("CREATE VIEW pricey AS SELECT * FROM orders WHERE price > 600")
        connection.execute('CREATE TABLE "My order" ("line" TEXT, "select" ANY)')
        connection.executemany(
            'INSERT INTO "My order" VALUES (?, ?)',
            [("a", 1), ("b", "n/a"), ("c", None), ("d", b"\x01\xff"), ("e", 2.5)],
        )
    connection.close()
    return path


@pytest.fixture
def ask(file: Path) -> Ask:
    """`ask(text)`: a query of that file."""
    return lambda text: Query(f"sqlite:///{file}", text)


def read(query: Query, columns: list[str], rows: int = 1000) -> pa.Table:
    return pa.concat_tables(batches(query, columns, rows))


def refusal(query: Query) -> str:
    with pytest.raises(AssayError) as caught:
        list(batches(query, ["id"]))
    assert "\n" not in str(caught.value)
    with pytest.raises(AssayError) as described:
        describe(query)
    assert str(described.value) == str(caught.value)
    return str(caught.value)


def test_a_table_is_described_and_read_in_batches(ask):
    query = ask("orders")
    kinds = [("id", "integer"), ("visitor", "text"), ("price", "number"), ("at", "text")]
    assert describe(query) == kinds
    tables = list(batches(query, ["visitor", "price"], 1000))
    assert [len(table) for table in tables] == [1000, 1000, 500]
    whole = pa.concat_tables(tables)
    assert whole.schema == pa.schema({"line": pa.int64(), "c0": pa.string(), "c1": pa.float64()})
    assert whole.column("line").to_pylist() == list(range(1, 2501))
    assert whole.column("c0").to_pylist() == [f"v{i % 7}" for i in range(2500)]
    assert whole.column("c1").to_pylist() == [i / 4 for i in range(2500)]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT id FROM orders WHERE visitor LIKE 'v%' ORDER BY id DESC LIMIT 3",
        "-- the last\n/* three */ select id from orders order by id desc limit 3 ; \n",
        "WITH last AS (SELECT id FROM orders ORDER BY id DESC LIMIT 3) SELECT id FROM last -- so",
        "(SELECT id FROM orders WHERE id = 2499) UNION ALL SELECT 2498 AS id UNION ALL SELECT 2497",
    ],
)
def test_a_query_is_read_as_it_is_written_and_in_its_order(ask, text):
    if text.startswith("("):
        text = f"SELECT id FROM ({text.replace('(', '').replace(')', '')})"
    assert read(ask(text), ["id"]).column("c0").to_pylist() == [2499, 2498, 2497]


def test_views_and_names_in_any_case_are_tables_too(ask):
    assert len(read(ask("pricey"), ["id"])) == 99
    assert len(read(ask("main.ORDERS;"), ["id"])) == 2500


def test_values_of_several_kinds_in_a_column_arrive_as_text(ask):
    query = ask('"My order"')
    table = read(query, ["select", "line"])
    assert table.column("c0").to_pylist() == ["1", "n/a", None, "01ff", "2.5"]
    assert table.column("c1").to_pylist() == list("abcde")
    # A table alone knows its own values: its type may differ from the next one's.
    types = [table.schema.field("c0").type for table in batches(query, ["select"], 1)]
    assert types == [pa.int64(), pa.string(), pa.string(), pa.string(), pa.float64()]


@pytest.mark.parametrize(
    "text",
    [
        "DELETE FROM orders",
        "DROP TABLE orders",
        "PRAGMA user_version = 7",
        "ATTACH 'other.db' AS other",
        "SELECT 1 AS id; DELETE FROM orders",
        "SELECT ';' AS id",
        "/* SELECT */ DELETE FROM orders",
        "/*! SELECT */ SELECT 1 AS id",
        "orders where 1",
        "selection of orders",
        "",
        " ; ",
        "SELECT 1 AS id\0",
    ],
)
def test_only_a_select_or_a_table_is_taken(ask, text):
    assert any(word in refusal(ask(text)) for word in ("one statement", "SELECT"))


def test_what_starts_like_a_select_and_writes_is_refused_by_the_database(ask, file):
    text = "WITH gone AS (SELECT 1) DELETE FROM orders RETURNING id"
    before = file.read_bytes()
    assert "may only read" in refusal(ask(text))
    assert file.read_bytes() == before


def test_mistakes_are_one_sentence(ask, tmp_path, file):
    said = refusal(ask("order"))
    assert "no table or view 'order'; it has: " in said
    assert "pricey" in said and "orders" in said
    assert "no column 'id'; its columns are: n" in refusal_of_column(ask("SELECT 1 AS n"))
    assert "check the name of the column" in refusal(ask("SELECT missing FROM orders"))
    assert "check the name of the table" in refusal(ask("SELECT id FROM missing"))
    assert "more than one column named 'id'" in refusal(ask("SELECT id, price AS id FROM orders"))
    assert "syntax error" in refusal(ask("SELECT id FROM orders WHERE FROM"))
    text = tmp_path / "text.db"
    text.write_text("id,visitor\n" * 200)
    assert "use a SQLite file" in refusal(Query(f"sqlite:///{text}", "orders"))
    assert str(file) not in refusal(Query("postgresql://reader@127.0.0.1:1/shop", "orders"))


def refusal_of_column(query: Query) -> str:
    with pytest.raises(AssayError) as caught:
        list(batches(query, ["id"]))
    return str(caught.value)


def test_no_rows_are_no_tables(ask):
    assert list(batches(ask("SELECT id FROM orders WHERE 0"), ["id"])) == []
    assert describe(ask("SELECT id FROM orders WHERE 0")) == [("id", "text")]


def test_a_reader_that_stops_leaves_the_file_free(ask, file):
    reading = batches(ask("orders"), ["id"], 10)
    assert len(next(reading)) == 10
    reading.close()
    with sqlite3.connect(file, timeout=0) as connection:
        connection.execute("DELETE FROM orders")
    connection.close()


def test_a_column_may_be_asked_for_twice(ask):
    for text in ("orders", "SELECT * FROM orders"):
        table = read(ask(text), ["id", "visitor", "id"])
        assert table.column("c0") == table.column("c2")
