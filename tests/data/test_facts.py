"""Figures counted by hand, and those that another part of the house counts too."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipelines.data.dataset import ImportCounts
from pipelines.data.readiness.event_kinds import kind
from pipelines.data.readiness.facts import DAY, WEEK, Stream, measure
from pipelines.data.readiness.facts.exposure import Rate
from pipelines.data.readiness.facts.ids import ids
from pipelines.data.readiness.facts.metadata import metadata
from pipelines.data.readiness.facts.pace import Pace
from pipelines.data.readiness.facts.timing import Timing, timing
from pipelines.data.readiness.facts.volume import gini, top_share, volume
from pipelines.data.readiness.unit import EVENTS, USERS
from pipelines.data.split import split
from pipelines.schema import Interactions, Vocabulary
from pipelines.testing import datasets as synthetic
from tests.data.test_readiness import made

START = 1_700_000_000
SPANS = (DAY, 3 * DAY)


def drawn(seed: int, n: int = 400, users: int = 40, items: int = 25) -> Interactions:
    rng = np.random.default_rng(seed)
    return Interactions.build(
        rng.integers(0, users, n), rng.integers(0, items, n), None,
        START + rng.integers(0, 60, n) * DAY + rng.integers(0, 3, n) * 600,
        n_users=users, n_items=items,
    )  # fmt: skip


def found(interactions: Interactions, seen: str = "exclude", now: float = 0.0) -> Timing:
    t = timing(Stream(interactions), now, seen)
    assert t is not None
    return t


@pytest.mark.parametrize("seen", ["exclude", "keep"])
@pytest.mark.parametrize("seed", range(5))
def test_cold_counts_are_those_of_the_split(seed: int, seen: str) -> None:
    it = drawn(seed, users=80)
    cut, t = split(it, "time:0.9", seen=seen), found(it, seen)  # type: ignore[arg-type]
    assert t.test_users == len(cut.queries)
    assert t.cold_users == pytest.approx(cut.new_users / len(cut.queries))
    assert t.cold_truths == pytest.approx(cut.cold_truths / len(cut.truth.values))


@pytest.mark.parametrize("seed", range(3))
def test_the_counts_up_to_a_moment_are_those_of_the_events_up_to_it(seed: int) -> None:
    it = drawn(seed)
    until = START + 30 * DAY + 600
    assert volume(Stream(it), until) == volume(Stream(it.select(it.time <= until)))


def test_visits_and_moments_match_a_loop_over_people() -> None:
    it = drawn(7, n=900)
    visits = two = alone = 0
    for u in range(it.n_users):
        times = it.time[it.indptr[u] : it.indptr[u + 1]].tolist()
        runs: list[set[int]] = []
        for at, t in enumerate(times):
            if at == 0 or t - times[at - 1] > 1800:
                runs.append(set())
            runs[-1].add(t)
        visits += len(runs)
        two += sum(len(run) >= 2 for run in runs)
        alone += sum(times.count(t) > 1 for t in times)
    v = volume(Stream(it))
    assert (v.visits, v.visits_two) == (visits, two)
    assert found(it).simultaneous == pytest.approx(alone / len(it))


def test_visits_without_a_history_are_counted_in_the_last_quarter_only() -> None:
    # The regulars begin early; of five visits in the last quarter two are a person's first.
    regulars = [(u, 0, START + u + day * DAY) for u in range(3) for day in (0, 50, 95)]
    new = [(3, 0, START + 90 * DAY), (4, 0, START + 100 * DAY)]
    assert found(made(regulars + new).interactions).new_visits == pytest.approx(2 / 5)


def test_gaps_days_and_growth() -> None:
    rows = [(d % 3, 0, START + d * DAY) for d in range(112) if not 20 <= d < 30]
    t = found(made([*rows, *[(9, 1, START + d * DAY + 60) for d in range(57, 112)]]).interactions)
    assert t.longest_gap == 10
    assert t.empty_days == pytest.approx(10 / 112)
    # 55.5 days a window: 56 days with two events each but one, against 46 and one.
    assert t.growth is not None
    assert t.growth > 1
    assert t.window_weeks == pytest.approx(111 / 14, abs=0.01)


def test_times_that_are_days_are_told() -> None:
    days = made([(u, 0, d * DAY) for u in range(3) for d in range(9)]).interactions
    assert found(days).whole_days
    assert not found(drawn(0)).whole_days


def test_concentration() -> None:
    assert gini(np.array([5, 5, 5, 5])) == pytest.approx(0)
    # One of four holds all but nothing: the textbook's (n - 1) / n for the extreme case.
    assert gini(np.array([0, 0, 0, 10])) == pytest.approx(0.75)
    assert top_share(np.sort(np.array([1] * 99 + [101])), 0.01) == pytest.approx(0.505)


def test_hygiene_of_ids() -> None:
    h = ids(Vocabulary.of(["22423", "85048", "POST", "85123A", "10002"]))
    assert (h.numbers, h.words, h.mixed_examples) == (3, 1, ("POST",))
    assert h.mixed == pytest.approx(0.2)
    codes = ids(Vocabulary.of(["a1", "b2", "c3", "d4", "55", "ff"]))
    assert codes.mixed == 0  # in codes, digits alone and letters alone come by chance
    by_case = ids(Vocabulary.of(["AB1", "ab1", "x9", "X9 ", "bank charges"]))
    assert by_case.by_case == 2
    assert by_case.spaced == 2
    assert sorted(by_case.case_examples) == ["AB1", "ab1"]
    number = ids(Vocabulary.of(["3", "3.0", "007", "7", "12", "30"]))
    assert (number.by_number, sorted(number.number_examples)) == (4, ["007", "7"])
    two_forms = ids(Vocabulary.of(["Caf\u00e9", "Cafe\u0301", "Cafe"]))
    assert (two_forms.by_unicode, len(two_forms.unicode_examples)) == (2, 2)
    assert two_forms.by_case == two_forms.by_number == 0
    assert ids(Vocabulary.of([])).ids == 0


def test_shared_accounts_are_found_by_name_and_by_size() -> None:
    rows = [(u, n % 7, START + n * DAY + u) for u in range(4) for n in range(10)]
    dataset = made(rows)
    object.__setattr__(dataset, "users", Vocabulary(np.array(["0", "1", "Guest", "7"], object)))
    shared = measure(dataset).shared
    assert shared.ids == ("Guest",)  # 0 and 1 are normal here: they have no more than others
    assert shared.share == pytest.approx(0.25)


def test_coverage_counts_items_with_an_event() -> None:
    dataset = made([(0, i, i) for i in range(4)], ["A", "", None, "B"])
    dataset.catalogue.frame["price"] = [1.0, 0.0, np.nan, 2.0]
    dataset.catalogue.frame["title"] = ["a" * 10, "b" * 30, None, "c" * 20]
    m = metadata(dataset)
    assert m.item_columns == {"categories": 0.5, "price": 0.75, "title": 0.75}
    assert m.priced == 0.5
    assert m.text_length == 15  # of 0, 10, 20, 30
    assert (m.described, m.titled) == (2, 3)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Add-To-Cart", "cart"), ("addToCart", "cart"), ("detail-page-view", "view"),
        ("purchase", "purchase"), ("Order Completed", "purchase"), ("view_item_list", "impression"),
        ("notification_open", "open"), ("opened", "open"), ("rating", None), ("", None),
    ],
)  # fmt: skip
def test_types_of_event_by_their_usual_names(name: str, expected: str | None) -> None:
    assert kind(name) == expected


def test_wilsons_interval() -> None:
    # 42 of 10,000: .003109 to .005672.
    low, high = Rate(42, 10_000).interval
    assert low == pytest.approx(0.003109, abs=5e-7)
    assert high == pytest.approx(0.005672, abs=5e-7)


def test_what_an_old_import_did_not_count_is_unknown() -> None:
    old = measure(synthetic.dataset()).exposure
    assert (old.columns, old.event_types, old.impressions, old.guest_share) == (None,) * 4
    arrivals = ImportCounts(reasons={"the user is missing": 25}, returns=5)
    new = measure(made([(0, 0, 0), (0, 1, 9)], rows_in=100, arrivals=arrivals)).exposure
    assert new.guest_share == 0.25
    assert new.return_share == 0.05
    assert new.impressions == 0


def pace_of(rows: list[tuple[int, int, int]], now: float, more: float) -> str:
    t = found(made(rows).interactions, now=now)
    return Pace(100, 180).when(more, EVENTS, t)


def test_dates_are_given_at_the_pace_of_the_last_weeks_or_refused() -> None:
    rows = [(0, d % 5, START + d * DAY) for d in range(20 * 7 + 1)]
    newest = START + 140 * DAY
    assert pace_of(rows, newest + DAY, 50) == (
        "at 10 events a week, as in the last eight weeks, in about 5 weeks (2024-05-07)"
    )
    assert "should be there by now" in pace_of(rows, newest + 40 * 86_400, 50)
    assert pace_of(rows, newest + 400 * DAY, 50) == (
        "the data ends in April 2024, so no date can be given"
    )
    assert "more than ten years" in pace_of(rows, newest, 1e6)
    few = [(0, d, START + d * DAY) for d in range(6)]
    days = pace_of(few, START + 6 * DAY, 50)
    assert days == "the data covers only 5 days, so no date can be given"
    t = found(made(rows).interactions, now=newest)
    flat = Pace(100, 100).when(5, USERS, t)
    assert flat == "none were added in the last eight weeks, so no date can be given"
    assert Pace(0, 9).when(5, USERS, None) == "without times no date can be given"
    assert Pace(0, 8).weeks(5, t) == pytest.approx(5)


def test_the_pace_is_that_of_the_last_eight_weeks() -> None:
    slow = [(0, 0, START + w * WEEK) for w in range(20)]
    fast = [(1, 0, START + 19 * WEEK + n * 3600) for n in range(-8 * 20, 0)]
    t = found(made(slow + fast).interactions)
    assert t.events_per_week == pytest.approx((160 + 8) / 8)
    assert t.users_per_week == pytest.approx(pd.Series([1] * 7 + [2]).mean())
