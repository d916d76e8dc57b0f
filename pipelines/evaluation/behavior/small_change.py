"""Removing one event should not change most of a list."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipelines.evaluation.behavior.contract import BehaviorTest, NotRun
from pipelines.evaluation.behavior.evidence import Answer
from pipelines.evaluation.behavior.formats import between, number
from pipelines.evaluation.metrics.overlap import jaccard
from pipelines.evaluation.results.document import BehaviorResult
from pipelines.runtime.phrases import number_of
from pipelines.schema import Doubles, Ints
from pipelines.statistics.intervals import mean_interval

EXAMPLES = 3


class SmallChange(BehaviorTest):
    name = "small-change"
    title = "A small change of the history changes little"
    question = "Does most of a list stay when one random event is removed from the history?"
    formula = (
        "mean over the users asked again of (items on both lists / items on either list), of the "
        "lists before and after; the items excluded from a list stay the same"
    )
    unit = "Jaccard overlap of two lists, 0 to 1"
    passes = "{number} or more"
    rationale = (
        "An overlap of one half, which is 7 of 10 places in common, is a convention of this "
        "project: a list that mostly changes with one event follows noise. Lists are compared as "
        "in Oh et al. 2022, https://arxiv.org/abs/2201.12686."
    )
    default = 0.5

    def run(self, answer: Answer) -> BehaviorResult:
        probes, k = answer.probes, answer.background.k
        if probes.why_not:
            raise NotRun(probes.why_not)
        if not len(probes.changed_rows):
            raise NotRun("No user has two events in the history, so none can be removed.")
        before, after = answer.shown[probes.changed_rows], probes.changed[:, :k]
        same = overlap(before, after)
        found = mean_interval(same, within=(0.0, 1.0))
        passed = found.value >= self.bar
        finding = "changes lists little" if passed else "changes lists a lot"
        sentence = (
            f"Removing one event {finding}: over {number_of(len(same), 'user')}, the mean overlap "
            f"of the lists before and after is {number(found.value)} ({between(found)}); 1 is no "
            "change, 0 is nothing in common."
        )
        return self.result(
            found.value,
            sentence,
            passed=passed,
            interval=found,
            examples=_examples(answer, same),
        )


def overlap(before: Ints, after: Ints) -> Doubles:
    """The Jaccard overlap of each row, (m,); 1 where both lists are empty."""
    return np.nan_to_num(jaccard(before, after), nan=1.0)


def _examples(answer: Answer, same: Doubles) -> list[dict[str, Any]]:
    """The users whose lists changed most."""
    background, probes = answer.background, answer.probes
    return [
        {
            "user_id": background.user(probes.changed_rows[at]),
            "overlap": float(same[at]),
            "left_out": background.item(int(probes.left_out[at])),
            "before": background.items(answer.shown[probes.changed_rows[at]]),
            "after": background.items(probes.changed[at][: background.k]),
        }
        for at in np.argsort(same, kind="stable")[:EXAMPLES].tolist()
    ]
