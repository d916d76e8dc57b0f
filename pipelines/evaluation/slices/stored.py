"""Dimensions of users and items, as a bake-off stores them: columns with descriptions.

`slices.parquet` has a row per evaluated user, `item_slices.parquet` a row per item code; each
dimension is a categorical column with its categories in the order of display. The frames'
`attrs`, which the files keep, hold the dimensions' descriptions and what was skipped.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from pipelines.errors import AssayError

if TYPE_CHECKING:
    from pipelines.evaluation.results.folder import BakeoffFolder

Kind = Literal["user", "target"]
Labels: TypeAlias = "pd.Categorical[Any]"
"""The slice of each row, missing where it has none; categories in the order of display."""
DIMENSIONS, SKIPPED = "dimensions", "skipped"
SEVERAL = "|"
"""Separates the values of an item with several, as in `Catalogue`."""
OF_USERS, OF_ITEMS = "user.", "item."
"""Prefixes of dimensions that are columns of the user's own tables."""
UNDATED = "The users table has no dates, so its values may come from after the request."
"""A warning on all columns of the users table."""
_OLD_UNDATED = (
    "As the table of users stands: it has no date, so it may tell of what came after the request."
)
"""The same warning in the files of older versions."""


@dataclass(frozen=True)
class Dimension:
    """A way to divide the evaluated users, or their held-out items, into slices."""

    name: str
    """As on the command line; also the column's name."""
    title: str
    kind: Kind
    """"user": known at the request (for columns of the users table see `UNDATED`).
    "target": about held-out interactions."""
    note: str
    """How the slices are defined, and who is in none."""
    clause: str
    """The template of a phrase for a slice: "with {} events in their history"."""
    values: tuple[str, ...] = ()
    """The slices' names, in order."""
    per_item: bool = False
    """Whether it divides each user's held-out items, not the users."""
    several: bool = False
    """Whether an item can be in several slices."""


@dataclass
class DimensionBuilder:
    """Collects dimensions; those with a single slice are skipped, with the reason."""

    columns: dict[str, Labels] = field(default_factory=dict)
    dimensions: dict[str, Dimension] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)

    def title_of(self, column: str) -> str:
        """A column's title: its name with spaces, and the exact name where titles collide."""
        title = " ".join(column.replace("_", " ").split()) or "unnamed"
        used = {one.title for one in self.dimensions.values()} | self.skipped.keys()
        return f"{title} (column {column!r})" if title in used else title

    def add(self, dimension: Dimension, labels: Labels) -> None:
        """Add a dimension; `labels` has a row per user or item."""
        used = labels.remove_unused_categories()
        values = tuple(str(v) for v in used.categories)
        parts = values if not dimension.several else dimension.values
        if len(parts) < 2:
            self.skipped[dimension.title] = "it has the same value for all"
            return
        self.columns[dimension.name] = used
        fields = asdict(dimension) | {"values": parts}
        self.dimensions[dimension.name] = Dimension(**fields)

    def frame(self, rows: int) -> pd.DataFrame:
        """The columns (rows, dimensions), with their descriptions in `attrs`."""
        made = pd.DataFrame(self.columns, index=pd.RangeIndex(rows))
        dimensions = {name: asdict(d) for name, d in self.dimensions.items()}
        made.attrs = {DIMENSIONS: dimensions, SKIPPED: dict(self.skipped)}
        return made


def clause_of_column(title: str) -> str:
    """The clause of a column; braces in its title are doubled, since a clause is a template."""
    return f"with {title.replace('{', '{{').replace('}', '}}')} “{{}}”"


def note_of_users(note: str) -> str:
    """The note of a column of the users table, with the warning that it has no dates."""
    warned = UNDATED in note or _OLD_UNDATED in note
    return note if warned else f"{note} {UNDATED}".strip()


def described(frame: pd.DataFrame) -> dict[str, Dimension]:
    """The dimensions of a frame of slices, by name."""
    found = {}
    for name, stored in frame.attrs.get(DIMENSIONS, {}).items():
        fields = stored | {"values": tuple(stored["values"])}
        # Rebuilt for columns: older files have clauses without doubled braces, and notes
        # without the warning about the users table.
        if name.startswith((OF_USERS, OF_ITEMS)):
            fields["clause"] = clause_of_column(fields["title"])
        if name.startswith(OF_USERS):
            fields["note"] = note_of_users(fields["note"])
        found[name] = Dimension(**fields)
    return found


def dimensions_of(folder: BakeoffFolder) -> list[Dimension]:
    """The dimensions of a finished bake-off with distinct titles, those of users first.

    Raises `AssayError` where the bake-off is from a version without slices.
    """
    users, items = described(folder.slices).values(), described(folder.item_slices).values()
    used = {one.title for one in users}
    distinct = (
        replace(one, title=f"{one.title} (of items)") if one.title in used else one for one in items
    )
    return [*users, *distinct]


def skipped(folder: BakeoffFolder) -> dict[str, str]:
    """The dimensions that were skipped: title and reason."""
    of_items = folder.item_slices.attrs.get(SKIPPED, {})
    of_users: dict[str, str] = dict(folder.slices.attrs.get(SKIPPED, {}))
    return of_users | {f"{title} (of items)": why for title, why in of_items.items()}


def find(folder: BakeoffFolder, name: str) -> Dimension:
    """The dimension of that name; an `AssayError` lists the available ones."""
    found = {d.name: d for d in dimensions_of(folder)}
    if name not in found:
        offered = ", ".join(found) or "none"
        raise AssayError(f"There is no dimension {name!r} here; use one of {offered}.")
    return found[name]


def ordinals(column: pd.Series, values: tuple[str, ...]) -> np.ndarray:
    """Each row's position in `values`, (rows,) int64; -1 where it is in no slice."""
    # Looked up by name, since Parquet does not guarantee the order of a dictionary.
    of_category = np.array([values.index(str(c)) for c in column.cat.categories], np.int64)
    codes = column.cat.codes.to_numpy()
    return np.where(codes >= 0, of_category[np.maximum(codes, 0)], -1)
