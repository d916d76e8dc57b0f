"""What divides users and items, as a bake-off keeps it: columns, and words for them.

`slices.parquet` has a row per evaluated user, `item_slices.parquet` a row per item code; a
categorical column per dimension, its categories in the order of display. The frames' `attrs`
hold the dimensions' words and what was skipped, and are kept in the files.
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
"""The slice of each row, missing where it is in none; categories in the order of display."""
DIMENSIONS, SKIPPED = "dimensions", "skipped"
SEVERAL = "|"
"""Divides the values of an item that has several, as in `Catalogue`."""
OF_USERS, OF_ITEMS = "user.", "item."
"""How the names of dimensions begin that are columns of a person's own tables."""
AS_IT_STANDS = (
    "As the table of users stands: it has no date, so it may tell of what came after the request."
)
"""What a reader must know of the columns of the users' table."""


@dataclass(frozen=True)
class Dimension:
    """What divides the evaluated users, or what they later took up, into slices."""

    name: str
    """As the command line takes it, and the column's name."""
    title: str
    kind: Kind
    """"user": known at the request, if the table of users tells of then (`AS_IT_STANDS`).
    "target": of what was later taken up."""
    note: str
    """Where the slices are cut, and who is in none."""
    clause: str
    """Says a slice, as a template: "with {} events in their history"."""
    values: tuple[str, ...] = ()
    """The slices' names, in order."""
    per_item: bool = False
    """Whether it divides each user's truths (by item), not the users."""
    several: bool = False
    """Whether an item can be in several slices."""


@dataclass
class Gathered:
    """Dimensions while they are found: what divides nothing is skipped, with the reason."""

    columns: dict[str, Labels] = field(default_factory=dict)
    dimensions: dict[str, Dimension] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)

    def title_of(self, column: str) -> str:
        """What a column is called: its name in words, and in full where another is so called."""
        words = " ".join(column.replace("_", " ").split()) or "unnamed"
        taken = {one.title for one in self.dimensions.values()} | self.skipped.keys()
        return f"{words} (column {column!r})" if words in taken else words

    def add(self, dimension: Dimension, labels: Labels) -> None:
        """Keep a dimension; `labels` has a row per user or item."""
        used = labels.remove_unused_categories()
        values = tuple(str(v) for v in used.categories)
        parts = values if not dimension.several else dimension.values
        if len(parts) < 2:
            self.skipped[dimension.title] = "it is the same for all"
            return
        self.columns[dimension.name] = used
        fields = asdict(dimension) | {"values": parts}
        self.dimensions[dimension.name] = Dimension(**fields)

    def frame(self, rows: int) -> pd.DataFrame:
        """The columns (rows, dimensions), with their words in `attrs`."""
        made = pd.DataFrame(self.columns, index=pd.RangeIndex(rows))
        words = {name: asdict(d) for name, d in self.dimensions.items()}
        made.attrs = {DIMENSIONS: words, SKIPPED: dict(self.skipped)}
        return made


def clause_of_column(title: str) -> str:
    """Says a slice of a column; braces in its name are doubled, since a clause is a template."""
    return f"with {title.replace('{', '{{').replace('}', '}}')} “{{}}”"


def note_of_users(note: str) -> str:
    """The note of a column of the users' table: that it has no date, too."""
    return note if AS_IT_STANDS in note else f"{note} {AS_IT_STANDS}".strip()


def described(frame: pd.DataFrame) -> dict[str, Dimension]:
    """The dimensions of a frame of slices, by name."""
    found = {}
    for name, words in frame.attrs.get(DIMENSIONS, {}).items():
        told = words | {"values": tuple(words["values"])}
        # A column's words are made anew: older files have them without the braces doubled, and
        # without what is to be known of the users' table.
        if name.startswith((OF_USERS, OF_ITEMS)):
            told["clause"] = clause_of_column(told["title"])
        if name.startswith(OF_USERS):
            told["note"] = note_of_users(told["note"])
        found[name] = Dimension(**told)
    return found


def dimensions_of(kept: BakeoffFolder) -> list[Dimension]:
    """The dimensions of a finished bake-off, those of users first, each with a title of its own.

    An `AssayError` where the bake-off is older than slices.
    """
    users, items = described(kept.slices).values(), described(kept.item_slices).values()
    taken = {one.title for one in users}
    apart = (
        replace(one, title=f"{one.title} (of items)") if one.title in taken else one
        for one in items
    )
    return [*users, *apart]


def skipped(kept: BakeoffFolder) -> dict[str, str]:
    """What could have divided users or items and does not: title and reason."""
    of_items = kept.item_slices.attrs.get(SKIPPED, {})
    told: dict[str, str] = dict(kept.slices.attrs.get(SKIPPED, {}))
    return told | {f"{title} (of items)": why for title, why in of_items.items()}


def find(kept: BakeoffFolder, name: str) -> Dimension:
    """The dimension of that name; an `AssayError` lists those there are."""
    found = {d.name: d for d in dimensions_of(kept)}
    if name not in found:
        offered = ", ".join(found) or "none"
        raise AssayError(f"There is no dimension {name!r} here; use one of {offered}.")
    return found[name]


def ordinals(column: pd.Series, values: tuple[str, ...]) -> np.ndarray:
    """Each row's place among `values`, (rows,) int64; -1 where it is in no slice."""
    # Looked up by name: Parquet promises no order of a dictionary's values.
    of_category = np.array([values.index(str(c)) for c in column.cat.categories], np.int64)
    codes = column.cat.codes.to_numpy()
    return np.where(codes >= 0, of_category[np.maximum(codes, 0)], -1)
