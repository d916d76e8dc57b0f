"""Python's values and PostgreSQL's texts become the same Arrow columns."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pyarrow as pa
import pytest

from pipelines.data.sources.values import column, from_postgres

UTC = dt.UTC
WINTER = dt.datetime(2024, 1, 2, 3, 4, 5, 678)
EAST = dt.timezone(dt.timedelta(hours=2))
KEY = uuid.UUID("12345678-1234-5678-1234-567812345678")


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([None, None], pa.string(), [None, None]),
        (["a", None, ""], pa.string(), ["a", None, ""]),
        ([1, None, -(2**63)], pa.int64(), [1, None, -(2**63)]),
        ([1, 2**63], pa.string(), ["1", "9223372036854775808"]),
        ([1, 2.5], pa.float64(), [1.0, 2.5]),
        ([2**53 + 1, 2.5], pa.string(), ["9007199254740993", "2.5"]),
        ([True, None], pa.bool_(), [True, None]),
        ([17850, "A1", 17850.0, None], pa.string(), ["17850", "A1", "17850", None]),
        ([Decimal("0.10"), Decimal("1E+3")], pa.string(), ["0.10", "1000"]),
        ([WINTER, None], pa.timestamp("us"), [WINTER, None]),
        ([WINTER.replace(tzinfo=EAST)], pa.timestamp("us", "UTC"), [
            WINTER.replace(hour=1, tzinfo=UTC)]),
        ([WINTER, WINTER.replace(tzinfo=UTC)], pa.string(), [
            "2024-01-02T03:04:05.000678", "2024-01-02T03:04:05.000678+00:00"]),
        ([dt.date(2024, 1, 2)], pa.date32(), [dt.date(2024, 1, 2)]),
        ([KEY], pa.string(), [str(KEY)]),
        ([b"\x00\xff", memoryview(b"a")], pa.string(), ["00ff", "61"]),
        ([["a", None], {"é": Decimal("1.5")}], pa.string(), ['["a", null]', '{"é": "1.5"}']),
    ],
)  # fmt: skip
def test_each_column_has_the_one_type_of_its_values(values, kind, expected):
    array = column(values)
    assert array.type == kind
    assert array.to_pylist() == expected


@pytest.mark.parametrize(
    ("oid", "text", "kind", "expected"),
    [
        (20, "-9223372036854775808", pa.int64(), -(2**63)),
        (701, "1e-300", pa.float64(), 1e-300),
        (701, "-Infinity", pa.float64(), float("-inf")),
        (16, "t", pa.bool_(), True),
        (17, "\\x00ff", pa.string(), "00ff"),
        (1700, "0.10", pa.string(), "0.10"),
        (1082, "2024-01-02", pa.date32(), dt.date(2024, 1, 2)),
        (1114, "2024-01-02 03:04:05.000678", pa.timestamp("us"), WINTER),
        (1184, "2024-01-02 03:04:05.000678+00", pa.timestamp("us", "UTC"),
         WINTER.replace(tzinfo=UTC)),
        (1184, "infinity", pa.string(), "infinity"),
        (1082, "0044-03-15 BC", pa.string(), "0044-03-15 BC"),
        (1009, '{a,"b, \\"c\\"",NULL}', pa.string(), '["a", "b, \\"c\\"", null]'),
        (25, "é", pa.string(), "é"),
    ],
)  # fmt: skip
def test_postgres_texts_become_columns_of_their_type(oid, text, kind, expected):
    array = from_postgres(pa.array([text, None], pa.string()), oid)
    assert array.type == kind
    assert array.to_pylist() == [expected, None]
