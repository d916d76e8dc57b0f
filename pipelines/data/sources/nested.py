"""Columns within objects and arrays: `user.id` is a key, `items[].sku` one of each element."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pipelines.errors import AssayError

DEEPEST = 6
"""Keys below each other that are followed."""


@dataclass(frozen=True)
class Place:
    """Where a column is: `keys` from the row, or from each element of the array at `array`."""

    keys: tuple[str, ...]
    array: tuple[str, ...] | None = None

    @property
    def name(self) -> str:
        """The column's name: keys parted by points, [] after an array."""
        parts = [] if self.array is None else [".".join(self.array) + "[]"]
        return ".".join([*parts, *self.keys])

    def then(self, key: str) -> Place:
        return Place((*self.keys, key), self.array)


@dataclass(frozen=True)
class Layout:
    """The columns of nested rows in their order, and those that are only read by name.

    `hidden` are whole objects and arrays (as JSON), and the elements of arrays of plain values.
    """

    columns: dict[str, Place]
    hidden: dict[str, Place]

    def place(self, column: str) -> Place:
        """Where a column is; an unknown one is a key of the row."""
        return self.columns.get(column) or self.hidden.get(column) or Place((column,))


def array_of(places: Iterable[Place]) -> tuple[str, ...] | None:
    """The array whose elements become rows, if any; raises `AssayError` if there are two."""
    arrays = list(dict.fromkeys(p.array for p in places if p.array is not None))
    if len(arrays) > 1:
        first, second = (".".join(array)[:60] + "[]" for array in arrays[:2])
        raise AssayError(
            f"{first} and {second} are two arrays, and only the elements of one can become rows; "
            "leave one out with --map NAME=."
        )
    return arrays[0] if arrays else None


def layout_of_json(rows: Iterable[dict[str, Any]]) -> Layout:
    """The layout of some parsed JSON objects; a value that is only null counts as plain."""
    seen: dict[Place, set[str]] = {}
    for row in rows:
        for key, value in row.items():
            _visit(value, Place((key,)), seen)
    columns: dict[str, Place] = {}
    hidden: dict[str, Place] = {}
    for place, kinds in seen.items():
        plain = "plain" in kinds or kinds == {"none"}
        (columns if plain else hidden).setdefault(place.name, place)
    return Layout(columns, {n: p for n, p in hidden.items() if n not in columns})


def _visit(value: Any, place: Place, seen: dict[Place, set[str]]) -> None:
    if not all(_is_text(key) for key in place.keys):
        return  # a key with a lone surrogate cannot be queried
    kinds = seen.setdefault(place, set())
    if isinstance(value, dict) and value and len(place.keys) < DEEPEST:
        kinds.add("nested")
        for key, inner in value.items():
            _visit(inner, place.then(key), seen)
    elif isinstance(value, list) and place.array is None:
        objects = [element for element in value if isinstance(element, dict)]
        kinds.add("nested" if objects else "plain" if value else "none")
        for element in objects:
            for key, inner in element.items():
                _visit(inner, Place((key,), place.keys), seen)
        if value and not objects:
            seen.setdefault(Place((), place.keys), set()).add("nested")
    else:
        kinds.add("none" if value is None or value == {} or value == [] else "plain")


def _is_text(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= ch <= "\udfff" for ch in text)
