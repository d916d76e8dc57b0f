"""The ways to put one figure on a contest as a whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.evaluation.slices.cells import Contest
from pipelines.schema import Doubles
from pipelines.statistics.interval import Interval
from pipelines.statistics.intervals import paired

ONCE_EACH_USER = "each user counting once"
ONCE_EACH_TRUTH = "each item taken up counting once"
OWN_USERS = "each over the users that it has a value for"


@dataclass(frozen=True)
class Aggregate:
    """The difference contender - other on the whole, and what counts once in it."""

    counting: str
    found: Interval
    because: str
    """Why the parts can say otherwise, in a sentence; empty where they cannot."""


def aggregates(contest: Contest) -> list[Aggregate]:
    """The paired mean over users first, then what weighs users in another way.

    Empty where nobody has a value of both. Intervals of weighted means are those of the
    users' linearized contributions, so that they too are paired and over users.
    """
    mine = contest.kept.values(contest.contender, contest.metric)
    other = contest.kept.values(contest.against, contest.metric)
    d = mine - other
    both = ~np.isnan(d)
    if both.sum() < max(2, contest.fewest):
        return []
    span = contest.span
    items = "A user's figure over all items taken up is no average of that user's figures in the "
    items += "slices, and a slice counts each of its users alike."
    found = [Aggregate(ONCE_EACH_USER, paired(mine, other, span), items)]
    weights = contest.kept.requests.truth.lengths()[both].astype(np.float64)
    if weights.min() != weights.max():
        pooled = _mean(weighted(d[both], weights), span)
        because = "Users who took up many items weigh more in the whole than in the slices."
        found.append(Aggregate(ONCE_EACH_TRUTH, pooled, because))
    if (np.isnan(mine) != np.isnan(other)).any():
        apart = _mean(own_users(mine, other), span)
        n_mine, n_other = (int((~np.isnan(v)).sum()) for v in (mine, other))
        one, two = contest.called(contest.contender), contest.called(contest.against)
        because = (
            f"The two rest on different users: {one} has a value for {n_mine:,}, "
            f"{two} for {n_other:,}, both for {int(both.sum()):,}."
        )
        found.append(Aggregate(OWN_USERS, apart, because))
    return found


def _mean(contributions: Doubles, span: tuple[float, float] | None) -> Interval:
    """The mean of paired contributions (n,) with the interval of a paired difference."""
    return paired(contributions, np.zeros(len(contributions)), span)


def weighted(d: Doubles, weights: Doubles) -> Doubles:
    """Contributions (n,) whose mean is the weighted mean of `d`, and whose spread is its.

    Of a ratio of means: r + w (d - r) / mean(w), its first-order expansion.
    """
    ratio = float((weights * d).sum() / weights.sum())
    return ratio + weights * (d - ratio) / weights.mean()


def own_users(mine: Doubles, other: Doubles) -> Doubles:
    """Contributions (n,) whose mean is the difference of the two means, each over the users
    with a value; a user with only one of them counts there alone."""
    return _own(mine) - _own(other)


def _own(v: Doubles) -> Doubles:
    there = ~np.isnan(v)
    return weighted(np.where(there, v, 0.0), there.astype(np.float64))
