"""Opens a table of items or users: how its text is read, and what its columns are."""

from __future__ import annotations

from pathlib import Path

from pipelines.data.importing import mapping
from pipelines.data.importing.names import ITEM_NAMES, USER_NAMES
from pipelines.data.importing.tables import Kind, Table
from pipelines.data.recipe import Reading, Recipe
from pipelines.data.sources import open_source, sniffing
from pipelines.schema import Columns as C

NAMES = {"items": ITEM_NAMES, "users": USER_NAMES}
"""The standard names of each table, and how exports call them."""


def opened(path: Path, table: Kind, recipe: Recipe) -> Table:
    """Open a table, and propose what the recipe does not say of its columns.

    If no column is recognized as the id, the name used in the events counts.
    """
    names, key = NAMES[table], C.ITEM if table == "items" else C.USER
    given = dict(recipe.item_columns if table == "items" else recipe.user_columns)
    reading = _reading(path, recipe.items_reading if table == "items" else recipe.users_reading,
                       recipe)  # fmt: skip
    source = open_source(path, reading, [column for column in given.values() if column])
    option = f"--{table}-map"
    found = mapping.match(source.columns, given, names=names, need=(key,), option=option)
    same = recipe.columns[key]
    if same in source.columns and key not in given:
        # The events' own column joins better than one of the further names.
        known = mapping.known(found.mapping.get(key, ""), key, names)
        if key in found.missing or key in found.ambiguous or not known:
            given[key] = same
            found = mapping.match(source.columns, given, names=names, need=(key,), option=option)
    left_out = tuple(name for name, column in given.items() if not column)
    dropped = tuple(
        name
        for name in names
        if name in source.columns and (found.mapping.get(name, name) != name or name in left_out)
        and name not in found.mapping.values()
    )  # fmt: skip
    return Table(table, source, found, recipe, reading, left_out, dropped)


def _reading(path: Path, own: Reading | None, recipe: Recipe) -> Reading:
    """How a table is read: as its own reading says, else as the events where that fits.

    Separator and header are those of a file, so they are detected; so is an encoding that the
    file itself shows.
    """
    if own is not None:
        return own
    of_events = recipe.reading
    shared: dict[str, object] = {"quote": of_events.quote, "escape": of_events.escape}
    if of_events.encoding and not sniffing.shows_unicode(path):
        shared["encoding"] = of_events.encoding
    return Reading.model_validate(shared)
