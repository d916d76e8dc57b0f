"""Opinions are counted, and told as what they are."""

import pytest
from scipy.stats import binomtest

from pipelines.workspace.opinion import picked, tallies, voters
from pipelines.workspace.records import VoteRecord


def vote(left, right, side, who=""):
    return VoteRecord("b", f"r{id(object())}", "u1", left, right, side, who, "2026-11-23T21:55:00Z")


def test_votes_for_two_contenders_are_counted_wherever_they_stood():
    votes = [
        vote("als", "ease", "left"),
        vote("ease", "als", "right"),
        vote("ease", "als", "left"),
        vote("als", "ease", "neither"),
        vote("als", "popular", "right"),
    ]
    first, second = tallies(votes)
    assert (first.one, first.other) == ("als", "ease")
    assert (first.picks, first.losses, first.neither, first.votes) == (2, 1, 1, 4)
    assert (second.one, second.other, second.picks, second.votes) == ("popular", "als", 1, 1)
    assert sum(t.votes for t in (first, second)) == len(votes)


def test_what_was_picked_is_a_contender_or_nobody():
    assert [picked(vote("a", "b", side)) for side in ("left", "right", "neither")] == ["a", "b", ""]


@pytest.mark.parametrize(("picks", "losses"), [(7, 3), (1, 0), (50, 50), (12, 1)])
def test_the_interval_is_wilsons_over_those_who_picked_a_side(picks, losses):
    votes = [vote("a", "b", "left")] * picks + [vote("a", "b", "right")] * losses
    (tally,) = tallies([*votes, vote("a", "b", "neither")])
    peer = binomtest(picks, picks + losses).proportion_ci(method="wilson")
    assert tally.interval == pytest.approx((peer.low, peer.high), abs=1e-9)


def test_where_nobody_saw_a_difference_there_is_no_share():
    (tally,) = tallies([vote("a", "b", "neither")])
    assert tally.interval is None


def test_people_are_counted_by_their_sign_in_and_nameless_votes_apart():
    votes = [vote("a", "b", "left", who) for who in ("ann@x", "ann@x", "bob@x", "")]
    assert voters(votes) == (2, 1)
    assert voters([]) == (0, 0)
