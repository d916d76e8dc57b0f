"""From a team's files to a dataset in the workspace: all of it accounted for, or nothing."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.data import dataset as store
from pipelines.data import quarantine
from pipelines.data.assembly import finish, in_order
from pipelines.data.importing import events, tables
from pipelines.data.importing.engine import ahead, engine
from pipelines.data.importing.event_weights import usual_weight
from pipelines.data.importing.gathering import Gathered
from pipelines.data.importing.planning import Plan, plan
from pipelines.data.importing.settling import OUTLIERS, Settled, settle
from pipelines.data.importing.tables import Table
from pipelines.data.landing import check_name, next_version
from pipelines.data.recipe import Recipe
from pipelines.data.sources.batches import Batch, batches
from pipelines.data.sources.lines import Counts
from pipelines.errors import AssayError
from pipelines.runtime.progress import Progress, part, silent
from pipelines.schema import Columns as C

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa

    from pipelines.data.sources.database import Query


def import_events(
    given: Path | Query | Sequence[Path],
    name: str,
    home_folder: Path,
    *,
    recipe: Recipe | None = None,
    fixed: bool = False,
    items: Path | None = None,
    users: Path | None = None,
    progress: Progress = silent,
) -> Path:
    """Import events as the next version of the dataset `name`.

    Returns its finished folder `<home_folder>/<name>/<version>`, which also holds
    `quarantine.parquet`. What `recipe` leaves open is proposed by names and content, unless it
    is `fixed`. `items` and `users` are tables joined by id. Errors: an `AssayError`, and then
    nothing is written.
    """
    check_name(name)
    # The small tables first: a mistake in them should not wait for the large one.
    planned = plan(given, recipe, fixed=fixed).settled()
    item_table = None if items is None else tables.opened(items, "items", planned.recipe)
    user_table = None if users is None else tables.opened(users, "users", planned.recipe)
    home_folder.mkdir(parents=True, exist_ok=True)
    with next_version(home_folder, name) as (incoming, final), engine(incoming) as connection:
        with quarantine.opened(incoming) as bad:
            frames = [
                None if table is None else table.read(connection, bad)
                for table in (item_table, user_table)
            ]
            gathered = Gathered(planned.recipe)
            counts = _read(connection, planned, gathered, bad, part(progress, 0, 0.7))
        reasons = bad.by_reason()
        _check_any_kept(planned, gathered, counts.records, reasons)
        progress(0.7, "Sorting the events")
        about = {
            "name": name,
            "version": int(final.name),
            "origin": _origin(planned, counts, [item_table, user_table]),
            "rows_in": counts.records,
            "quarantined": sum(reasons.values()),
            "mapping": planned.recipe.columns,
            "recipe": _completed(planned.recipe, gathered, [item_table, user_table], fixed),
            "sources": tuple(source.name for source in planned.sources),
            "arrivals": gathered.arrivals(reasons),
            "seen": planned.recipe.seen,
        }
        steps = gathered.steps(counts.records)
        item_frame, user_frame = frames
        more_items = [] if item_frame is None else item_frame[C.ITEM].tolist()
        settled = settle(gathered, more_items)
        steps += settled.steps
        kept = len(settled.interactions)
        dropped = sum(s.rows_in - s.rows_out for s in settled.steps if s.name == OUTLIERS)
        about |= {
            "kept": kept,
            "folded": gathered.kept - kept - dropped,
            "filtered": sum(gathered.left_out.values()) + dropped,
            "steps": tuple(steps),
        }
        _check_sum(about)
        progress(0.85, "Writing the dataset")
        dataset = finish(
            about,
            settled.interactions,
            _items(settled, item_frame),
            _users(settled, user_frame),
            settled.context,
        )
        store.save(dataset, incoming, settled.context)
    progress(1.0, f"{kept:,} events kept")
    return final


def _read(
    connection: duckdb.DuckDBPyConnection,
    planned: Plan,
    gathered: Gathered,
    bad: quarantine.Quarantine,
    progress: Progress,
) -> Counts:
    """Read all sources; the counts of all of them."""
    total = Counts()
    columns = events.wanted(planned.recipe)
    n = len(planned.sources)
    for number, source in enumerate(planned.sources):
        counts = Counts()
        mine = part(progress, number / n, (number + 1) / n)
        arriving = batches(connection.cursor(), source, columns, counts, mine)
        # Closed before the connection is, whatever happens here.
        with closing(ahead(_typed(connection.cursor(), arriving, planned.recipe))) as typed:
            for batch, read in typed:
                if read["reason"].null_count < len(read):
                    wrong = read.filter(read["reason"].is_valid())
                    lines = wrong["line"].combine_chunks()
                    reasons = wrong["reason"].combine_chunks()
                    bad.add("events", source.name, lines, reasons, batch.raw(lines.to_numpy()))
                gathered.add(read)
        total += counts
    return total


def _typed(
    connection: duckdb.DuckDBPyConnection,
    arriving: Generator[Batch, None, None],
    recipe: Recipe,
) -> Generator[tuple[Batch, pa.Table], None, None]:
    """Each batch and its events: while one is gathered, the next is typed and a third is cut.

    Each of the three works on a thread of its own, so each has a cursor of its own.
    """
    for batch in ahead(arriving):
        yield batch, events.read(connection, batch.rows, recipe)


def _check_any_kept(
    planned: Plan, gathered: Gathered, records: int, reasons: dict[str, int]
) -> None:
    name = " and ".join(repr(source.name) for source in planned.sources[:3])
    if records == 0:
        raise AssayError(f"{name} has a header and no rows; export it again with its rows.")
    if sum(reasons.values()) == records:
        reason, n = next(iter(reasons.items()))
        raise AssayError(
            f"None of the {records:,} rows of {name} can be used, {n:,} of them because: "
            f"{reason}; look at the file, or map other columns by --map."
        )
    if gathered.kept == 0:
        step, n = gathered.left_out.most_common(1)[0]
        raise AssayError(
            f"No row of {name} is left: the recipe leaves out {n:,} of {records:,} as "
            f"{step}; give other weights, or another lowest weight."
        )


def _completed(
    recipe: Recipe, gathered: Gathered, read: Sequence[Table | None], fixed: bool
) -> Recipe:
    """The recipe with what only a whole reading tells: all types' weights, the tables' columns."""
    if fixed:
        return recipe
    weights = {kind: usual_weight(kind) for kind in sorted(gathered.types)} | recipe.weights
    counting = [kind for kind in gathered.types if weights[kind] > 0]
    if len(counting) == 1 and not recipe.weights:
        # Where all events are views, a view is what there is, and counts in full.
        gathered.weight.scale(1 / weights[counting[0]])
        weights[counting[0]] = 1.0
    found = {f"{t.table[:-1]}_columns": t.columns for t in read if t is not None}
    return recipe.model_copy(update={"weights": weights, **found})


def _check_sum(about: dict[str, object]) -> None:
    parts = ("kept", "folded", "quarantined", "filtered")
    if sum(int(str(about[name])) for name in parts) != about["rows_in"]:
        told = ", ".join(f"{about[name]} {name}" for name in parts)
        raise RuntimeError(f"rows do not add up: {about['rows_in']} in, {told}")


def _items(settled: Settled, table: pd.DataFrame | None) -> pd.DataFrame:
    """The items' table in the codes' order; what the events say fills what it does not."""
    frame = settled.item_frame
    if table is None:
        return frame
    ordered = in_order(table, C.ITEM, settled.items)
    for column in frame.columns[1:]:
        if column in ordered:
            ordered[column] = ordered[column].where(ordered[column].notna(), frame[column])
        else:
            ordered[column] = frame[column]
    return ordered


def _users(settled: Settled, table: pd.DataFrame | None) -> pd.DataFrame:
    import pandas as pd

    if table is None:
        return pd.DataFrame({C.USER: pd.Series(settled.users.ids, dtype="str")})
    return in_order(table, C.USER, settled.users)


def _origin(planned: Plan, counts: Counts, read: Sequence[Table | None]) -> str:
    said = [f"Imported from {', '.join(source.name for source in planned.sources)}"]
    if counts.stray_quotes:
        said.append(
            f"lines with an unmatched quote mark, read as plain text: {counts.stray_quotes:,}"
        )
    if counts.recoded:
        said.append(f"lines that were not UTF-8, read as Windows-1252: {counts.recoded:,}")
    said += [note for table in read if table is not None for note in table.notes]
    return "; ".join(said) + "."
