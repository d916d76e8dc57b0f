"""How times are written, as a phrase: what `moments` reads, for people to check."""

from __future__ import annotations

import re

from pipelines.data.importing.moments import COMPACT, LATEST, SLASHED
from pipelines.data.recipe import Times

_UNITS = {
    "s": "seconds since 1970",
    "ms": "milliseconds since 1970",
    "us": "microseconds since 1970",
    "ns": "nanoseconds since 1970",
    "days": "days since 1970",
    "excel": "days of a spreadsheet",
}
_ORDERS = {
    "day-first": "day first",
    "month-first": "month first",
    "year-first": "year first",
    None: "day or month first",
}
_MONTHS = "(?i)(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_SHOWN = 30


def time_format(text: str, times: Times) -> str:
    """The format of a time with the time itself as an example; "" if it cannot be read."""
    written = _format(text, times)
    return f"{written}, such as {text[:_SHOWN]}" if written else ""


def _format(text: str, times: Times) -> str:
    if re.fullmatch("(19[7-9]|20)[0-9]{6}", text):
        return "YYYYMMDD"
    if re.fullmatch(COMPACT, text):
        return "YYYYMMDDhhmmss"
    if re.match("[0-9]{4}[-/]", text):
        return "year first"
    try:
        number = float(text)
    except ValueError:
        if re.match(SLASHED, text):
            return _ORDERS[times.order]
        return "month by name" if re.search(_MONTHS, text) else ""
    if times.unit is not None:
        return _UNITS[times.unit]
    for unit, size in (("s", 1), ("ms", 1e3), ("us", 1e6), ("ns", 1e9)):
        if 0 <= number < LATEST * size:
            return _UNITS[unit]
    return ""
