"""Values of a database as Arrow columns, from Python objects or from PostgreSQL's text format."""

from __future__ import annotations

import datetime as dt
import decimal
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

_INT64 = 1 << 63
_EXACT = 1 << 53
"""Larger integers are not all exact in float64."""

# Type OIDs of PostgreSQL's system catalogue (pg_type.dat), which never change.
_INTEGERS = {20, 21, 23, 26}
_FLOATS = {700, 701}
_BOOLEAN, _BYTES, _DATE, _TIME, _ZONED, _NUMERIC = 16, 17, 1082, 1114, 1184, 1700
_ARRAYS = {1000, 1005, 1007, 1009, 1014, 1015, 1016, 1021, 1022, 1231, 2951}


def column(values: Sequence[Any]) -> pa.Array:
    """Python values as an Arrow array of their common type, or as text if they have none.

    int → int64, float → float64, bool, str → string, datetime → timestamp[us] (UTC if it has a
    zone), date → date32; Decimal (exact), UUID, time, bytes (as hex), lists and mappings (as
    JSON) → string. Columns without any value are string.
    """
    import pyarrow as pa

    kinds = set(map(type, values)) - {type(None)}
    if kinds <= {str}:
        return pa.array(values, pa.string())
    if kinds <= {int, float} and _exact(values, kinds):
        return pa.array(values, pa.float64() if float in kinds else pa.int64())
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if kinds == {dt.date}:
        return pa.array(values, pa.date32())
    if kinds == {dt.datetime}:
        zoned = {v.utcoffset() is not None for v in values if v is not None}
        if len(zoned) == 1:
            return pa.array(values, pa.timestamp("us", tz="UTC" if True in zoned else None))
    return pa.array([None if v is None else _text(v) for v in values], pa.string())


def _exact(values: Sequence[Any], kinds: set[type]) -> bool:
    if int not in kinds:
        return True
    whole = [v for v in values if type(v) is int]
    limit = _EXACT if float in kinds else _INT64
    return -limit <= min(whole) and max(whole) < limit


def _text(value: Any) -> str:
    """The text of a value, independent of the other values of its column."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else str(value)
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, ensure_ascii=False, default=_text)
    return str(value)


def kind(type_: pa.DataType) -> str:
    """The label of an Arrow type: text, integer, number, boolean, date or time."""
    import pyarrow as pa

    named = {
        "integer": pa.types.is_integer,
        "number": pa.types.is_floating,
        "boolean": pa.types.is_boolean,
        "date": pa.types.is_date,
        "time": pa.types.is_timestamp,
    }
    return next((name for name, fits in named.items() if fits(type_)), "text")


def postgres_kind(oid: int) -> str:
    """The same label for a PostgreSQL type, by its OID."""
    if oid in _INTEGERS:
        return "integer"
    if oid in _FLOATS or oid == _NUMERIC:
        return "number"
    return {_BOOLEAN: "boolean", _DATE: "date", _TIME: "time", _ZONED: "time"}.get(oid, "text")


def from_postgres(texts: pa.Array, oid: int) -> pa.Array:
    """PostgreSQL's text values (string, null for NULL) as an Arrow array of the column's type.

    The types are those of `column`. If Arrow cannot hold a value (a time "infinity", a year
    BC), the column stays text in that table, so that only the row of that value is lost.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if oid == _BOOLEAN:
        return pc.equal(texts, "t")
    if oid == _BYTES:
        return pc.utf8_slice_codeunits(texts, 2)  # after PostgreSQL's \x
    if oid in _ARRAYS:
        return pa.array(map(_array, texts.to_pylist()), pa.string())
    wanted = _postgres_type(oid)
    if wanted is None:
        return texts
    try:
        return pc.cast(texts, wanted)
    except pa.ArrowInvalid:
        return texts


def _postgres_type(oid: int) -> pa.DataType | None:
    import pyarrow as pa

    if oid in _INTEGERS:
        return pa.int64()
    if oid in _FLOATS:
        return pa.float64()
    return {
        _DATE: pa.date32(),
        _TIME: pa.timestamp("us"),
        _ZONED: pa.timestamp("us", tz="UTC"),
    }.get(oid)


def _array(text: str | None) -> str | None:
    from pg8000.converters import string_array_in

    return None if text is None else json.dumps(string_array_in(text), ensure_ascii=False)
