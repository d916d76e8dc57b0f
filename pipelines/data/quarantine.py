"""Rows that cannot be used: kept with their line and the reason, never dropped silently."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.data.dataset import QUARANTINE

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

SCHEMA = '"table" VARCHAR, line BIGINT, reason VARCHAR, text VARCHAR'
"""`table` is events, items or users; `line` is physical, from 1; `text` is cut at 500."""


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the empty table `quarantine`."""
    connection.execute(f"CREATE TABLE quarantine ({SCHEMA})")


def add_from(connection: duckdb.DuckDBPyConnection, table: str, rows: str, reason: str) -> None:
    """Add the rows of the DuckDB table `rows` whose column `reason` is not null."""
    connection.execute(
        f"INSERT INTO quarantine SELECT ?, line, {reason}, text FROM {rows} "
        f"WHERE {reason} IS NOT NULL",
        [table],
    )


def write(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write `quarantine.parquet`, in the order of the tables and lines."""
    import pyarrow.parquet as pq

    ordered = 'SELECT * FROM quarantine ORDER BY "table", line'
    table = connection.sql(ordered).to_arrow_table()
    pq.write_table(table, folder / QUARANTINE, compression="zstd")


def by_reason(connection: duckdb.DuckDBPyConnection, table: str = "events") -> dict[str, int]:
    """How many rows of `table` are in quarantine, by reason, most first."""
    found = connection.execute(
        'SELECT reason, count(*) FROM quarantine WHERE "table" = ? '
        "GROUP BY reason ORDER BY count(*) DESC, reason",
        [table],
    ).fetchall()
    return {reason: int(n) for reason, n in found}


def read(folder: Path) -> pd.DataFrame:
    """The quarantine of the dataset in `folder`: table, line, reason, text."""
    import pandas as pd

    path = folder / QUARANTINE
    if not path.exists():
        return pd.DataFrame(columns=["table", "line", "reason", "text"])
    return pd.read_parquet(path)
