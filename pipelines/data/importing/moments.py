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
SLASHED = rf"^(\d{{1,2}})[/.-](\d{{1,2}})[/.-](\d{{4}}|\d{{2}})(?:[ T,]+{_CLOCK})?$"
"""Dates such as 1/2/2026, 01.02.26 8:05 or 1-2-2026 8:05:09 PM +0100."""
_NAMED = [
    date + clock
    # Years of two digits come first: %Y would read 26 as the year 26.
    for date in ("%d %b %y", "%b %d %y", "%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y")
    for clock in ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
]
"""Dates with the name of a month, as `_by_name` leaves them."""
_PLACES: dict[DateOrder, tuple[int, int, int]] = {
    "day-first": (1, 2, 3), "month-first": (2, 1, 3), "year-first": (3, 2, 1),
}  # fmt: skip
"""Where such a date has its day, month and year."""
_ZONE = r"(?: ?(Z|UTC|GMT|[+-]\d{2}:?\d{2}))$"
_PUNCTUATION = r"(?i)^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? |[.,]\d+ ?$| at |[,.]"
_ISO_LIKE = (
    r"^(\d{4}[-/]\d{1,2}[-/]\d{1,2}[T ]+\d{1,2}:\d{2})(:\d{2})?(?:[.,](\d+))?" + _OFFSET + "$"
)
"""2023-11-15 06:06, 2023-11-15 06:06:32,123, or 2023-11-15 06:06:32 +0100."""
COMPACT = r"(19[7-9]|20)[0-9]{12}"
"""20231115060632."""


def seconds_sql(text: str, times: Times) -> str:
    """SQL for the seconds since 1970 (double) of a text; null if it cannot be read.

    Reads numbers in `times.unit` (default: s, ms, µs or ns by size), YYYYMMDD, YYYYMMDDhhmmss,
    ISO dates and times (in `times.zone` unless they have an offset or zone), dates such as
    1/2/2026 by `times.order`, and dates with an English name of the month. A written date may be
    outside the years 1970 to 2099: see `within_sql`, which takes the name of a column, because a
    copy of this expression takes long to plan.
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
    by_name = f"epoch({_zoned(_by_name(text), times)})"
    slashed = _slashed(text, times) if times.order else "NULL"
    iso = f"coalesce(epoch({_zoned(text, times)}), epoch({_zoned(_iso(text), times)}))"
    compact = f"strftime(try_strptime({text}, '%Y%m%d%H%M%S'), '%Y-%m-%d %H:%M:%S')"
    return f"""CASE
        WHEN CASE WHEN length({text}) = 8 THEN regexp_full_match({text}, '(19[7-9]|20)[0-9]*') END
        THEN epoch(try_strptime({text}, '%Y%m%d'))
        WHEN CASE WHEN length({text}) = 14 THEN regexp_full_match({text}, '{COMPACT}') END
        THEN epoch({_zoned(compact, times)})
        WHEN substr({text}, 5, 1) IN ('-', '/')
          AND TRY_CAST(substr({text}, 1, 4) AS INTEGER) IS NOT NULL
        THEN {iso}
        {numbers}
        WHEN {n} IS NOT NULL THEN NULL
        WHEN {is_slashed(text)} THEN {slashed}
        WHEN regexp_matches({text}, '^[A-Za-z]|^[0-9]{{1,2}}[ a-z-]') THEN {by_name}
        ELSE epoch({_zoned(text, times)})
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


def _by_name(text: str) -> str:
    """SQL: an ISO text of a date with the name of a month; null if it is none.

    15-Nov-2023 06:06, Wed, 15 Nov 2023 06:06:32 GMT, November 15th, 2023 at 6:06 a.m.
    """
    bare = f"regexp_replace({text}, {quoted(_ZONE)}, '')"
    bare = f"regexp_replace({bare}, {quoted(_PUNCTUATION)}, ' ', 'g')"
    bare = f"regexp_replace({bare}, '([0-9])(?:st|nd|rd|th)\\b', '\\1')"
    bare = f"regexp_replace({bare}, '(?i)([a-z]*sep)t\\b', '\\1')"
    bare = f"regexp_replace({bare}, '(?i)([0-9]) *([ap]) ?m\\b', '\\1 \\2m')"
    bare = f"trim(regexp_replace({bare}, '[ -]+', ' ', 'g'))"
    written = f"strftime(try_strptime({bare}, {_NAMED}), '%Y-%m-%d %H:%M:%S')"
    return f"({written} || {_offset(f'regexp_extract({text}, {quoted(_ZONE)}, 1)')})"


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
    return f"regexp_matches({text}, {quoted(SLASHED)})"


def part_sql(text: str, n: int) -> str:
    """SQL for the n-th number of a date such as 1/2/2026."""
    return f"TRY_CAST({_group(text, n)} AS INTEGER)"


def _group(text: str, n: int) -> str:
    return f"regexp_extract({text}, {quoted(SLASHED)}, {n})"


def within_sql(seconds: str) -> str:
    """SQL: the seconds, or null outside the years 1970 to 2099."""
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
    day, month, of_year = _PLACES[order]
    parts = [_group(text, n) for n in range(1, 9)]
    year = parts[of_year - 1]
    year = f"CASE WHEN length({year}) = 2 THEN '20' || {year} ELSE {year} END"
    date = " || '-' || ".join([year, *(f"lpad({parts[n - 1]}, 2, '0')" for n in (month, day))])
    return f"epoch({_zoned(f'({date} || {_clock(parts[3:])})', times)})"
