"""The profile's figures against loops and known totals; few enough points; words that are true."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest

from pipelines.cli.data_profile import data_profile
from pipelines.data.dataset import ImportCounts
from pipelines.data.profile import MOST_BINS, TAIL_POINTS, bins, profile
from pipelines.data.samples import SAMPLES
from pipelines.testing import datasets as synthetic
from tests.data.samples import EACH_SAMPLE
from tests.data.test_readiness import made

DAY = 86_400


def at(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp())


@pytest.mark.parametrize(
    ("days", "unit"),
    [
        (1, "day"), (119, "day"), (121, "week"), (800, "week"), (900, "month"), (3_600, "month"),
        (3_700, "quarter"), (10_900, "quarter"), (11_100, "year"), (47_000, "five years"),
    ],
)  # fmt: skip
def test_the_finest_unit_of_at_most_120_bins(days: int, unit: str) -> None:
    name, edges = bins(0, days * DAY)
    assert name == unit
    assert len(edges) - 1 <= MOST_BINS
    assert edges[0] <= 0
    assert edges[-2] <= days < edges[-1]


def test_weeks_begin_on_mondays() -> None:
    _, edges = bins(at("2025-01-01"), at("2025-12-31"))
    starts = [dt.date(1970, 1, 1) + dt.timedelta(days=int(d)) for d in edges]
    assert {day.weekday() for day in starts} == {0}
    assert starts[0] == dt.date(2024, 12, 30)


def test_activity_counts_events_people_and_new_ones() -> None:
    rows = [
        (0, 0, at("2025-01-30T10:00")), (0, 1, at("2025-01-30T11:00")),
        (1, 0, at("2025-02-01T00:00")), (0, 0, at("2025-02-01T23:59")),
    ]  # fmt: skip
    found = profile(made(rows))
    assert found.unit == "day"
    assert found.activity == [
        {"start": "2025-01-30", "events": 2, "users": 1, "new_users": 1, "whole": True},
        {"start": "2025-01-31", "events": 0, "users": 0, "new_users": 0, "whole": True},
        {"start": "2025-02-01", "events": 2, "users": 2, "new_users": 1, "whole": True},
    ]
    assert found.sentences["activity"].endswith("Without an event: 1 of 3.")


def test_a_bin_that_the_data_does_not_fill_is_marked() -> None:
    rows = [(0, 0, at("2020-01-05")), (0, 1, at("2024-03-31"))]
    found = profile(made(rows))
    assert found.unit == "month"
    whole = [row["whole"] for row in found.activity]
    assert whole[0] is False
    assert whole[-1] is True
    assert all(whole[1:])


def test_the_long_tail_is_a_rising_curve_of_few_points() -> None:
    rows = [(u, i, u * 60) for i in range(1_000) for u in range(1 + 1_000 // (i + 1))]
    found = profile(made(rows))
    shares = [(row["items"], row["events"]) for row in found.long_tail]
    assert len(shares) <= TAIL_POINTS
    assert shares == sorted(shares)
    assert shares[-1] == (1.0, pytest.approx(1.0))
    assert shares[0] == (pytest.approx(1 / 1_000), pytest.approx(1_001 / len(rows)))


def test_history_lengths_sum_to_the_people() -> None:
    rows = [(u, i, i * 60) for u, n in enumerate([1, 2, 3, 4, 5, 9, 10, 1_200]) for i in range(n)]
    found = profile(made(rows))
    counts = {row["bin"]: row["users"] for row in found.histories}
    assert counts == {
        "1": 1, "2": 1, "3 to 4": 2, "5 to 9": 2, "10 to 19": 1, "20 to 49": 0, "50 to 99": 0,
        "100 to 199": 0, "200 to 499": 0, "500 to 999": 0, "1,000 or more": 1,
    }  # fmt: skip
    assert found.sentences["histories"].startswith("50% of the users have fewer than five events")


def test_hours_are_of_the_week_in_utc() -> None:
    rows = [(0, 0, at("2025-03-03T05:10")), (0, 1, at("2025-03-09T23:59"))]  # Monday, Sunday
    hours = {(r["weekday"], r["hour"]): r["events"] for r in profile(made(rows)).hours}
    assert len(hours) == 168
    assert {place for place, n in hours.items() if n} == {(0, 5), (6, 23)}
    days = made([(0, n, n * DAY) for n in range(9)])
    assert profile(days).hours == []


def test_types_and_coverage_come_from_the_import() -> None:
    arrivals = ImportCounts(event_types={"view": 9, "buy": 1}, filled={"position": 1})
    found = profile(made([(0, 0, 0), (0, 1, 9)], ["A", None], arrivals=arrivals))
    assert [(r["event_type"], r["share"]) for r in found.types] == [("view", 0.9), ("buy", 0.1)]
    covered = {(r["table"], r["column"]): r["share"] for r in found.coverage}
    assert covered == {("items", "categories"): 0.5, ("events", "position"): 0.5}


def test_without_times_there_is_no_activity() -> None:
    found = profile(made([(u, u, 0) for u in range(4)]))
    assert (found.unit, found.activity, found.hours) == (None, [], [])
    assert "activity" not in found.sentences


@pytest.mark.parametrize("name", EACH_SAMPLE)
def test_the_samples_profiles_agree_with_their_events(name: str) -> None:
    sample = SAMPLES[name]
    dataset = sample.build(sample)[0]
    found = profile(dataset)
    document = json.loads(json.dumps(found.document()))
    assert set(document["sentences"]) <= set(document)
    assert sum(row["events"] for row in found.activity) == len(dataset.interactions)
    assert sum(row["new_users"] for row in found.activity) == found.users
    assert sum(row["events"] for row in found.hours) == len(dataset.interactions)
    assert sum(row["users"] for row in found.histories) == found.users
    assert all(r["new_users"] <= r["users"] <= r["events"] for r in found.activity)
    assert np.diff([row["events"] for row in found.long_tail]).min() >= 0


def test_the_command_line_says_it_in_sentences_or_json(capsys: pytest.CaptureFixture[str]) -> None:
    dataset = synthetic.dataset()
    data_profile(dataset, as_json=True)
    assert json.loads(capsys.readouterr().out) == profile(dataset).document()
    data_profile(dataset, as_json=False)
    told = capsys.readouterr().out
    assert told.startswith("two-tastes: 1,120 events of 80 users and 60 items.")
    assert all(words in told for words in profile(dataset).sentences.values())
