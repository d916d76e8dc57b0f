"""Readiness: the figures are right, the states follow from them, the sentence says it."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.data import readiness
from pipelines.data.assembly import finish
from pipelines.data.dataset import Dataset
from pipelines.data.profile import profile
from pipelines.data.readiness.facts import DAY, YEAR, measure
from pipelines.data.readiness.finding import Finding
from pipelines.schema import Interactions
from pipelines.testing import datasets as synthetic


def made(
    rows: list[tuple[int, int, int]], categories: list[str | None] | None = None, **about: object
) -> Dataset:
    user, item, times = (np.array(column) for column in zip(*rows, strict=True))
    n_users, n_items = int(user.max()) + 1, int(item.max()) + 1
    it = Interactions.build(user, item, None, times, n_users=n_users, n_items=n_items)
    items = pd.DataFrame({"item_id": [f"i{n}" for n in range(n_items)]})
    if categories is not None:
        items["categories"] = categories
    users = pd.DataFrame({"user_id": [f"u{n}" for n in range(n_users)]})
    return finish({"name": "made", **about}, it, items, users)


def by_check(dataset: Dataset) -> dict[str, Finding]:
    return {finding.check: finding for finding in readiness.findings(dataset)}


def test_figures_of_a_dataset_counted_by_hand() -> None:
    rows = [(0, 0, 0), (0, 0, 60), (0, 1, 4_000), (1, 0, 100 * DAY), (2, 1, 5)]
    facts = measure(made(rows, ["A", " "], rows_in=10, quarantined=5))
    v, t = facts.volume, facts.timing
    assert t is not None
    assert (v.events, v.users, v.items, v.pairs) == (5, 3, 2, 4)
    assert (v.users_once, v.users_two, v.users_five) == (2, 1, 0)
    assert v.density == pytest.approx(4 / 6)
    assert v.repeat_share == pytest.approx(1 / 5)
    assert v.once_share == pytest.approx(2 / 3)
    assert v.median_events == 1
    assert t.span_days == pytest.approx(100)
    # User 0 paused for over half an hour once; four visits of three people in 100 days.
    assert t.visits_per_year == pytest.approx(4 / 3 * YEAR / (100 * DAY))
    # The first visit of user 0 has two moments; no other has.
    assert (v.visits, v.visits_two) == (4, 1)
    assert (facts.metadata.described, facts.metadata.titled) == (1, 1)
    assert facts.quarantined_share == 0.5


def test_visits_count_the_last_year_only() -> None:
    old = [(0, 0, n * DAY) for n in range(50)]
    recent = [(1, 0, 1_000 * DAY + n * DAY) for n in range(3)]
    timing = measure(made(old + recent)).timing
    assert timing is not None
    assert timing.visits_per_year == pytest.approx(3)


def test_without_times_what_depends_on_them_is_unknown() -> None:
    dataset = made([(u, i, 0) for u in range(3) for i in range(4)])
    assert by_check(dataset)["span, days"].state == "unknown"
    assert "visits per user and year" not in by_check(dataset)
    sequential = readiness.approaches(dataset)["sequential"]
    assert sequential.state == "not enough"
    assert "the time of each event" in sequential.missing


def test_a_few_days_do_not_tell_visits_per_year() -> None:
    found = by_check(made([(0, 0, 0), (0, 1, DAY)]))
    assert found["visits per user and year"].state == "unknown"


def test_amazons_minimum_is_exact() -> None:
    # 24 users with two or more and 952 with one, then one more of the former.
    rows = [(u, i, u * 50 + i) for u in range(24) for i in range(2)]
    rows += [(u, 0, u) for u in range(24, 24 + 952)]
    short = readiness.approaches(made(rows))["Amazon Personalize"]
    assert short.state == "not enough"
    assert "1 more user with two or more events" in short.missing
    assert "1 more user with two or more events" in short.first
    met = readiness.approaches(made([*rows, (30, 1, 9)]))["Amazon Personalize"]
    # Above the minimum it trains; below the guidance that is thin.
    assert met.state == "thin"
    assert "with two or more events" not in met.missing
    assert "needs 48,999 more events and 24 more users" in met.missing
    found = by_check(made(rows[:999]))["events"]
    assert (found.value, found.threshold, found.state) == (999, 1_000, "not enough")
    assert found.todo.startswith("Collect 1 more event. ")
    assert found.source == "Amazon Personalize documentation"


def test_content_counts_items_without_categories() -> None:
    rows = [(0, i, i) for i in range(10)]
    some: list[str | None] = ["A"] * 5 + [None] * 5
    content = readiness.approaches(made(rows, some))["content"]
    assert (content.have, content.need, content.unit) == (5, 8, "items with a category")
    assert content.missing == "needs 3 more items with a category"
    full = readiness.approaches(made(rows, ["A"] * 8 + [None] * 2))["content"]
    assert full.state == "enough"


def test_repeats_are_a_matter_of_the_seen_policy() -> None:
    rows = [(0, 0, n) for n in range(5)]
    assert by_check(made(rows))["repeated events, share"].state == "thin"
    assert by_check(made(rows, seen="keep"))["repeated events, share"].state == "enough"


def test_the_document_has_the_shape_that_scripts_rely_on() -> None:
    document = json.loads(json.dumps(readiness.document(synthetic.dataset())))
    assert set(document) == {"verdict", "sentence", "findings", "approaches"}
    keys = ["check", "value", "threshold", "state", "why", "todo", "source"]
    assert all(list(finding) == keys for finding in document["findings"])
    checks = [finding["check"] for finding in document["findings"]]
    assert len(set(checks)) == len(checks)
    assert list(document["approaches"]) == [
        "popularity", "item-to-item", "factorization", "sequential", "content",
        "learned ranker", "real time", "off-policy", "A/B test", "Amazon Personalize",
        "Recombee", "Google Recommendations", "Algolia Recommend", "Gorse",
    ]  # fmt: skip
    for approach in document["approaches"].values():
        assert list(approach) == ["state", "missing", "note", "source"]
        assert (approach["state"] == "enough") == (approach["missing"] == "")


def test_findings_that_fall_short_say_what_to_do() -> None:
    for finding in readiness.findings(synthetic.dataset(n_users=10, events=3)):
        assert bool(finding.todo) == (finding.state != "enough"), finding
        assert finding.why, finding


def test_the_verdict_says_not_yet_popularity_only_or_ready() -> None:
    small = readiness.report(made([(0, 0, 0), (0, 1, 9)]))
    assert small.verdict == "not yet"
    assert small.sentence == (
        "Not yet: even popularity needs 498 more events to be better than random."
    )
    rows = [(u, u % 9, u * DAY + n * 60) for u in range(300) for n in range(2)]
    popular = readiness.report(made(rows))
    assert popular.verdict == "popularity only"
    assert popular.sentence == (
        "Enough for popularity, not yet for recommendations learned from behavior: "
        "item-to-item needs 4,400 more events."
    )
    similar = readiness.report(made(rows, ["A"] * 9))
    assert similar.sentence == (
        "Enough for popularity and for items similar in content, not yet for recommendations "
        "learned from behavior: item-to-item needs 4,400 more events."
    )
    bare = readiness.report(
        made([(u, (u * 7 + n) % 90, n * DAY + u) for u in range(1_100) for n in range(50)])
    )
    assert bare.verdict == "ready"
    assert bare.sentence.startswith("Ready: enough for ")
    assert "; content needs 72 items with a category, real time needs " in bare.sentence
    assert bare.sentence.endswith(", and one more falls short.")


def test_a_million_and_a_half_events_take_under_two_seconds() -> None:
    rng = np.random.default_rng(0)
    n = 1_500_000
    it = Interactions.build(
        rng.integers(0, 20_000, n), rng.integers(0, 5_000, n), None, rng.integers(0, 10**8, n),
        n_users=20_000, n_items=5_000,
    )  # fmt: skip
    items = pd.DataFrame({"item_id": [f"i{i}" for i in range(5_000)], "categories": "A"})
    dataset = finish(
        {"name": "m"}, it, items, pd.DataFrame({"user_id": [str(u) for u in range(20_000)]})
    )
    readiness.document(synthetic.dataset())  # compiles, the first time on a machine
    start = time.process_time()
    readiness.document(dataset)
    assert time.process_time() - start < 2


@given(
    rows=st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 4_102_444_799)), max_size=30
    ),
    seen=st.sampled_from(["exclude", "keep"]),
    now=st.integers(0, 4_102_444_799),
)
def test_any_dataset_gets_a_report(rows: list[tuple[int, int, int]], seen: str, now: int) -> None:
    dataset = made(rows or [(0, 0, 0)], seen=seen, rows_in=len(rows))
    if not rows:
        empty = dataset.interactions.select(np.zeros(1, bool))
        dataset = replace(dataset, interactions=empty)
    report = readiness.report(dataset, now)
    json.dumps(report.document(), allow_nan=False)
    json.dumps(profile(dataset).document(), allow_nan=False)
    assert report.sentence.endswith(".")
    for finding in report.findings:
        assert bool(finding.todo) == (finding.state != "enough"), finding
        assert (finding.value is None) == (finding.state == "unknown"), finding
    for name, approach in report.approaches.items():
        assert bool(approach.missing) == (approach.state != "enough"), name
        assert approach.need > 0 or name == "content"
