"""What the first rows of a file propose besides its columns: how values are to be read.

A proposal is a field of the recipe and one sentence; what the user has set is never changed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from pipelines.data.importing.column_content import TIME_WORDS
from pipelines.data.importing.event_weights import STATUS, are_states, is_status, is_undone
from pipelines.data.importing.mapping import map_option
from pipelines.data.importing.moments import EXCEL_EPOCH
from pipelines.data.importing.more_names import LISTS
from pipelines.data.importing.names import FALLBACKS, VISITORS
from pipelines.data.importing.number_text import decimal_of
from pipelines.data.importing.order_lines import FILLED, present, starts_of
from pipelines.data.importing.plain_names import plain
from pipelines.data.recipe import Recipe
from pipelines.runtime.phrases import number_of
from pipelines.schema import Columns as C

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 50_000
NINETEEN_NINETY = 631_152_000
_WHOLE = r"^[+-]?[0-9]+(\.0+)?$"
_POINT_ZERO = r"^[+-]?[0-9]+\.0+$"
_DATE_ONLY = r"^([0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4})$"
_CLOCK_ONLY = r"^[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?( ?[AaPp][Mm])?$"
_DAYS = (7_305, 73_050)
"""The years 1990 to 2169 as days since 1970."""
_MANY_TITLES = 0.5
"""The share of an item's rows that must agree for a text to describe the item."""
_MOSTLY = 0.9
_MANY_UNNAMED = 0.5
"""The share of rows without an item id at which items are known by their names."""
_LEAST_REPEATS = 10
_LISTED = 5_000
_MANY_LISTS = 0.2
_MANY_ZEROS = 0.1
_MOST_STARS = 21


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
            texts = pc.ascii_trim_whitespace(texts)
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


def candidates(columns: Sequence[str]) -> list[str]:
    """Columns that a proposal may need although no standard name fits them."""
    names = [c for c in columns if is_status(c) or plain(c.rpartition(".")[2]) in FALLBACKS]
    return [*names, *[c for c in columns if any(w in c.casefold() for w in TIME_WORDS)][:5]]


def proposed(heads: Sequence[Head], recipe: Recipe, given: Recipe, *, semicolons: bool) -> Proposal:
    """The proposals of the first rows of each file, in the order in which they are said.

    `recipe` has the columns found by name; `given` is what the user set. `semicolons`: the
    columns of the first file are parted by semicolons.
    """
    done = Proposal(recipe)
    if not heads or not all(len(values) for values in heads[0].columns.values()):
        return done
    _names_as_ids(done, heads[0], given)
    _lists(done, heads[0])
    _status(done, heads[0], given)
    _order_lines(done, heads[0], given)
    _user(done, heads[0], given)
    _rating(done, heads[0], given)
    _zeros(done, heads[0])
    _descriptions(done, heads[0], given)
    _decimal(done, heads, given, semicolons=semicolons)
    _ids(done, heads, given)
    _clock(done, heads, given)
    _times(done, heads, given)
    return done


def _names_as_ids(done: Proposal, head: Head, given: Recipe) -> None:
    """The names of items as their ids, where the file has no others."""
    item, title = (done.recipe.columns.get(name) for name in (C.ITEM, C.TITLE))
    if C.ITEM in given.columns or C.TITLE in given.columns or title not in head.columns:
        return
    names = head.columns[title]
    if item is None:
        lost, rows = len(names), len(names)
        why = f"No column of item ids was found: items are known by {title}"
    elif item in head.columns:
        lost, rows = head.columns[item].null_count, len(names)
        why = f"{item} is empty in {lost:,} of the first {number_of(rows, 'row')}: items are known "
        why += f"by {title}"
    else:
        return
    named = len(names) - names.null_count
    if not lost or named < _MOSTLY * rows:
        return
    if lost < _MANY_UNNAMED * rows:
        done.notes.append(
            f"{item} is empty in {lost:,} of the first {number_of(rows, 'row')}, which go to "
            f"quarantine; {map_option(C.ITEM, title)} knows items by {title}."
        )
        return
    done.by_content.append(C.ITEM)
    done.set(
        f"{why}; --map item_id=COLUMN names another column.",
        columns=done.columns(**{C.ITEM: title, C.TITLE: None}),
    )


