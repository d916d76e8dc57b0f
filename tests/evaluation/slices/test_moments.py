from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipelines.evaluation.slices.moments import DAY, age, period, weekday


def seconds(*days: str) -> np.ndarray:
    return np.array(days, "datetime64[s]").astype(np.int64)


@pytest.mark.parametrize(
    ("last", "unit", "first", "final"),
    [
        ("2026-03-05", "day", "2026-03-01", "2026-03-05"),
        ("2026-04-10", "week", "the week from 2026-02-23", "the week from 2026-04-06"),
        ("2026-12-31", "month", "March 2026", "December 2026"),
        ("2028-02-01", "quarter", "Q1 2026", "Q1 2028"),
        ("2034-01-01", "year", "2026", "2034"),
    ],
)
def test_the_finest_unit_of_at_most_twelve(last: str, unit: str, first: str, final: str) -> None:
    moments = seconds(*pd.date_range("2026-03-01", last, freq="D").strftime("%Y-%m-%d"))
    made = period(moments)
    assert made is not None
    labels, found = made
    assert (found, labels[0], labels[-1]) == (unit, first, final)
    assert list(labels.categories)[-1] == final


def test_more_than_twelve_years_are_not_told_apart() -> None:
    assert period(seconds(*(f"{year}-01-01" for year in range(2000, 2013)))) is None


def test_weekdays_from_two_weeks_on() -> None:
    fortnight = seconds("2026-03-01", "2026-03-14T23:59:59")
    assert weekday(fortnight) is None
    labels = weekday(seconds("2026-03-01", "2026-03-15", "1969-12-31"))
    assert labels is not None and list(labels) == ["Sunday", "Sunday", "Wednesday"]


def test_ages_fall_between_whole_days() -> None:
    days = np.array([0, 0.99, 1, 6.99, 7, 27, 28, 90, 91, 364, 365, 9999, -5])
    found = age((days * DAY).astype(np.int64), np.ones(len(days), bool))
    assert list(found) == [
        "under a day", "under a day", "1–6 days", "1–6 days", "1–4 weeks", "1–4 weeks",
        "1–3 months", "1–3 months", "3–12 months", "3–12 months", "over a year", "over a year",
        "under a day",
    ]  # fmt: skip
    assert pd.isna(age(np.array([5]), np.array([False]))[0])
