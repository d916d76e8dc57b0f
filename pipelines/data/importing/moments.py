"""From text to seconds since 1970, for the time formats that exports use."""

from __future__ import annotations

from pipelines.data.recipe import DateOrder, Times
from pipelines.data.sources.splitting import quoted

LATEST = 4_102_444_800
"""The first second of the year 2100; later times are errors."""
_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_DAY = 86_400
EXCEL_EPOCH = 25_569
"""The day of a spreadsheet that is 1970-01-01."""
_OFFSET = r"(?: ?(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2}))?"
_CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?: ?([AaPp])\.?[Mm]\.?)?" + _OFFSET
_SLASHED = rf"^(\d{{1,2}})[/.-](\d{{1,2}})[/.-](\d{{4}}|\d{{2}})(?:[ T,]+{_CLOCK})?$"
"""Dates such as 1/2/2026, 01.02.26 8:05 or 1-2-2026 8:05:09 PM +0100."""
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? )?"
_AT = rf"(?:,? (?:at )?{_CLOCK})?$"
_TH = r"(\d{1,2})(?:st|nd|rd|th)?"
_DAY_MONTH = rf"(?i)^{_WEEKDAY}{_TH}[ -]([a-z]{{3,9}})\.?,?[ -](\d{{4}}){_AT}"
"""15-Nov-2023 06:06, or Wed, 15 Nov 2023 06:06:32 GMT."""
_MONTH_DAY = rf"(?i)^{_WEEKDAY}([a-z]{{3,9}})\.? {_TH},? (\d{{4}}){_AT}"
"""Nov 15, 2023, 06:06:32 AM."""
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTH_NAMES = (
    "january february march april may june july august september october november december"
)
_ISO_LIKE = (
    r"^(\d{4}[-/]\d{1,2}[-/]\d{1,2}[T ]+\d{1,2}:\d{2})(:\d{2})?(?:[.,](\d+))?" + _OFFSET + "$"
)
"""2023-11-15 06:06, 2023-11-15 06:06:32,123, or 2023-11-15 06:06:32 +0100."""
_COMPACT = r"(19[7-9]|20)[0-9]{12}"
"""20231115060632."""


def seconds_sql(text: str, times: Times) -> str:
    """SQL for the seconds since 1970 (double) of a text; null if it cannot be read.

    Reads numbers in `times.unit` (default: s, ms, µs or ns by size), YYYYMMDD, YYYYMMDDhhmmss,
    ISO dates and times (in `times.zone` unless they have an offset or zone), dates such as
    1/2/2026 by `times.order`, and dates with an English name of the month. Null outside the years
    1970 to 2099.
    """
    n = f"TRY_CAST({text} AS DOUBLE)"
    if times.unit is None:
        # Before 1973 the unit is ambiguous; such a row goes to quarantine.
        numbers = f"WHEN {n} >= 0 AND {n} < {LATEST} THEN {n}\n" + "\n".join(
            f"WHEN {n} >= {1e8 * unit:.0f} AND {n} < {LATEST * unit} THEN {n} / {unit}"
            for unit in (1_000, 1_000_000, 1_000_000_000)
        )
    elif times.unit in ("days", "excel"):
        first = EXCEL_EPOCH if times.unit == "excel" else 0
        # A spreadsheet's day has no zone: it is that of the times without one.
        day = f"round(({n} - {first}) * {_DAY}, 3)"
        local = _zoned(f"CAST(make_timestamp(CAST({day} * 1e6 AS BIGINT)) AS VARCHAR)", times)
        numbers = f"WHEN {n} >= {first} AND {n} < {first + LATEST // _DAY} THEN epoch({local})"
    else:
        unit = _PER_SECOND[times.unit]
        numbers = f"WHEN {n} >= 0 AND {n} < {LATEST * unit} THEN {n} / {unit}"
    by_name = f"coalesce({_named(text, times, _DAY_MONTH)}, {_named(text, times, _MONTH_DAY)})"
    slashed = _slashed(text, times) if times.order else "NULL"
    iso = f"coalesce(epoch({_zoned(text, times)}), epoch({_zoned(_iso(text), times)}))"
    compact = f"strftime(try_strptime({text}, '%Y%m%d%H%M%S'), '%Y-%m-%d %H:%M:%S')"
    return f"""CASE
        WHEN CASE WHEN length({text}) = 8 THEN regexp_full_match({text}, '(19[7-9]|20)[0-9]*') END
        THEN epoch(try_strptime({text}, '%Y%m%d'))
        WHEN CASE WHEN length({text}) = 14 THEN regexp_full_match({text}, '{_COMPACT}') END
        THEN epoch({_zoned(compact, times)})
        WHEN substr({text}, 5, 1) IN ('-', '/')
          AND TRY_CAST(substr({text}, 1, 4) AS INTEGER) IS NOT NULL
        THEN {_within(iso)}
        {numbers}
        WHEN {n} IS NOT NULL THEN NULL
        WHEN {is_slashed(text)} THEN {_within(slashed)}
        WHEN regexp_matches({text}, '^[A-Za-z]|^[0-9]{{1,2}}[ a-z-]') THEN {_within(by_name)}
        ELSE {_within(f"epoch({_zoned(text, times)})")}
    END"""


