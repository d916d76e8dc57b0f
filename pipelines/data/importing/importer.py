"""Import: from files or a database to the folder of a dataset, complete or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.data import dataset as store
from pipelines.data import quarantine
from pipelines.data.assembly import finish, in_order
from pipelines.data.dataset import check_name
from pipelines.data.importing import import_figures
from pipelines.data.importing.cleaning import OUTLIERS, CleanEvents, clean
from pipelines.data.importing.collecting import CollectedRows
from pipelines.data.importing.engine import engine
from pipelines.data.importing.event_reading import read_events
from pipelines.data.importing.event_weights import default_weight
from pipelines.data.importing.planning import Plan
from pipelines.data.importing.table_opening import opened
from pipelines.data.importing.tables import Kind, Table
from pipelines.data.recipe import Recipe
from pipelines.runtime import memory
from pipelines.runtime.folders import new_folder
from pipelines.runtime.phrases import number_of
from pipelines.runtime.progress import Progress, part, silent
from pipelines.schema import Columns as C

if TYPE_CHECKING:
    import pandas as pd

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
            counts = read_events(connection, planned, collected, bad, part(progress, 0, 0.7))
        reasons = bad.by_reason()
        import_figures.check_any_kept(planned, collected, counts.records, reasons, bad.examples())
        progress(0.7, "Sorting the events")
        about = {
            "name": name,
            "origin": import_figures.origin(planned, counts, read_tables),
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
        joined = tuple(import_figures.joined(table, frame, cleaned)
                       for table, frame in zip(read_tables, frames, strict=True)
                       if table is not None and frame is not None)  # fmt: skip
        about["arrivals"] = collected.import_counts(
            reasons, bad.examples(), joined, import_figures.future(cleaned, planned.recipe)
        )
        kept = len(cleaned.interactions)
        dropped = sum(s.rows_in - s.rows_out for s in cleaned.steps if s.name == OUTLIERS)
        about |= {
            "kept": kept,
            "folded": collected.kept - kept - dropped,
            "filtered": sum(collected.left_out.values()) + dropped,
            "steps": tuple(steps),
        }
        import_figures.check_sum(about)
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
