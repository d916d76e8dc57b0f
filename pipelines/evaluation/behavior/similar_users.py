"""People with like histories should get like lists."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipelines.evaluation.behavior.contract import BehaviorTest, NotRun
from pipelines.evaluation.behavior.evidence import Answer, listed
from pipelines.evaluation.behavior.words import percent, points
from pipelines.evaluation.results import BehaviorResult
from pipelines.evaluation.statistics.intervals import mean_interval
from pipelines.schema import Doubles, Longs

FEWEST_PAIRS = 20
EXAMPLES = 3


class SimilarUsers(BehaviorTest):
    name = "similar-users"
    title = "Similar people get similar lists"
    asks = "Do two people with much the same history get more of the same items than two strangers?"
    formula = (
        "mean over pairs of (shared share of two people with like histories - shared share of the "
        "first of them and a stranger); the shared share of two lists is the number of items on "
        "both / the length of the shorter one, once items that either person had before are left "
        "aside"
    )
    unit = "difference of two shares"
    passes = "the whole interval lies above {number}"
    why = (
        "Above 0 is the least that can be asked of personal lists. Items that either had before "
        "are left aside since they may not be on both lists, which alone would make strangers' "
        "lists differ."
    )
    default = 0.0

    def run(self, answer: Answer) -> BehaviorResult:
        pairs = answer.background.pairs
        if len(pairs) < FEWEST_PAIRS:
            raise NotRun(
                f"Only {len(pairs)} pairs of the evaluated people have histories in common; "
                f"{FEWEST_PAIRS} are needed."
            )
        alike = shared_share(answer, pairs.first, pairs.second)
        strange = shared_share(answer, pairs.first, pairs.other)
        both = ~np.isnan(alike) & ~np.isnan(strange)
        found = mean_interval(alike[both] - strange[both], within=(-1.0, 1.0))
        passed = found.low > self.bar
        ours, theirs = float(alike[both].mean()), float(strange[both].mean())
        said = (
            f"two people with like histories share {percent(ours)} of their places, two "
            f"strangers {percent(theirs)} (difference {points(found)})."
        )
        if (strange[both] == 1).all() and (alike[both] == 1).all():
            sentence = (
                "It gives everyone the same list, apart from what each had before, so similar "
                "people get nothing that strangers do not get."
            )
        elif passed:
            sentence = f"Similar people get similar lists: {said}"
        else:
            sentence = f"Similar people's lists are hardly more alike than strangers': {said}"
        return self.result(
            found.value,
            sentence,
            passed=passed,
            interval=found,
            examples=_examples(answer, alike),
        )


def shared_share(answer: Answer, first: Longs, second: Longs) -> Doubles:
    """What the lists of two people share, (p,), of what both may get; NaN where that is nothing.

    Lists that differ only by what each person had before share all of it.
    """
    shown, exclude, n = answer.shown, answer.background.exclude, answer.background.n_items
    a, b = shown[first], shown[second]
    a = np.where(listed(a, second, exclude, n), -1, a)
    b = np.where(listed(b, first, exclude, n), -1, b)
    keys = np.arange(len(a), dtype=np.int64)[:, None] * n
    both = np.isin(keys + a, (keys + b)[b >= 0]) & (a >= 0)
    shorter = np.minimum((a >= 0).sum(axis=1), (b >= 0).sum(axis=1))
    out: Doubles = np.where(shorter > 0, both.sum(axis=1) / np.maximum(shorter, 1), np.nan)
    return out


def _examples(answer: Answer, alike: Doubles) -> list[dict[str, Any]]:
    """The pairs of like histories whose lists share least."""
    background, pairs = answer.background, answer.background.pairs
    worst = np.argsort(alike, kind="stable")[:EXAMPLES]
    return [
        {
            "user_id": background.user(pairs.first[at]),
            "other_user_id": background.user(pairs.second[at]),
            "history_overlap": float(pairs.overlap[at]),
            "shared": float(alike[at]),
            "list": background.items(answer.shown[pairs.first[at]]),
            "other_list": background.items(answer.shown[pairs.second[at]]),
        }
        for at in worst.tolist()
        if not np.isnan(alike[at])
    ]
