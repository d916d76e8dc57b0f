"""Parquet tables whose columns have types and values of every kind."""

from __future__ import annotations

import datetime
import decimal
import random
from collections.abc import Callable

import numpy as np
import pyarrow as pa

Column = Callable[[random.Random, int], pa.Array]


def _numbers(kind: pa.DataType) -> Column:
    return lambda rng, n: pa.array([rng.randrange(100) for _ in range(n)], kind)


def _moments(kind: pa.DataType) -> Column:
    return lambda rng, n: pa.array([rng.randrange(2**31) for _ in range(n)], pa.int64()).cast(kind)


def _floats(rng: random.Random, n: int) -> pa.Array:
    odd = [float("nan"), float("inf"), -float("inf"), 1e300, 5e-324, -0.0, 9e15, 1.5, 17850.0]
    return pa.array([rng.choice(odd) for _ in range(n)])


def _huge(rng: random.Random, n: int) -> pa.Array:
    return pa.array([rng.choice([0, 2**63, 2**64 - 1]) for _ in range(n)], pa.uint64())


def _decimals(rng: random.Random, n: int) -> pa.Array:
    values = [decimal.Decimal(rng.randrange(10**6)) / 100 for _ in range(n)]
    return pa.array(values, rng.choice([pa.decimal128(20, 4), pa.decimal256(60, 4)]))


def _half(rng: random.Random, n: int) -> pa.Array:
    return pa.array(np.full(n, 1.5, np.float16))


def _binary(rng: random.Random, n: int) -> pa.Array:
    return pa.array([rng.randbytes(3) for _ in range(n)], rng.choice([pa.binary(), pa.binary(3)]))


def _dates(rng: random.Random, n: int) -> pa.Array:
    days = [datetime.date(1 + rng.randrange(9_000), 1, 1) for _ in range(n)]
    return pa.array(days, rng.choice([pa.date32(), pa.date64()]))


def _dictionary(rng: random.Random, n: int) -> pa.Array:
    return pa.array([rng.choice(["a", "b", None]) for _ in range(n)]).dictionary_encode()


def _nested(rng: random.Random, n: int) -> pa.Array:
    return pa.array([{"id": "i", "more": {"k": [1]}}] * n, pa.struct([("id", pa.string())]))


def _lists(rng: random.Random, n: int) -> pa.Array:
    return pa.array([["a", "b"]] * n, rng.choice([pa.list_, pa.large_list])(pa.string()))


def _maps(rng: random.Random, n: int) -> pa.Array:
    return pa.array([[("k", 1)]] * n, pa.map_(pa.string(), pa.int64()))


def _structs_in_lists(rng: random.Random, n: int) -> pa.Array:
    return pa.array([[{"id": 1}]] * n, pa.list_(pa.struct([("id", pa.int64())])))


def _texts(rng: random.Random, n: int) -> pa.Array:
    odd = ["", " ", "a\nb", "a\0b", "é", "x" * 10_000, "=1+1", None, "null", '"']
    return pa.array(
        [rng.choice(odd) for _ in range(n)], rng.choice([pa.string(), pa.large_string()])
    )


COLUMNS: dict[str, Column] = {
    "null": lambda rng, n: pa.nulls(n), "text": _texts, "float": _floats, "uint64": _huge,
    "decimal": _decimals, "float16": _half, "binary": _binary, "date": _dates, "list": _lists,
    "dictionary": _dictionary, "struct": _nested, "map": _maps, "structs": _structs_in_lists,
    "bool": lambda rng, n: pa.array([True] * n, pa.bool_()), "int8": _numbers(pa.int8()),
    "int64": _numbers(pa.int64()), "float32": _numbers(pa.float32()),
    "seconds": _moments(pa.timestamp("s")), "zone": _moments(pa.timestamp("us", "Asia/Tokyo")),
    "nanoseconds": _moments(pa.timestamp("ns")), "duration": _moments(pa.duration("s")),
    "offset": _moments(pa.timestamp("ms", "+05:30")), "time": lambda rng, n: pa.array(
        [datetime.time(1, 2, 3)] * n, rng.choice([pa.time64("us"), pa.time32("s")])),
}  # fmt: skip
NAMES = ("user.id", "a\\b", "", " ", "a/b", "line", "größe", 'q"q', "two\nlines", "x" * 500, "a\0b")


def mutated(rng: random.Random, table: pa.Table) -> tuple[pa.Table, str]:
    """The table with something done to it, and what that was."""
    what = rng.choice(["type", "type", "type", "more", "name", "twice", "none", "empty"])
    n, at = table.num_rows, rng.randrange(max(table.num_columns, 1))
    kind = rng.choice(list(COLUMNS))
    if what == "none" or not table.num_columns:
        return pa.table({}), "no columns"
    if what == "type":
        name = table.column_names[at]
        return table.set_column(at, name, COLUMNS[kind](rng, n)), f"{name!r} is {kind}"
    if what == "more":
        return table.append_column("more", COLUMNS[kind](rng, n)), f"one more column of {kind}"
    if what == "empty":
        return table.slice(0, 0), "no rows"
    names = list(table.column_names)
    names[at] = rng.choice([*NAMES, names[0]] if what == "name" else [names[-1]])
    return table.rename_columns(names), f"column {at} is named {names[at]!r}"
