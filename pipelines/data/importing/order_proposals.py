"""What the first rows propose for orders and weights: states, further lines, ratings, decimals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipelines.data.importing.event_weights import (
    STATUS,
    are_kinds,
    are_states,
    is_kind,
    is_status,
    is_undone,
)
from pipelines.data.importing.number_text import decimal_of
from pipelines.data.importing.order_lines import FILLED, present, starts_of
from pipelines.data.importing.plain_names import plain
from pipelines.data.importing.proposal import Head, Proposal
from pipelines.data.recipe import Recipe
from pipelines.runtime.phrases import number_of
from pipelines.schema import Columns as C

_MOSTLY = 0.9
_MANY_ZEROS = 0.1
_MOST_STARS = 21


def states(done: Proposal, head: Head, given: Recipe) -> None:
    """The state of an order as the event type, so that undone orders do not count."""
    column = done.recipe.columns.get(C.EVENT)
    if C.EVENT not in given.columns and column in head.columns and not len(head.texts(column)):
        # A column without any value would hide the one of states.
        done.recipe = done.recipe.model_copy(update={"columns": done.columns(**{C.EVENT: None})})
        column = None
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
        else:
            column = _kind(done, head)
    if column is not None and column in head.columns:
        undone = sorted(k for k in head.texts(column).unique().to_pylist() if is_undone(k))
        undone = [kind for kind in undone if kind not in done.recipe.weights]
        if undone:
            more = f" and {len(undone) - 6} more" if len(undone) > 6 else ""
            done.notes.append(
                f"Rows of {column} {', '.join(k[:40] for k in undone[:6])}{more} weigh 0 and are "
                "left out; --event-weight changes this."
            )


def _kind(done: Proposal, head: Head) -> str | None:
    """The column with the kind of a transaction, as the event type, if it tells of refunds."""
    taken = done.recipe.columns.values()
    for name in head.columns:
        if name in taken or not is_kind(name):
            continue
        if are_kinds(head.texts(name).unique().to_pylist()):
            columns = done.columns(**{C.EVENT: name})
            done.recipe = done.recipe.model_copy(update={"columns": columns})
            done.by_content.append(C.EVENT)
            return name
    return None


def order_lines(done: Proposal, head: Head, given: Recipe) -> None:
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
        first = np.maximum.accumulate(np.where(starts, np.arange(len(there)), 0))
        further = ~starts & there[first]
        # A gap here and there is a missing value, not a way of writing.
        if further.any() and (~there[further]).mean() >= _MOSTLY:
            above = np.maximum.accumulate(np.where(starts | there, np.arange(len(there)), 0))
            found.append(name)
            head.columns[column] = head.columns[column].take(above)
    if found:
        done.set(
            f"Lines of an order without {' or '.join(columns[name] for name in found)} have it "
            "from the line above; --order-lines '' leaves them empty.",
            order_lines=tuple(found),
        )


def ratings(done: Proposal, head: Head, given: Recipe) -> None:
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


def zeros(done: Proposal, head: Head) -> None:
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


def decimal(done: Proposal, heads: Sequence[Head], given: Recipe, *, semicolons: bool) -> None:
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