def _lists(done: Proposal, head: Head) -> None:
    """Several items in one cell, which would be an item of its own."""
    column = done.recipe.columns.get(C.ITEM, "")
    if column not in head.columns:
        return
    values = head.texts(column).to_pylist()[:_LISTED]
    parts = [re.split(r"\s*[,;|]\s*", value) for value in values]
    several = [value for value, split in zip(values, parts, strict=True) if len(split) > 1]
    every = [part for split in parts if len(split) > 1 for part in split]
    if not several:
        return
    # Names of single items repeat as a whole; lists repeat in their parts only.
    said = plain(column.rpartition(".")[2]) in LISTS
    many = len(several) >= max(_LEAST_REPEATS, _MANY_LISTS * len(values))
    whole, apart = len(set(several)) / len(several), len(set(every)) / len(every)
    if said or (many and whole >= 0.5 and apart <= 0.5):
        done.notes.append(
            f"{column} holds several items in one value, as {several[0][:60]!r}, and each such "
            "value is read as one item; export a row per item."
        )


def _order_lines(done: Proposal, head: Head, given: Recipe) -> None:
    """What only the first line of an order has."""
    columns = done.recipe.columns
    order = columns.get(C.ORDER)
    if order not in head.columns or "order_lines" in given.model_fields_set:
        return
    starts = starts_of(head.columns[order])
    found = []
    for name in FILLED:
        column = columns.get(name, "")
        if column not in head.columns or (name == C.EVENT and not is_status(column)):
            continue
        there = present(head.columns[column])
        above = np.maximum.accumulate(np.where(starts | there, np.arange(len(there)), 0))
        if bool((~there & there[above]).any()):
            found.append(name)
            head.columns[column] = head.columns[column].take(above)
    if found:
        done.set(
            f"Lines of an order without {' or '.join(columns[name] for name in found)} have it "
            "from the line above; --order-lines '' leaves them empty.",
            order_lines=tuple(found),
        )


def _user(done: Proposal, head: Head, given: Recipe) -> None:
    """A visitor's id for rows without a user."""
    import pyarrow.compute as pc

    column = done.recipe.columns.get(C.USER)
    if column is None or "user_fallback" in given.model_fields_set or column not in head.columns:
        return
    users = head.columns[column]
    lost = users.is_null()
    if not users.null_count or plain(column.rpartition(".")[2]) in VISITORS:
        return
    taken = done.recipe.columns.values()
    for name in FALLBACKS:
        for other, values in head.columns.items():
            if other in taken or plain(other.rpartition(".")[2]) != name:
                continue
            saved = int(pc.sum(pc.and_(lost, values.is_valid())).as_py() or 0)
            if saved >= 0.5 * users.null_count:
                note = f"Rows without {column} get the user from {other}"
                done.set(f"{note}; --user-fallback '' leaves them out.", user_fallback=other)
                return


def _status(done: Proposal, head: Head, given: Recipe) -> None:
    """The state of an order as the event type, so that undone orders do not count."""
    column = done.recipe.columns.get(C.EVENT)
    if C.EVENT not in given.columns and column is None:
        free = [c for c in head.columns if is_status(c) and c not in done.recipe.columns.values()]
        for name in sorted(free, key=lambda c: STATUS.index(plain(c.rpartition(".")[2]))):
            if are_states(head.texts(name).unique().to_pylist()):
                done.recipe = done.recipe.model_copy(
                    update={"columns": done.columns(**{C.EVENT: name})}
                )
                done.by_content.append(C.EVENT)
                column = name
                break
    if column is not None and column in head.columns:
        undone = sorted(k for k in head.texts(column).unique().to_pylist() if is_undone(k))
        undone = [kind for kind in undone if kind not in done.recipe.weights]
        if undone:
            more = f" and {len(undone) - 6} more" if len(undone) > 6 else ""
            done.notes.append(
                f"Rows of {column} {', '.join(k[:40] for k in undone[:6])}{more} weigh 0 and are "
                "left out; --event-weight changes this."
            )


