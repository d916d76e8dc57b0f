"""Users with similar histories should get similar lists."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipelines.evaluation.behavior.contract import BehaviorTest, NotRun
from pipelines.evaluation.behavior.evidence import Answer, listed
from pipelines.evaluation.behavior.formats import percent, points
from pipelines.evaluation.behavior.pairs import Pairs
from pipelines.evaluation.results.document import BehaviorResult
from pipelines.runtime.phrases import number_of
from pipelines.schema import Doubles, Ints
from pipelines.statistics.intervals import t_interval

FEWEST_PAIRS = 20
EXAMPLES = 3


class SimilarUsers(BehaviorTest):
    name = "similar-users"
    title = "Similar users get similar lists"
    question = (
        "Do two users with similar histories get more items in common than two unrelated users?"
    )
    formula = (
        "mean over pairs of (items that two users with similar histories both get - items that the "
        "first of them and an unrelated user both get) / m, counted over the first m items of each "
        "list that are excluded for none of the three users; m is the length of the shortest of "
        "the three lists, at most k"
    )
    unit = "difference of two shares"
    passes = "the whole interval is above {number}"
    rationale = (
        "A difference above 0 is the minimum for personalized lists. Items that are excluded for "
        "one of the three users, since they are in the history, are left out of all three lists, "
        "and the lists are compared at equal length; otherwise unrelated users' lists would differ "
        "for that reason alone."
    )
    default = 0.0

    def run(self, answer: Answer) -> BehaviorResult:
        pairs = answer.background.pairs
        if len(pairs) < FEWEST_PAIRS:
            raise NotRun(
                f"The evaluated users form only {number_of(len(pairs), 'pair')} with overlapping "
                f"histories; {FEWEST_PAIRS} are needed."
            )
        first, second, other = in_common(answer, pairs)
        similar, unrelated = _shared(first, second), _shared(first, other)
        both = ~np.isnan(similar)
        found = t_interval((similar - unrelated)[both], within=(-1.0, 1.0))
        passed = found.low > self.bar
        ours, theirs = float(similar[both].mean()), float(unrelated[both].mean())
        shares = (
            f"two users with similar histories share {percent(ours)} of their lists, two unrelated "
            f"users {percent(theirs)} (difference {points(found)})."
        )
        if ours == theirs == 1.0:
            sentence = "All users get the same list, apart from the items in their own histories."
        elif passed:
            sentence = f"Similar users get similar lists: {shares}"
        else:
            sentence = f"Similar users' lists are hardly more similar than others': {shares}"
        return self.result(
            found.value,
            sentence,
            passed=passed,
            interval=found,
            examples=_examples(answer, similar),
        )


def in_common(answer: Answer, pairs: Pairs) -> tuple[Ints, Ints, Ints]:
    """The lists (p, k) of each pair and its unrelated user, over items excluded for none of them.

    Each is filled up from the places after k, and the three lists of a row are cut to the
    length of the shortest. A ranking that ignores histories then treats all three the same.
    """
    background = answer.background
    everyone = (pairs.first, pairs.second, pairs.other)
    lists = []
    for mine in everyone:
        items = answer.lists[mine]
        for theirs in everyone:
            barred = listed(items, theirs, background.exclude, background.n_items)
            items = np.where(barred, np.int32(-1), items)
        order = np.argsort(items < 0, axis=1, kind="stable")
        lists.append(np.take_along_axis(items, order, axis=1)[:, : background.k])
    there = np.logical_and.reduce([items >= 0 for items in lists])
    first, second, other = (np.where(there, items, np.int32(-1)) for items in lists)
    return first, second, other


def _shared(a: Ints, b: Ints) -> Doubles:
    """The share of the items of each row of `a` that are in that row of `b`; NaN without any."""
    both = ((a[:, :, None] == b[:, None, :]) & (a >= 0)[:, :, None]).any(axis=2).sum(axis=1)
    length = (a >= 0).sum(axis=1)
    out: Doubles = np.where(length > 0, both / np.maximum(length, 1), np.nan)
    return out


def _examples(answer: Answer, similar: Doubles) -> list[dict[str, Any]]:
    """The pairs of users with similar histories whose lists share least."""
    background, pairs = answer.background, answer.background.pairs
    worst = np.argsort(similar, kind="stable")[:EXAMPLES]
    return [
        {
            "user_id": background.user(pairs.first[at]),
            "other_user_id": background.user(pairs.second[at]),
            "history_overlap": float(pairs.overlap[at]),
            "shared": float(similar[at]),
            "list": background.items(answer.shown[pairs.first[at]]),
            "other_list": background.items(answer.shown[pairs.second[at]]),
        }
        for at in worst.tolist()
        if not np.isnan(similar[at])
    ]
