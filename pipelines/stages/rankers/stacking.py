"""How much weight trees get beside the order in which candidates arrive."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.schema import Doubles, Floats, Mask

LEAST = 1e-3
"""Least weight of the arrival, which then only breaks ties."""


@dataclass(frozen=True)
class Weights:
    """score = `arrival` * arrival + `trees` * the trees' score; `losses` (n,) are the requests'."""

    arrival: float
    trees: float
    losses: Doubles


def arrival(k: int) -> Doubles:
    """What a candidate's place is worth before the trees are asked, (k,): -log(rank)."""
    return -np.log(np.arange(1.0, k + 1))


def weigh(scores: Doubles, labels: Floats, there: Mask, doubt: float) -> Weights:
    """The weights under which the labeled candidates are most likely, by a softmax per request.

    `scores` (n, k) are of trees that did not learn from the request; every request has a label.
    `doubt` is a penalty on the trees' squared weight, per standard deviation of their scores
    within a request, in units of a request's loss: it counts where requests are few.
    Stacking, Breiman 1996, https://doi.org/10.1007/BF00117832.
    """
    from scipy.optimize import minimize

    light = np.broadcast_to(arrival(there.shape[1]), there.shape)
    target = np.where(there, labels, 0)
    target = target / target.sum(axis=1, keepdims=True)
    middle = np.where(there, scores, 0).sum(axis=1, keepdims=True) / there.sum(1, keepdims=True)
    around = np.where(there, scores - middle, 0)
    spread = float(np.sqrt((around**2).sum() / there.sum()))
    parts = np.stack([np.where(there, light, 0), around / (spread or 1.0)])

    def losses(weights: Doubles) -> tuple[Doubles, Doubles]:
        logits = np.where(there, np.tensordot(weights, parts, 1), -np.inf)
        logits -= logits.max(axis=1, keepdims=True)
        odds = np.exp(logits)
        total = odds.sum(axis=1, keepdims=True)
        found = (np.log(total) - np.where(there, logits, 0)) * target
        return found.sum(axis=1), odds / total - target

    def penalized(weights: Doubles) -> tuple[float, Doubles]:
        found, slope = losses(weights)
        slopes = np.tensordot(parts, slope, 2)
        slopes[1] += 2 * doubt * weights[1]
        return float(found.sum() + doubt * weights[1] ** 2), slopes

    best = minimize(
        penalized,
        np.array([0.1, 0.1]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(LEAST, None), (0, None if spread else 0)],
    ).x
    return Weights(float(best[0]), float(best[1] / (spread or 1.0)), losses(best)[0])


def last_useful(steps: list[Weights]) -> int:
    """The last step that is not worse than the best one by more than a standard error.

    The very best would be drawn by chance where steps are nearly equal.
    """
    best = min(steps, key=lambda step: float(step.losses.mean())).losses
    for at in range(len(steps) - 1, 0, -1):
        worse = steps[at].losses - best
        if worse.mean() <= worse.std() / np.sqrt(len(worse)):
            return at
    return 0