def _rating(done: Proposal, head: Head, given: Recipe) -> None:
    """A rating that was taken for money because there is an event type."""
    import pyarrow.compute as pc

    value, kind = (done.recipe.columns.get(name) for name in (C.VALUE, C.EVENT))
    if value is None or kind is None or C.VALUE in given.columns or C.WEIGHT in given.columns:
        return
    if plain(value.rpartition(".")[2]) not in ("value", "eventvalue"):
        return
    kinds, values = head.texts(kind).unique().to_pylist(), head.texts(value)
    stars = pc.match_substring_regex(values, r"^([0-9]|10)([.,][05]0*)?$")
    few = len(values.unique()) <= _MOST_STARS
    if len(kinds) == 1 and len(values) and few and pc.all(stars).as_py():
        columns = done.columns(**{C.VALUE: None, C.WEIGHT: value})
        done.by_content.append(C.WEIGHT)
        done.set(
            f"{value} holds ratings, not money: {kinds[0]} is the only event type.",
            columns=columns,
        )


def _zeros(done: Proposal, head: Head) -> None:
    """Ratings of 0, which in some exports stand for an interaction without a rating."""
    import pyarrow.compute as pc

    column = done.recipe.columns.get(C.WEIGHT)
    texts = head.texts(column)
    zeros = int(pc.sum(pc.match_substring_regex(texts, r"^0+([.,]0+)?$")).as_py() or 0)
    if column is not None and zeros >= _MANY_ZEROS * max(len(texts), 1):
        done.notes.append(
            f"{column} is 0 in {zeros:,} of the first {number_of(len(texts), 'row')}, which go to "
            "quarantine; if 0 means that there is no rating, --map weight= reads every row."
        )


def _descriptions(done: Proposal, head: Head, given: Recipe) -> None:
    """Texts that differ from row to row of one item, such as titles of reviews."""
    item = done.recipe.columns.get(C.ITEM)
    for name in (C.TITLE, C.CATEGORIES):
        column = done.recipe.columns.get(name)
        if column is None or item is None or name in given.columns:
            continue
        import pandas as pd

        frame = pd.DataFrame({"item": head.columns[item], "text": head.columns[column]}).dropna()
        sizes = frame.groupby("item")["text"].transform("size")
        frame = frame[sizes > 1]
        if len(frame) < _LEAST_REPEATS:
            continue
        most = frame.groupby("item")["text"].agg(lambda texts: texts.value_counts().iloc[0])
        if most.sum() / len(frame) < _MANY_TITLES:
            examples = ", ".join(repr(t[:40]) for t in frame["text"].unique()[:2])
            done.set(
                f"{column} is not the {name} of an item: it differs from row to row of one item "
                f"({examples}); {map_option(name, column)} takes it.",
                columns=done.columns(**{name: None}),
            )


def _decimal(done: Proposal, heads: Sequence[Head], given: Recipe, *, semicolons: bool) -> None:
    import pyarrow as pa

    if given.reading.decimal is not None:
        return
    numbers = (C.WEIGHT, C.PRICE, C.VALUE, C.POSITION, C.PROPENSITY)
    found = [done.recipe.columns[name] for name in numbers if name in done.recipe.columns]
    for column in found:
        texts = pa.chunked_array([head.texts(column) for head in heads], pa.string())
        if decimal_of(texts, semicolons=semicolons) == ",":
            example = next(text for text in texts.to_pylist() if "," in text)
            done.set(
                f"Numbers have a decimal comma, as {example[:20]} in {column}; --decimal . reads "
                "it as thousands.",
                reading=done.recipe.reading.model_copy(update={"decimal": ","}),
            )
            return


