"""Import: from files or a database to the folder of a dataset, complete or not at all."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipelines.data import dataset as store
from pipelines.data import quarantine
from pipelines.data.assembly import finish, in_order
from pipelines.data.dataset import TableCounts, check_name
from pipelines.data.importing import events
from pipelines.data.importing.cleaning import OUTLIERS, CleanEvents, clean
from pipelines.data.importing.collecting import CollectedRows
from pipelines.data.importing.engine import engine, read_ahead
from pipelines.data.importing.event_weights import default_weight
from pipelines.data.importing.order_lines import OrderLines
from pipelines.data.importing.planning import Plan
from pipelines.data.importing.table_opening import opened
from pipelines.data.importing.tables import Kind, Table
from pipelines.data.recipe import Recipe
from pipelines.data.sources.batches import Batch, batches
from pipelines.data.sources.lines import Counts
from pipelines.errors import AssayError
from pipelines.runtime import memory
from pipelines.runtime.folders import new_folder
from pipelines.runtime.phrases import number_of
from pipelines.runtime.progress import Progress, part, silent
from pipelines.schema import Columns as C

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa

A_DAY = 86_400
ITEMS: Kind = "items"
USERS: Kind = "users"


def import_events(
    planned: Plan,
    name: str,
    folder: Path,
    *,
    items: Path | None = None,
    users: Path | None = None,
    progress: Progress = silent,
) -> Path:
    """Import events as `planned` into a new `folder`, as version 1 of the dataset `name`.

    The folder also holds `quarantine.parquet`. `items` and `users` are tables joined by id.
    Returns `folder`. Raises `AssayError`, and then writes nothing.
    """
    check_name(name)
    planned.require_complete()
    with memory.bounded(f"The import of {name}"):
        kept = _import(planned, name, folder, items, users, progress)
    progress(1.0, f"{number_of(kept, 'event')} kept")
    return folder


def _import(
    planned: Plan,
    name: str,
    folder: Path,
    items: Path | None,
    users: Path | None,
    progress: Progress,
) -> int:
    """Import into a new `folder`; the number of events kept."""
    # The small tables come first, so that an error in them is found before the large one is read.
    read_tables = [
        None if path is None else _opened(path, table, planned.recipe)
        for path, table in ((items, ITEMS), (users, USERS))
    ]
    with new_folder(folder) as incoming, engine(incoming) as connection:
        with quarantine.opened(incoming) as bad:
            frames = [
                None if table is None else table.read(connection, bad) for table in read_tables
            ]
            collected = CollectedRows(planned.recipe)
            counts = _read(connection, planned, collected, bad, part(progress, 0, 0.7))
        reasons = bad.by_reason()
        _check_any_kept(planned, collected, counts.records, reasons, bad.examples())
        progress(0.7, "Sorting the events")
        about = {
            "name": name,
            "origin": _origin(planned, counts, read_tables),
            "rows_in": counts.records,
            "quarantined": sum(reasons.values()),
            "mapping": planned.recipe.columns,
            "recipe": _completed(planned, collected, read_tables),
            "sources": tuple(source.name for source in planned.sources),
            "seen": planned.recipe.seen,
        }
        steps = collected.steps(counts.records)
        item_frame, user_frame = frames
        more_items = [] if item_frame is None else item_frame[C.ITEM].tolist()
        cleaned = clean(collected, more_items)
        steps += cleaned.steps
        joined = tuple(_joined(table, frame, cleaned)
                       for table, frame in zip(read_tables, frames, strict=True)
                       if table is not None and frame is not None)  # fmt: skip
        about["arrivals"] = collected.import_counts(
            reasons, bad.examples(), joined, _future(cleaned, planned.recipe)
        )
        kept = len(cleaned.interactions)
        dropped = sum(s.rows_in - s.rows_out for s in cleaned.steps if s.name == OUTLIERS)
        about |= {
            "kept": kept,
            "folded": collected.kept - kept - dropped,
            "filtered": sum(collected.left_out.values()) + dropped,
            "steps": tuple(steps),
        }
        _check_sum(about)
        progress(0.85, "Writing the dataset")
        dataset = finish(
            about,
            cleaned.interactions,
            _items(cleaned, item_frame),
            _users(cleaned, user_frame),
            cleaned.context,
        )
        store.save(dataset, incoming, cleaned.context)
    return kept


def _opened(path: Path, table: Kind, recipe: Recipe) -> Table:
    found = opened(path, table, recipe)
    found.require_complete()
    return found


def _read(
    connection: duckdb.DuckDBPyConnection,
    planned: Plan,
    collected: CollectedRows,
    bad: quarantine.Quarantine,
    progress: Progress,
) -> Counts:
    """Read all sources into `collected`; the counts over all of them."""
    total = Counts()
    columns = events.wanted(planned.recipe)
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


def _check_any_kept(
    planned: Plan,
    collected: CollectedRows,
    records: int,
    reasons: dict[str, int],
    examples: dict[str, str],
) -> None:
    name = " and ".join(repr(source.name) for source in planned.sources[:3])
    if records == 0:
        raise AssayError(f"{name} has a header but no rows; export it again with its rows.")
    if sum(reasons.values()) == records:
        reason, n = next(iter(reasons.items()))
        raise AssayError(
            f"No row of {name} can be used ({number_of(records, 'row')}); the main reason, for "
            f"{n:,}: {reason} ({examples[reason]}); check the file, or map other columns "
            "with --map."
        )
    if collected.kept == 0:
        step, n = collected.left_out.most_common(1)[0]
        raise AssayError(
            f"No row of {name} is left: the recipe leaves out {n:,} of "
            f"{number_of(records, 'row')} ({step}); change the event weights or the minimum weight."
        )


def _completed(planned: Plan, collected: CollectedRows, read: Sequence[Table | None]) -> Recipe:
    """The recipe with the weights of all event types met, and the columns of the tables."""
    recipe = planned.recipe
    if planned.fixed:
        return recipe
    column = recipe.columns.get(C.EVENT, "")
    weights = {kind: default_weight(kind, column) for kind in sorted(collected.types)}
    weights |= recipe.weights
    counting = [kind for kind in collected.types if weights[kind] > 0]
    if len(counting) == 1 and not recipe.weights:
        # If all events are views, a view counts in full.
        collected.weight.scale(1 / weights[counting[0]])
        weights[counting[0]] = 1.0
    found = {f"{t.table[:-1]}_columns": t.choices for t in read if t is not None}
    return recipe.model_copy(update={"weights": weights, **found})


def _check_sum(about: dict[str, object]) -> None:
    parts = ("kept", "folded", "quarantined", "filtered")
    if sum(int(str(about[name])) for name in parts) != about["rows_in"]:
        counts = ", ".join(f"{about[name]} {name}" for name in parts)
        raise RuntimeError(f"rows do not add up: {about['rows_in']} in, {counts}")


def _items(cleaned: CleanEvents, table: pd.DataFrame | None) -> pd.DataFrame:
    """The table of items in code order; values from the events fill its gaps."""
    frame = cleaned.item_frame
    if table is None:
        return frame
    ordered = in_order(table, C.ITEM, cleaned.items)
    for column in frame.columns[1:]:
        if column in ordered:
            ordered[column] = ordered[column].where(ordered[column].notna(), frame[column])
        else:
            ordered[column] = frame[column]
    return ordered


def _users(cleaned: CleanEvents, table: pd.DataFrame | None) -> pd.DataFrame:
    import pandas as pd

    if table is None:
        return pd.DataFrame({C.USER: pd.Series(cleaned.users.ids, dtype="str")})
    return in_order(table, C.USER, cleaned.users)


def _joined(table: Table, frame: pd.DataFrame, cleaned: CleanEvents) -> TableCounts:
    """How a table joins the kept events."""
    it = cleaned.interactions
    codes, ids = (it.item, cleaned.items) if table.key == C.ITEM else (it.user, cleaned.users)
    there = ids.ids[np.unique(codes)].tolist()
    return table.counts(frame[table.key].tolist(), there)


def _future(cleaned: CleanEvents, recipe: Recipe) -> tuple[int, str]:
    """How many events are more than a day after now, and the latest day."""
    if C.TIME not in recipe.columns:
        return 0, ""
    times = cleaned.interactions.time
    later = times[times > time.time() + A_DAY]
    if not len(later):
        return 0, ""
    return len(later), dt.datetime.fromtimestamp(int(later.max()), dt.UTC).date().isoformat()


def _origin(planned: Plan, counts: Counts, read: Sequence[Table | None]) -> str:
    notes = [f"Imported from {', '.join(source.name for source in planned.sources)}"]
    if counts.stray_quotes:
        notes.append(
            f"lines with an unmatched quote mark, read as plain text: {counts.stray_quotes:,}"
        )
    if counts.recoded:
        notes.append(f"lines that were not UTF-8, read as Windows-1252: {counts.recoded:,}")
    notes += [
        f"rows of {table.source.name} that repeat an id and are ignored: {table.repeated:,}"
        for table in read
        if table is not None and table.repeated
    ]
    return "; ".join(notes) + "."
