"""People with like histories should get like lists."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipelines.evaluation.behavior.contract import BehaviorTest, NotRun
from pipelines.evaluation.behavior.evidence import Answer, listed
from pipelines.evaluation.behavior.pairs import Pairs
from pipelines.evaluation.behavior.words import percent, points
from pipelines.evaluation.results.document import BehaviorResult
from pipelines.schema import Doubles, Ints
from pipelines.statistics.intervals import t_interval

FEWEST_PAIRS = 20
EXAMPLES = 3


class SimilarUsers(BehaviorTest):
    name = "similar-users"
    title = "Similar people get similar lists"
    asks = "Do two people with much the same history get more of the same items than two strangers?"
    formula = (
        "mean over pairs of (items that both of two people with like histories get - items that "
        "the first of them and a stranger both get) / m, counted over the first m items of each "
        "list that none of the three had before; m is the most that all three lists hold, k at most"
    )
    unit = "difference of two shares"
    passes = "the whole interval lies above {number}"
    why = (
        "Above 0 is the least that can be asked of personal lists. What one of the three had "
        "before may not be on that person's list, which alone makes strangers' lists differ: so "
        "it is left aside in all three, and the lists are compared at one length."
    )
    default = 0.0

    def run(self, answer: Answer) -> BehaviorResult:
        pairs = answer.background.pairs
        if len(pairs) < FEWEST_PAIRS:
            raise NotRun(
                f"Only {len(pairs)} pairs of the evaluated people have histories in common; "
                f"{FEWEST_PAIRS} are needed."
            )
        first, second, other = in_common(answer, pairs)
        alike, strange = _shared(first, second), _shared(first, other)
        both = ~np.isnan(alike)
        found = t_interval((alike - strange)[both], within=(-1.0, 1.0))
        passed = found.low > self.bar
        ours, theirs = float(alike[both].mean()), float(strange[both].mean())
        said = (
            f"two people with like histories share {percent(ours)} of their places, two "
            f"strangers {percent(theirs)} (difference {points(found)})."
        )
        if ours == theirs == 1.0:
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


def in_common(answer: Answer, pairs: Pairs) -> tuple[Ints, Ints, Ints]:
    """The lists (p, k) of each pair's first, second and stranger, over items open to all three.

    Each is filled from the places after k where there are such, and all three of a row are
    cut to the length of the shortest. A ranking that knows nothing of histories leaves its
    mark on none of them: restricted to the same items, all three are drawn alike.
    """
    background = answer.background
    everyone = (pairs.first, pairs.second, pairs.other)
    kept = []
    for mine in everyone:
        items = answer.lists[mine]
        for theirs in everyone:
            barred = listed(items, theirs, background.exclude, background.n_items)
            items = np.where(barred, np.int32(-1), items)
        order = np.argsort(items < 0, axis=1, kind="stable")
        kept.append(np.take_along_axis(items, order, axis=1)[:, : background.k])
    there = np.logical_and.reduce([items >= 0 for items in kept])
    first, second, other = (np.where(there, items, np.int32(-1)) for items in kept)
    return first, second, other


def _shared(a: Ints, b: Ints) -> Doubles:
    """The share of the items of each row of `a` that are in that row of `b`; NaN without any."""
    both = ((a[:, :, None] == b[:, None, :]) & (a >= 0)[:, :, None]).any(axis=2).sum(axis=1)
    length = (a >= 0).sum(axis=1)
    out: Doubles = np.where(length > 0, both / np.maximum(length, 1), np.nan)
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
