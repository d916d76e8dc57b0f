"""The figures of an import: what was kept and joined, and where it came from."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pipelines.data.dataset import TableCounts
from pipelines.data.importing.cleaning import CleanEvents
from pipelines.data.importing.collecting import CollectedRows
from pipelines.data.importing.planning import Plan
from pipelines.data.importing.tables import Table
from pipelines.data.recipe import Recipe
from pipelines.data.sources.lines import Counts
from pipelines.errors import AssayError
from pipelines.runtime.phrases import number_of
from pipelines.schema import Columns as C

if TYPE_CHECKING:
    import pandas as pd

A_DAY = 86_400


def check_any_kept(
    planned: Plan,
    collected: CollectedRows,
    records: int,
    reasons: dict[str, int],
    examples: dict[str, str],
) -> None:
    """Raise `AssayError` if no row can be used, or the recipe leaves all of them out."""
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


def check_sum(about: dict[str, object]) -> None:
    """Raise `RuntimeError` if rows were lost or counted twice."""
    parts = ("kept", "folded", "quarantined", "filtered")
    if sum(int(str(about[name])) for name in parts) != about["rows_in"]:
        counts = ", ".join(f"{about[name]} {name}" for name in parts)
        raise RuntimeError(f"rows do not add up: {about['rows_in']} in, {counts}")


def joined(table: Table, frame: pd.DataFrame, cleaned: CleanEvents) -> TableCounts:
    """How a table joins the kept events."""
    it = cleaned.interactions
    codes, ids = (it.item, cleaned.items) if table.key == C.ITEM else (it.user, cleaned.users)
    there = ids.ids[np.unique(codes)].tolist()
    return table.counts(frame[table.key].tolist(), there)


def future(cleaned: CleanEvents, recipe: Recipe) -> tuple[int, str]:
    """How many events are more than a day after now, and the latest day."""
    if C.TIME not in recipe.columns:
        return 0, ""
    times = cleaned.interactions.time
    later = times[times > time.time() + A_DAY]
    if not len(later):
        return 0, ""
    return len(later), dt.datetime.fromtimestamp(int(later.max()), dt.UTC).date().isoformat()


def origin(planned: Plan, counts: Counts, read: Sequence[Table | None]) -> str:
    """Where the rows came from, and how some of them were read, as one sentence."""
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