def _iso(text: str) -> str:
    """SQL: the text with seconds, a point before fractions, and no space before the offset."""
    start, second, fraction, zone = (
        f"regexp_extract({text}, {quoted(_ISO_LIKE)}, {n})" for n in range(1, 5)
    )
    return (
        f"CASE WHEN regexp_matches({text}, {quoted(_ISO_LIKE)}) THEN {start} || "
        f"coalesce(nullif({second}, ''), ':00') || '.' || coalesce(nullif({fraction}, ''), '0') || "
        f"{_offset(zone)} END"
    )


def _offset(zone: str) -> str:
    """SQL: an offset as DuckDB reads it: +0100 as +01:00, GMT as +00:00."""
    return (
        f"CASE WHEN {zone} IN ('Z', 'UTC', 'GMT') THEN '+00:00' "
        f"ELSE regexp_replace({zone}, '^([+-][0-9]{{2}})([0-9]{{2}})$', '\\1:\\2') END"
    )


def _named(text: str, times: Times, pattern: str) -> str:
    """SQL for the seconds of a date with the name of a month; null if it is none."""
    day, month = (1, 2) if pattern == _DAY_MONTH else (2, 1)
    parts = [f"regexp_extract({text}, {quoted(pattern)}, {n})" for n in range(1, 9)]
    name = f"lower({parts[month - 1]})"
    number = (
        f"CASE WHEN {name} = 'sept' THEN 9 ELSE coalesce("
        f"nullif(list_position(string_split('{_MONTHS}', ' '), {name}), 0), "
        f"nullif(list_position(string_split('{_MONTH_NAMES}', ' '), {name}), 0)) END"
    )
    date = (
        f"{parts[2]} || '-' || lpad(CAST({number} AS VARCHAR), 2, '0') || '-' || "
        f"lpad({parts[day - 1]}, 2, '0')"
    )
    return f"epoch({_zoned(f'({date} || {_clock(parts[3:])})', times)})"


def _clock(parts: list[str]) -> str:
    """SQL: ` 08:05:09+01:00` from hour, minute, second, half of the day and offset."""
    hour, minute, second, half, zone = parts
    number = f"TRY_CAST({hour} AS INTEGER)"
    hours = f"""CASE WHEN {hour} = '' THEN '00'
        WHEN upper({half}) = 'P' AND {number} < 12 THEN CAST({number} + 12 AS VARCHAR)
        WHEN upper({half}) = 'A' AND {number} = 12 THEN '00'
        ELSE lpad({hour}, 2, '0') END"""
    clock = " || ':' || ".join([hours, *(f"lpad({part}, 2, '0')" for part in (minute, second))])
    return f"' ' || {clock} || {_offset(zone)}"


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
    parts = [_group(text, n) for n in range(1, 9)]
    year = f"CASE WHEN length({parts[2]}) = 2 THEN '20' || {parts[2]} ELSE {parts[2]} END"
    date = " || '-' || ".join([year, *(f"lpad({parts[n - 1]}, 2, '0')" for n in (month, day))])
    return f"epoch({_zoned(f'({date} || {_clock(parts[3:])})', times)})"
