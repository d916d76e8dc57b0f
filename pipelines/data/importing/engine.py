"""DuckDB with the settings of imports, and helpers that work on several threads."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import duckdb

T = TypeVar("T")


@contextmanager
def engine(folder: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory DuckDB in UTC, without network extensions; spills to disk in `folder`."""
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "TimeZone": "UTC",
    }
    if folder is not None:
        config["temp_directory"] = str(folder / "spill")
    with duckdb.connect(":memory:", config=config) as connection:
        # In a notebook without ipywidgets it is off, and DuckDB refuses to hear of it.
        ((shown,),) = connection.execute("SELECT current_setting('enable_progress_bar')").fetchall()
        if shown:
            connection.execute("SET enable_progress_bar = false")
        yield connection


def at_once(*work: Callable[[], T]) -> list[T]:
    """Run the calls in parallel, one thread each; their results in order."""
    with ThreadPoolExecutor(len(work)) as threads:
        return [done.result() for done in [threads.submit(call) for call in work]]


def read_ahead(values: Generator[T, None, None]) -> Generator[T, None, None]:
    """The same values; a thread computes the next one while the caller uses the last."""
    end = object()
    try:
        with ThreadPoolExecutor(1) as thread:
            coming = thread.submit(next, values, end)
            while (value := coming.result()) is not end:
                coming = thread.submit(next, values, end)
                yield value  # type: ignore[misc]
    finally:
        values.close()
