"""What is proposed from names and content, and where a person is asked instead."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from pipelines.data import dataset as store
from pipelines.data.importing.planning import plan
from pipelines.data.recipe import Recipe, Times
from pipelines.errors import AssayError

Write = Callable[[str, str | bytes], Path]
Import = Callable[..., store.Dataset]


def table(**columns: list[object]) -> str:
    return pd.DataFrame(columns).to_csv(index=False)


N = range(60)


def test_a_time_is_found_by_its_content(write: Write) -> None:
    path = write(
        "a.csv",
        table(
            user_id=[n % 9 for n in N], item_id=[n % 7 for n in N],
            happened=[1_600_000_000 + n for n in N], price=[n * 1.5 for n in N],
        ),
    )  # fmt: skip
    found = plan(path)
    assert found.recipe.columns["timestamp"] == "happened"
    assert found.by_content == ["timestamp"]


def test_content_decides_between_names_that_fit(write: Write) -> None:
    path = write(
        "a.csv",
        table(
            user_id=[n % 9 for n in N], item_id=[n % 7 for n in N],
            date=["Monday"] * 60, time=[f"2026-01-{n % 28 + 1:02d}" for n in N],
        ),
    )  # fmt: skip
    found = plan(path)
    found.require_complete()
    assert found.recipe.columns["timestamp"] == "time"


def test_two_times_are_asked_about(write: Write) -> None:
    days = [f"2026-01-{n % 28 + 1:02d}" for n in N]
    path = write(
        "a.csv",
        table(user_id=[n % 9 for n in N], item_id=[n % 7 for n in N], made=days, sent=days),
    )
    found = plan(path)
    assert found.ambiguous == {"timestamp": ["made", "sent"]}
    with pytest.raises(AssayError, match=r"'made', 'sent' fit timestamp equally well"):
        found.require_complete()
    for choice in ("sent", ""):
        plan(path, Recipe(columns={"timestamp": choice})).require_complete()


def test_the_one_column_that_could_be_the_item_is_proposed(write: Write) -> None:
    path = write(
        "a.csv",
        table(
            user_id=[f"u{n % 9}" for n in N], thing=[f"t{n % 7}" for n in N],
            amount=[n * 0.37 for n in N], note=[f"a longer remark, number {n}" for n in N],
        ),
    )  # fmt: skip
    found = plan(path)
    assert found.recipe.columns["item_id"] == "thing"
    assert found.by_content == ["item_id"]


def test_two_columns_that_could_be_the_item_are_asked_about(write: Write) -> None:
    path = write(
        "a.csv",
        table(
            user_id=[n % 9 for n in N], thing=[n % 7 for n in N], other=[n % 11 for n in N]
        ),
    )  # fmt: skip
    with pytest.raises(AssayError, match="fit item_id equally well"):
        plan(path).require_complete()


def test_dates_that_could_begin_either_way_are_asked_about(write: Write, imported: Import) -> None:
    text = "user_id,item_id,date\na,x,1/2/2026\nb,y,3/4/2026 17:05\n"
    with pytest.raises(AssayError, match="--day-first or --month-first"):
        plan(write("a.csv", text)).require_complete()
    for order, days in (("day-first", [1, 3]), ("month-first", [2, 4])):
        made = imported(text, recipe=Recipe(times=Times(order=order)))
        found = pd.to_datetime(made.interactions.time, unit="s")
        assert found.day.tolist() == days


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13/2/2026", "2026-02-13"),
        ("13.02.26 8:05", "2026-02-13 08:05"),
        ("13-2-2026 08:05:09", "2026-02-13 08:05:09"),
        ("13/02/2026 12:30 AM", "2026-02-13 00:30"),
        ("13/02/2026, 1:30 pm", "2026-02-13 13:30"),
        ("13/02/2026T12:30 PM", "2026-02-13 12:30"),
        ("31/02/2026", None),
        ("13/13/2026", None),
    ],
)
def test_day_first_dates(text: str, expected: str | None, imported: Import) -> None:
    made = imported(f"user_id;item_id;date\na;x;{text}\nb;y;13/1/2026\n")
    found = made.interactions.time[made.interactions.user == 0] if expected else []
    wanted = [] if expected is None else [int(pd.Timestamp(expected, tz="UTC").timestamp())]
    assert list(found) == wanted
    assert made.about.quarantined == (expected is None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-07-01 12:00:00", "2026-07-01 10:00"),
        ("2026-01-01 12:00:00", "2026-01-01 11:00"),
        ("2026-07-01", "2026-06-30 22:00"),
        ("2026-07-01T12:00:00Z", "2026-07-01 12:00"),
        ("2026-07-01 12:00:00+05:00", "2026-07-01 07:00"),
        ("2026-07-01 12:00:00 America/New_York", "2026-07-01 16:00"),
        ("13/7/2026 12:00", "2026-07-13 10:00"),
        ("1782900000", "2026-07-01 10:00"),
    ],
)
def test_a_zone_is_that_of_times_without_one(text: str, expected: str, imported: Import) -> None:
    made = imported(
        f"user_id,item_id,date\na,x,{text}\n", recipe=Recipe(times=Times(zone="Europe/Berlin"))
    )
    assert made.interactions.time.tolist() == [int(pd.Timestamp(expected, tz="UTC").timestamp())]


def test_a_unit_that_is_named_wins(imported: Import) -> None:
    text = "user_id,item_id,timestamp\na,x,86400000\n"
    made = imported(text, recipe=Recipe(times=Times(unit="ms")))
    assert made.interactions.time.tolist() == [86_400]