def _ids(done: Proposal, heads: Sequence[Head], given: Recipe) -> None:
    """Whole numbers that were written as floats: 3.0 is 3."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if "normalize_ids" in given.model_fields_set:
        return
    for name in (C.USER, C.ITEM):
        column = done.recipe.columns.get(name)
        texts = pa.chunked_array([head.texts(column) for head in heads], pa.string())
        if not len(texts) or not pc.all(pc.match_substring_regex(texts, _WHOLE)).as_py():
            continue
        floats = texts.filter(pc.match_substring_regex(texts, _POINT_ZERO))
        if len(floats):
            example = floats[0].as_py()
            done.set(
                f"Ids are whole numbers: {example[:40]} in {column} is read as "
                f"{example.partition('.')[0][:40]}.",
                normalize_ids=("decimals",),
            )
            return


def _clock(done: Proposal, heads: Sequence[Head], given: Recipe) -> None:
    """The time of day in a column of its own, beside dates."""
    import pyarrow.compute as pc

    column, head = done.recipe.columns.get(C.TIME, ""), heads[0]
    if column not in head.columns or "clock" in given.times.model_fields_set:
        return
    days = head.texts(column)
    if not len(days) or not pc.all(pc.match_substring_regex(days, _DATE_ONLY)).as_py():
        return
    taken = done.recipe.columns.values()
    for name in head.columns:
        clocks = head.texts(name)
        if name in taken or len(clocks) * 2 < len(days):
            continue
        if pc.all(pc.match_substring_regex(clocks, _CLOCK_ONLY)).as_py():
            done.set(
                f"{column} holds dates, and {name} the time of day; --clock '' leaves it out.",
                times=done.recipe.times.model_copy(update={"clock": name}),
            )
            return


def _times(done: Proposal, heads: Sequence[Head], given: Recipe) -> None:
    import pyarrow as pa

    column = done.recipe.columns.get(C.TIME)
    if column is None:
        if given.columns.get(C.TIME) != "":
            done.notes.append(_no_time(done, heads[0]))
        return
    texts = pa.chunked_array([head.texts(column) for head in heads], pa.string())
    numbers = _numbers(texts)
    nonzero = numbers[numbers != 0]
    if given.times.unit is None and len(nonzero) and len(numbers) == len(texts):
        low, high = float(nonzero.min()), float(nonzero.max())
        if low >= EXCEL_EPOCH + _DAYS[0] and high < _DAYS[1] + EXCEL_EPOCH and high < 73_051:
            done.set(
                f"{column} holds days of a spreadsheet ({texts[0].as_py()[:20]} is a day of "
                f"{_year(low)}); --time-unit s reads them as seconds.",
                times=done.recipe.times.model_copy(
                    update={"unit": "excel", "zero_is_missing": True}
                ),
            )
            return
        if high < NINETEEN_NINETY:
            hint = " (days, perhaps)" if low >= _DAYS[0] and high < _DAYS[1] else ""
            done.notes.append(
                f"All times in {column} are before 1990 if they are seconds, such as "
                f"{texts[0].as_py()[:20]}{hint}; check the column, or name its unit with "
                "--time-unit."
            )
            return
    early = len(nonzero) * 2 > len(texts) and float(np.median(nonzero)) < NINETEEN_NINETY
    if given.times.unit is None and len(texts) and not early:
        # A time of 0 in a file of today's times stands for none.
        times = done.recipe.times.model_copy(update={"zero_is_missing": True})
        done.recipe = done.recipe.model_copy(update={"times": times})


def _numbers(texts: pa.ChunkedArray) -> np.ndarray:
    import pandas as pd

    return pd.to_numeric(texts.to_pandas(), errors="coerce").dropna().to_numpy()


def _year(serial: float) -> int:
    return 1970 + int((serial - EXCEL_EPOCH) / 365.2425)


def _no_time(done: Proposal, head: Head) -> str:
    taken = done.recipe.columns.values()
    like = [
        name for name in head.columns
        if name not in taken and any(word in name.casefold() for word in TIME_WORDS)
        and len(head.texts(name))
    ]  # fmt: skip
    if not like:
        return "No time was found, so a split in time is not possible; --map timestamp=COLUMN."
    value = head.texts(like[0])[0].as_py()
    return (
        f"No time was found, so a split in time is not possible; {like[0]} looks like one "
        f"({value[:30]!r}): {map_option(C.TIME, like[0])}."
    )
