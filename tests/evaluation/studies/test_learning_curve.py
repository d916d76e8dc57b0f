"""The learning curve: what it leaves out, what it keeps, and what it says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipelines.data.split import split
from pipelines.errors import AssayError
from pipelines.evaluation.studies.learning_curve import SHARES, learning_curve, newest_moment, since
from pipelines.evaluation.studies.results import LearningCurve
from pipelines.schema import Interactions
from pipelines.testing.datasets import dataset
from tests.evaluation.studies.test_audit import fashions

DATA = dataset(n_users=120, events=20)


@pytest.fixture(scope="module")
def found() -> LearningCurve:
    return learning_curve(DATA, protocol="last-n:2")


def test_a_point_for_each_share_and_pipeline_over_the_same_people(found: LearningCurve) -> None:
    assert [(p.share, p.spec) for p in found.points] == [
        (share, spec) for share in SHARES for spec in ("als", "popular")
    ]
    events = [p.events for p in found.points if p.spec == "als"]
    assert events == sorted(events)
    assert events[-1] == len(split(DATA.interactions, "last-n:2").train)
    assert all(p.found.low <= p.found.value <= p.found.high for p in found.points)
    blank = [p.users_without_history for p in found.points if p.spec == "als"]
    assert blank == sorted(blank, reverse=True)
    assert blank[-1] == 0 < blank[0]


def test_more_history_helps_where_taste_is_personal(found: LearningCurve) -> None:
    """Two tastes: with a tenth of the events most people have no history to tell theirs by."""
    als = {p.share: p.found for p in found.points if p.spec == "als"}
    assert als[1.0].low > als[0.1].high
    gain = found.gains[0]
    assert (gain.spec, gain.from_share, gain.outcome) == ("als", 0.4, "better")
    assert gain.difference == pytest.approx(als[1.0].value - als[0.4].value)
    assert found.sentence == gain.sentence
    assert found.sentence.startswith("More data still helps ALS: from the newest 40%")


def test_the_past_does_harm_where_fashions_change() -> None:
    found = learning_curve(fashions(n_users=300), protocol="time:0.95")
    popular = found.gains[1]
    assert popular.outcome == "worse"
    assert popular.sentence.startswith("Older data harms Popular")


def test_few_people_are_not_enough_to_tell() -> None:
    found = learning_curve(fashions(n_users=40), protocol="time:0.95", most_users=8)
    sentences = [g.sentence for g in found.gains if g.outcome == "inconclusive"]
    assert sentences, "eight people should not settle both questions"
    assert all("not certain yet" in s and "would settle it" in s for s in sentences)
    assert any("random sample of 8 users" in note for note in found.notes)


@pytest.mark.parametrize("protocol", ["time:0.8", "last-n:2", "users:0.2"])
def test_a_share_knows_nothing_from_before_its_moment(protocol: str) -> None:
    cut = split(DATA.interactions, protocol)
    for share in (0.1, 0.4):
        moment = newest_moment(cut, share)
        newest = since(cut, moment, DATA)
        kept = len(newest.train) / len(cut.train)
        assert share <= kept < share + 0.05
        assert newest.train.time.min() == moment
        assert (newest.queries.times >= moment).all()
        assert np.array_equal(newest.queries.user, cut.queries.user)
        assert np.array_equal(newest.queries.now, cut.queries.now)
        assert newest.truth is cut.truth
        assert newest.queries.history.lengths().sum() < cut.queries.history.lengths().sum()
        unknown = np.flatnonzero(~newest.known)
        assert not np.isin(newest.train.item, unknown).any()
        assert newest.cold_truths >= cut.cold_truths


def test_a_split_in_time_that_evaluates_nobody_falls_back_and_says_so() -> None:
    it = DATA.interactions
    newest = it.time.argmax()
    # The newest tenth is all repeats of what these people interacted with before.
    again = np.repeat(newest, len(it))
    late = Interactions.build(
        np.concatenate([it.user, it.user[again]]),
        np.concatenate([it.item, it.item[again]]),
        None,
        np.concatenate([it.time, it.time[again] + 1 + np.arange(len(it))]),
        n_users=it.n_users,
        n_items=it.n_items,
    )
    found = learning_curve(replace(DATA, interactions=late))
    assert found.split == "last-n:5"
    assert found.split_note.startswith("benchmark protocol")
    assert found.notes[0] == "time:0.9 leaves no users to evaluate, so the split is last-n:5."


def test_data_without_times_has_no_newest_part() -> None:
    it = DATA.interactions
    timeless = replace(it, time=np.zeros_like(it.time))
    with pytest.raises(AssayError, match="different times"):
        learning_curve(replace(DATA, interactions=timeless))
    with pytest.raises(AssayError, match="assay data audit"):
        learning_curve(DATA, protocol="random:0.1")


def test_the_document_comes_back_from_json(found: LearningCurve) -> None:
    assert LearningCurve.model_validate_json(found.model_dump_json()) == found
