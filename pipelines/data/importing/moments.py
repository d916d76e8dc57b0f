"""From text to seconds since 1970, for the time formats that exports use."""

from __future__ import annotations

from pipelines.data.recipe import DateOrder, Times
from pipelines.data.sources.splitting import quoted

LATEST = 4_102_444_800
"""The first second of the year 2100; later times are errors."""
_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_SLASHED = (
    r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})"
    r"(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?: ?([AaPp])\.?[Mm]\.?)?)?$"
)
"""Dates such as 1/2/2026, 01.02.26 8:05 or 1-2-2026 8:05:09 PM."""


def seconds_sql(text: str, times: Times) -> str:
    """SQL for the seconds since 1970 (double) of a text; null if it cannot be read.

    Reads numbers in `times.unit` (default: s, ms, µs or ns by size), YYYYMMDD, ISO dates and
    times (in `times.zone` unless they have an offset or zone), and dates such as 1/2/2026 by
    `times.order`. Null outside the years 1970 to 2099.
    """
    n = f"TRY_CAST({text} AS DOUBLE)"
    if times.unit is None:
        # Before 1973 the unit is ambiguous; such a row goes to quarantine.
        numbers = f"WHEN {n} >= 0 AND {n} < {LATEST} THEN {n}\n" + "\n".join(
            f"WHEN {n} >= {1e8 * unit:.0f} AND {n} < {LATEST * unit} THEN {n} / {unit}"
            for unit in (1_000, 1_000_000, 1_000_000_000)
        )
    else:
        unit = _PER_SECOND[times.unit]
        numbers = f"WHEN {n} >= 0 AND {n} < {LATEST * unit} THEN {n} / {unit}"
    written = _zoned(text, times)
    slashed = _slashed(text, times) if times.order else "NULL"
    return f"""CASE
        WHEN CASE WHEN length({text}) = 8 THEN regexp_full_match({text}, '(19[7-9]|20)[0-9]*') END
        THEN epoch(try_strptime({text}, '%Y%m%d'))
        {numbers}
        WHEN {n} IS NOT NULL THEN NULL
        WHEN {is_slashed(text)} THEN {_within(slashed)}
        ELSE {_within(f"epoch({written})")}
    END"""


def is_slashed(text: str) -> str:
    """SQL: whether a text is a date whose day and month could be confused."""
    return f"regexp_matches({text}, {quoted(_SLASHED)})"


def parts_sql(text: str) -> tuple[str, str]:
    """SQL for the first and second number of a date such as 1/2/2026."""
    first, second = (f"TRY_CAST({_group(text, n)} AS INTEGER)" for n in (1, 2))
    return first, second


def _group(text: str, n: int) -> str:
    return f"regexp_extract({text}, {quoted(_SLASHED)}, {n})"


def _within(seconds: str) -> str:
    return f"CASE WHEN {seconds} >= 0 AND {seconds} < {LATEST} THEN {seconds} END"


def _zoned(text: str, times: Times) -> str:
    zoned = f"TRY_CAST({text} AS TIMESTAMPTZ)"
    if times.zone == "UTC":
        return zoned
    # A text without a zone is a plain timestamp. With a zone, that cast fails or drops the
    # zone, so the last characters decide.
    zone = r"'(Z|[+-]\d{2}(:?\d{2})?| [A-Za-z_/]+)$'"
    own = f"length({text}) > 10 AND regexp_matches({text}, {zone})"
    local = f"timezone({quoted(times.zone)}, TRY_CAST({text} AS TIMESTAMP))"
    return f"CASE WHEN {own} THEN {zoned} ELSE {local} END"


def _slashed(text: str, times: Times) -> str:
    order: DateOrder = times.order or "day-first"
    day, month = (1, 2) if order == "day-first" else (2, 1)

    one, two, three, hour, minute, second, half = (_group(text, n) for n in range(1, 8))
    parts = {1: one, 2: two}
    year = f"CASE WHEN length({three}) = 2 THEN '20' || {three} ELSE {three} END"
    number = f"TRY_CAST({hour} AS INTEGER)"
    hours = f"""CASE WHEN {hour} = '' THEN '00'
        WHEN upper({half}) = 'P' AND {number} < 12 THEN CAST({number} + 12 AS VARCHAR)
        WHEN upper({half}) = 'A' AND {number} = 12 THEN '00'
        ELSE lpad({hour}, 2, '0') END"""
    clock = " || ':' || ".join([hours, *(f"lpad({part}, 2, '0')" for part in (minute, second))])
    date = " || '-' || ".join([year, *(f"lpad({parts[n]}, 2, '0')" for n in (month, day))])
    written = f"({date} || ' ' || {clock})"
    return f"epoch({_zoned(written, times)})"
