"""The first rows of a file, and what they propose: a completed recipe and its sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.data.importing.trimming import trimmed
from pipelines.data.recipe import Recipe

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 50_000


@dataclass
class Head:
    """The first rows of a file: for each column its texts, trimmed, null where empty."""

    file: str
    columns: dict[str, pa.Array]

    @staticmethod
    def of(file: str, names: Sequence[str], rows: pa.Table | None) -> Head:
        import pyarrow as pa
        import pyarrow.compute as pc

        found: dict[str, pa.Array] = {}
        good = None if rows is None else rows.filter(rows["problem"].is_null()).slice(0, ROWS)
        for at, name in enumerate(names):
            texts = pa.array([], pa.string()) if good is None else good[f"c{at}"].combine_chunks()
            texts = trimmed(texts)
            blank = pc.equal(pc.binary_length(texts), 0)
            found[name] = pc.if_else(blank, pa.scalar(None, pa.string()), texts)
        return Head(file, found)

    def texts(self, column: str | None) -> pa.Array:
        """The values of a column that are there."""
        import pyarrow as pa

        return self.columns[column or ""].drop_null() if column else pa.array([], pa.string())


@dataclass
class Proposal:
    """The completed recipe, the standard names that content decided, and what is to be said."""

    recipe: Recipe
    by_content: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def set(self, note: str, **fields: object) -> None:
        self.recipe = self.recipe.model_copy(update=fields)
        self.notes.append(note)

    def columns(self, **changed: str | None) -> dict[str, str]:
        """The recipe's columns with some changed; None leaves one out."""
        all_ = self.recipe.columns | changed
        return {name: column for name, column in all_.items() if column}
