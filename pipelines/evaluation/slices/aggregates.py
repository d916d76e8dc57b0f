"""Overall differences between two contenders, under several weightings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.evaluation.results.fit_values import paired_fits
from pipelines.evaluation.slices.cells import Contest
from pipelines.schema import Doubles
from pipelines.statistics.interval import Interval
from pipelines.statistics.intervals import paired

PER_USER = "with equal weight per user"
PER_TRUTH = "with equal weight per held-out item"
OWN_USERS = "with each mean over the users who have a value"


@dataclass(frozen=True)
class Aggregate:
    """The overall difference contender - other under one weighting."""

    counting: str
    """The weighting, as a phrase."""
    found: Interval
    reason: str
    """Why slices can disagree with it, in one sentence."""


def aggregates(contest: Contest) -> list[Aggregate]:
    """The paired mean over users first, then the other weightings.

    Empty where too few users have a value of both. Intervals of weighted means are those of
    the users' linearized contributions, so they are paired and over users, too.
    """
    mine, other = paired_fits(
        contest.folder.fit_values(contest.contender, contest.metric),
        contest.folder.fit_values(contest.against, contest.metric),
    )
    d = mine - other
    both = ~np.isnan(d).any(axis=1)
    if both.sum() < max(2, contest.fewest):
        return []
    span = contest.span
    reason = "A user's value over all held-out items is not an average of that user's values in "
    reason += "the slices, and each slice gives its users equal weight."
    found = [Aggregate(PER_USER, paired(mine, other, span), reason)]
    weights = contest.folder.requests.truth.lengths()[both].astype(np.float64)
    if weights.min() != weights.max():
        pooled = _mean(weighted(d[both], weights), span)
        reason = "Users with many held-out items have more weight overall than in the slices."
        found.append(Aggregate(PER_TRUTH, pooled, reason))
    there, theirs = (~np.isnan(v).any(axis=1) for v in (mine, other))
    if (there != theirs).any():
        apart = _mean(own_users(mine, other), span)
        n_mine, n_other = int(there.sum()), int(theirs.sum())
        one, two = contest.title(contest.contender), contest.title(contest.against)
        reason = (
            f"The two means are over different users: {one} has a value for {n_mine:,}, "
            f"{two} for {n_other:,}, both for {int(both.sum()):,}."
        )
        found.append(Aggregate(OWN_USERS, apart, reason))
    return found


def _mean(contributions: Doubles, span: tuple[float, float] | None) -> Interval:
    """The mean of paired contributions (n, fits) with the interval of a paired difference."""
    return paired(contributions, np.zeros_like(contributions), span)


def weighted(d: Doubles, weights: Doubles) -> Doubles:
    """Contributions (n, fits) with the mean and the standard error of the weighted mean of `d`.

    `d` is (n, fits), `weights` (n,). The first-order expansion of a ratio of means:
    r + w (d - r) / mean(w).
    """
    ratio = weights @ d / weights.sum()
    found: Doubles = ratio + weights[:, None] * (d - ratio) / weights.mean()
    return found


def own_users(mine: Doubles, other: Doubles) -> Doubles:
    """Contributions (n, fits) whose mean is the difference of the two means.

    Each mean is over the users with a value; a user with only one value counts in that mean.
    """
    return _own(mine) - _own(other)


def _own(v: Doubles) -> Doubles:
    there = np.asarray(~np.isnan(v).any(axis=1))
    return weighted(np.where(there[:, None], v, 0.0), there.astype(np.float64))
