"""Matches the columns of a file to standard columns (user, item, weight, time) by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.data.importing.column_errors import ambiguity, listed, missing_column
from pipelines.data.importing.more_names import MORE_NAMES
from pipelines.data.importing.names import EVENT_NAMES, ITEM_NAMES
from pipelines.data.importing.plain_names import plain
from pipelines.errors import AssayError
from pipelines.schema import Columns as C

EVENTS_NEED = (C.USER, C.ITEM)
_MONEY = ("value", "eventvalue")
_TYPES = ("token", "token_seq", "float", "float_seq")
"""The types of RecBole's atomic files."""


@dataclass(frozen=True)
class Match:
    """A match of columns: `mapping` (standard → source), `ambiguous` and `missing` names.

    `nested`: columns of text that hold JSON, whose parts are not columns.
    """

    mapping: dict[str, str]
    ambiguous: dict[str, list[str]]
    missing: list[str]
    nested: tuple[str, ...] = ()

    def require_complete(
        self, columns: Sequence[str], name: str = "", option: str = "--map"
    ) -> None:
        """Raise `AssayError` if a name of the file `name` is ambiguous or a needed one missing."""
        if self.ambiguous:
            raise ambiguity(*next(iter(self.ambiguous.items())), option=option)
        if self.missing:
            raise missing_column(self.missing, columns, name, option=option)


def match(
    columns: Sequence[str],
    given: Mapping[str, str] | None = None,
    *,
    names: Mapping[str, tuple[str, ...]] = EVENT_NAMES,
    need: Iterable[str] = EVENTS_NEED,
    hidden: Iterable[str] = (),
    option: str = "--map",
) -> Match:
    """Match `columns` by name; `given` (standard → source) takes precedence, "" leaves one out.

    The standard name fits better than its aliases, and these better than a name within an object
    (`properties.product_id`), of which an optional one is taken only if it is the only one. If
    nothing fits, the first of `MORE_NAMES` that one column has is taken.
    `hidden` columns are taken only if they are given. Raises `AssayError` if a `given` standard
    name is unknown or its column does not exist; `option` is the one that gives them.
    """
    mapping = _checked(columns, given or {}, names, tuple(hidden), option)
    ambiguous: dict[str, list[str]] = {}
    need = tuple(need)
    spelled = {c: spellings(c) for c in columns}
    for standard, others in names.items():
        if standard in mapping or standard in (given or {}):
            continue
        taken = {*mapping.values(), *(c for fits in ambiguous.values() for c in fits)}
        free = [c for c in columns if c not in taken]
        for within in (False, True):
            fits: list[str] = []
            for accepted in ((plain(standard),), others):
                fits = fits or [
                    c for c in free if any(name in accepted for name in spelled[c][within])
                ]
            if len(fits) == 1:
                mapping[standard] = fits[0]
            elif fits and (not within or standard in (*need, C.TIME)):
                ambiguous[standard] = fits
            if fits:
                break
        else:
            nested = standard in (*need, C.TIME)
            mapping |= _further(standard, free, spelled, nested=nested)
    if C.ORDER in names and C.ORDER not in mapping and C.ORDER not in (given or {}):
        # Shopify's export of orders calls an order's number a name.
        shopify = any(plain(c).startswith("lineitem") for c in columns)
        named = next((c for c in columns if shopify and plain(c) == "name"), None)
        if named is not None and named not in mapping.values():
            mapping[C.ORDER] = named
    if (
        C.EVENT in mapping
        and plain(mapping.get(C.WEIGHT, "").rpartition(".")[2]) in _MONEY
        and (C.WEIGHT not in (given or {}))
    ):
        # With an event type, such a column holds money or a rating, not the weight.
        worth = mapping.pop(C.WEIGHT)
        if C.VALUE not in mapping and C.VALUE not in (given or {}):
            mapping[C.VALUE] = worth
    missing = [s for s in need if s not in mapping and s not in ambiguous]
    return Match({s: mapping[s] for s in names if s in mapping}, ambiguous, missing)


def _further(
    standard: str,
    free: list[str],
    spelled: dict[str, tuple[tuple[str, ...], tuple[str, ...]]],
    *,
    nested: bool,
) -> dict[str, str]:
    """The column with the best of the further names, under its standard name."""
    for within in (False, True) if nested else (False,):
        for name in MORE_NAMES.get(standard, ()):
            fits = [c for c in free if name in spelled[c][within]]
            if len(fits) == 1:
                return {standard: fits[0]}
    return {}


def known(column: str, standard: str, names: Mapping[str, tuple[str, ...]] = EVENT_NAMES) -> bool:
    """Whether a column has the standard name or an alias of `names`, not a further name."""
    accepted = (plain(standard), *names[standard])
    return any(name in accepted for spelled in spellings(column) for name in spelled)


def spellings(column: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The plain names that a column may be known by: as a whole, and by its last key.

    RecBole writes a type after the name (`user_id:token`); an array of `products` holds a
    `product`.
    """
    name, _, kind = column.rpartition(":")
    column = name if kind in _TYPES else column
    above, _, last = column.rpartition(".")
    if not above:
        return (plain(column),), ()
    one = plain(above.rpartition(".")[2]).removesuffix("s")
    return (plain(column), one + plain(last)), (plain(last),)


def assigned(
    given: Mapping[str, str], *, with_items: bool
) -> tuple[dict[str, str], dict[str, str]]:
    """The user's mapping, divided into columns of the events and of the table of items.

    With a table of items, names that describe an item refer to that table.
    """
    events: dict[str, str] = {}
    items: dict[str, str] = {}
    for standard, column in given.items():
        of_items = standard in ITEM_NAMES and standard != C.ITEM
        if of_items and (with_items or standard not in EVENT_NAMES):
            if not with_items:
                raise AssayError(
                    f"--map names {standard}, a column of a table of items; "
                    "give that table with --items."
                )
            items[standard] = column
        else:
            events[standard] = column
    return events, items


def _checked(
    columns: Sequence[str],
    given: Mapping[str, str],
    names: Mapping[str, tuple[str, ...]],
    hidden: tuple[str, ...],
    option: str,
) -> dict[str, str]:
    by_case = {c.casefold(): c for c in reversed([*columns, *hidden])}
    out: dict[str, str] = {}
    for standard, wanted in given.items():
        if standard not in names:
            raise AssayError(
                f"{standard[:60]!r} is not a standard column; {option} accepts {', '.join(names)}."
            )
        if not wanted:
            continue
        source = (
            wanted
            if wanted in columns or wanted in hidden
            else by_case.get(wanted.strip().casefold())
        )
        if source is None:
            raise AssayError(
                f"There is no column {wanted[:60]!r} for {standard}; "
                f"the file has {listed(columns)}."
            )
        if source in out.values():
            other = next(s for s, c in out.items() if c == source)
            raise AssayError(
                f"The column {source[:60]!r} is mapped to both {other} and {standard}; "
                "map each standard column to a different column."
            )
        out[standard] = source
    return out
