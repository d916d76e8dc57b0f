"""Plans an import: completes the recipe from column names and content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.data.importing import event_columns, first_look, proposals
from pipelines.data.importing.column_errors import ambiguity, listed, missing_column
from pipelines.data.importing.date_order import date_order
from pipelines.data.importing.engine import engine
from pipelines.data.importing.event_weights import default_weight
from pipelines.data.importing.mapping import Match
from pipelines.data.importing.names import OF_ITEMS
from pipelines.data.importing.time_formats import time_format
from pipelines.data.recipe import Recipe
from pipelines.data.sources import QuerySource, Source, describe_query, open_source
from pipelines.data.sources.splitting import quoted
from pipelines.errors import AssayError
from pipelines.schema import Columns as C

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from pipelines.data.sources.database import Query


@dataclass(frozen=True)
class Plan:
    """What an import will do, for the user to confirm.

    `recipe.columns` maps standard names to source columns. `ambiguous` holds the columns that
    fit a standard name equally well, `missing` the needed names without a column, `by_content`
    the names decided by content. `sample` holds the first rows under standard names (times in
    UTC); its column `problem` says why a row would not be kept. `event_types` counts the event
    types in the first rows. `fixed`: the recipe was used before and is not completed.
    """

    sources: tuple[Source | QuerySource, ...]
    recipe: Recipe
    ambiguous: dict[str, list[str]]
    missing: list[str]
    by_content: list[str]
    sample: pd.DataFrame
    event_types: dict[str, int]
    dates_unclear: bool = False
    """Whether it is unknown if 1/2/2026 is in January or February."""
    fixed: bool = False
    notes: tuple[str, ...] = ()
    """What was detected or proposed besides columns, one sentence each."""
    nested: tuple[str, ...] = ()
    """Columns of text that hold JSON."""
    times: str = ""
    """How times are written, with the first one as an example; empty if it is not known."""

    @property
    def columns(self) -> tuple[str, ...]:
        return self.sources[0].columns

    @property
    def weights(self) -> dict[str, float]:
        """The weight of each event type in the first rows: the recipe's, or the default."""
        column = self.recipe.columns.get(C.EVENT, "")
        default = {kind: default_weight(kind, column) for kind in sorted(self.event_types)}
        return default | self.recipe.weights

    def require_complete(self) -> None:
        """Raise `AssayError` if the user has to decide something first."""
        if self.ambiguous and C.USER not in self.missing:
            raise ambiguity(*next(iter(self.ambiguous.items())))
        if self.missing:
            source = self.sources[0]
            hidden = tuple(source.layout.hidden) if isinstance(source, Source) else ()
            name = source.name if isinstance(source, Source) else "the query"
            raise missing_column(self.missing, self.columns, name, hidden, self.nested)
        if self.dates_unclear:
            raise AssayError(
                f"The dates in {self.recipe.columns[C.TIME]!r} are ambiguous: 1/2/2026 may begin "
                "with the day or the month; add --day-first or --month-first."
            )


def opened(
    given: Path | Query | Sequence[Path], recipe: Recipe
) -> tuple[Source | QuerySource, ...]:
    """The sources of an import, with their columns."""
    paths = [given] if isinstance(given, Path) else given
    if not isinstance(paths, Sequence):
        return (describe_query(paths),)
    if not paths:
        raise AssayError("Name a file of events, or a database with --sql.")
    named = [*recipe.columns.values(), *recipe.keep]
    return tuple(open_source(path, recipe.reading, named) for path in paths)


def plan(
    given: Path | Query | Sequence[Path],
    recipe: Recipe | None = None,
    *,
    fixed: bool = False,
    rows: int = 10,
) -> Plan:
    """Plan how to read the sources, and propose what `recipe` does not set.

    In `recipe.columns`, "" leaves a standard column out. With `fixed`, the recipe is used as it
    is, because it was used before.
    """
    recipe = Recipe() if recipe is None else recipe
    sources = opened(given, recipe)
    notes = [note for s in sources if isinstance(s, Source) for note in s.notes]
    with engine() as connection:
        _check_zone(connection, recipe.times.zone)
        found, decided = first_look.matched(connection, sources[0], recipe.columns, fixed)
        done = recipe.model_copy(update={"columns": found.mapping, "keep": _kept(found, recipe)})
        unclear, first = False, ""
        if not fixed:
            heads = first_look.heads(connection, sources, done)
            semicolons = isinstance(sources[0], Source) and sources[0].separator == ";"
            proposal = proposals.proposed(heads, done, recipe, semicolons=semicolons)
            done, decided = proposal.recipe, [*decided, *proposal.by_content]
            notes += proposal.notes
            found = replace(found, missing=[s for s in found.missing if s not in done.columns])
            first = first_look.first_time(heads, done)
        if not fixed and C.TIME in done.columns and recipe.times.order is None:
            dates = date_order(connection, sources, done.columns[C.TIME])
            unclear, notes = dates.unclear, [*notes, *filter(None, [dates.note])]
            done = done.model_copy(
                update={"times": done.times.model_copy(update={"order": dates.order})}
            )
        for source in sources:
            _check_columns(source, done)
        sample, types = first_look.sample(connection, sources[0], done, rows)
        times = time_format(first, done.times)
    return Plan(
        sources, done, found.ambiguous, found.missing, decided, sample, types, unclear, fixed,
        tuple(notes), found.nested, times,
    )  # fmt: skip


def _kept(found: Match, recipe: Recipe) -> tuple[str, ...]:
    """The columns to keep under their own names, without those kept as standard columns."""
    standard = {
        name: column
        for name, column in found.mapping.items()
        if name not in (*event_columns.NOT_KEPT, *OF_ITEMS)
    }
    for name in recipe.keep:
        other = standard.get(name, name)
        if other != name:
            raise AssayError(
                f"The column {name!r} cannot be kept under its name, because {other[:60]!r} is "
                f"read as {name}; rename it, or map {name} to it."
            )
    return tuple(dict.fromkeys(name for name in recipe.keep if name not in standard))


def _check_zone(connection: duckdb.DuckDBPyConnection, zone: str) -> None:
    import duckdb

    moment = f"timezone({quoted(zone)}, TIMESTAMP '2020-01-01')"
    try:
        connection.execute(f"SELECT epoch({moment})").fetchall()
    except duckdb.Error as error:
        raise AssayError(
            f"There is no time zone {zone[:40]!r}; use a name such as Europe/Berlin."
        ) from error


def _check_columns(source: Source | QuerySource, recipe: Recipe) -> None:
    hidden = source.layout.hidden if isinstance(source, Source) else {}
    for column in event_columns.wanted(recipe):
        if column not in source.columns and column not in hidden:
            raise AssayError(
                f"There is no column {column[:60]!r} in {source.name!r}; it has "
                f"{listed(source.columns)}."
            )
