"""Reads the events of all sources: three threads split, type and collect the rows."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import TYPE_CHECKING

from pipelines.data import quarantine
from pipelines.data.importing import event_columns, events
from pipelines.data.importing.collecting import CollectedRows
from pipelines.data.importing.engine import read_ahead
from pipelines.data.importing.order_lines import OrderLines
from pipelines.data.importing.planning import Plan
from pipelines.data.recipe import Recipe
from pipelines.data.sources.batches import Batch, batches
from pipelines.data.sources.lines import Counts
from pipelines.runtime.progress import Progress, part

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def read_events(
    connection: duckdb.DuckDBPyConnection,
    planned: Plan,
    collected: CollectedRows,
    bad: quarantine.Quarantine,
    progress: Progress,
) -> Counts:
    """Read all sources into `collected`; the counts over all of them."""
    total = Counts()
    columns = event_columns.wanted(planned.recipe)
    n = len(planned.sources)
    for number, source in enumerate(planned.sources):
        counts = Counts()
        share = part(progress, number / n, (number + 1) / n)
        untyped = batches(connection.cursor(), source, columns, counts, share)
        # Closed before the connection is, whatever happens here.
        with closing(read_ahead(_typed(connection.cursor(), untyped, planned.recipe))) as typed:
            for batch, read in typed:
                if read["reason"].null_count < len(read):
                    wrong = read.filter(read["reason"].is_valid())
                    lines = wrong["line"].combine_chunks()
                    reasons = wrong["reason"].combine_chunks()
                    bad.add("events", source.name, lines, reasons, batch.raw(lines.to_numpy()))
                collected.add(read, source.name)
        total += counts
    return total


def _typed(
    connection: duckdb.DuckDBPyConnection,
    untyped: Generator[Batch, None, None],
    recipe: Recipe,
) -> Generator[tuple[Batch, pa.Table], None, None]:
    """Each batch and its events: while one is collected, the next is typed and a third is read.

    Each of the three runs on its own thread, so each has its own cursor.
    """
    lines = OrderLines(recipe)
    for batch in read_ahead(untyped):
        yield batch, events.read(connection, lines.filled(batch.rows), recipe)
