"""Times as slices: calendar periods, weekdays, ages."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipelines.data.profile_sentences import WEEKDAYS
from pipelines.evaluation.slices.columns import MOST, coded
from pipelines.evaluation.slices.stored import Labels
from pipelines.schema import Longs

DAY = 86_400
AGES = (1, 7, 28, 91, 365)
"""Upper edges in days, exclusive."""
AGE_LABELS = (
    "under a day", "1–6 days", "1–4 weeks", "1–3 months", "3–12 months", "over a year",
)  # fmt: skip
UNITS = ("day", "week", "month", "quarter", "year")
WEEKDAYS_FROM = 14 * DAY
"""The shortest time span for which weekdays are compared, in seconds."""


def period(moments: Longs) -> tuple[Labels, str] | None:
    """Times (n,) in the finest calendar unit that gives at most `MOST` slices, and the unit.

    None where even years give more.
    """
    for unit in UNITS:
        number = _numbered(moments, unit)
        distinct = np.unique(number)
        if len(distinct) <= MOST:
            labels = [_named(int(d), unit) for d in distinct]
            at = np.searchsorted(distinct, number)
            return coded(at, labels), unit
    return None


def weekday(moments: Longs) -> Labels | None:
    """The weekday (UTC) of each time (n,); None where they span less than two weeks."""
    if len(moments) == 0 or moments.max() - moments.min() < WEEKDAYS_FROM:
        return None
    return coded((moments // DAY + 3) % 7, WEEKDAYS)  # 1970 began on a Thursday


def age(seconds: Longs, known: np.ndarray) -> Labels:
    """Ages (n,) in seconds as `AGE_LABELS`; missing where `known` (n,) is false."""
    at = np.searchsorted(np.array(AGES), np.maximum(seconds, 0) // DAY, side="right")
    return coded(np.where(known, at, -1), AGE_LABELS)


def _numbered(moments: Longs, unit: str) -> Longs:
    if unit in ("day", "week"):
        days = moments // DAY
        return days if unit == "day" else (days + 3) // 7
    months = moments.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
    return months // {"month": 1, "quarter": 3, "year": 12}[unit]


def _named(number: int, unit: str) -> str:
    if unit in ("day", "week"):
        day = number if unit == "day" else 7 * number - 3
        date = str(np.datetime64(day, "D"))
        return date if unit == "day" else f"the week from {date}"
    months = number * {"month": 1, "quarter": 3, "year": 12}[unit]
    first: Any = np.datetime64(months, "M").astype(object)
    if unit == "month":
        return f"{first:%B %Y}"
    return f"{first.year}" if unit == "year" else f"Q{(first.month + 2) // 3} {first.year}"
