"""One event less should not turn a list over."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipelines.evaluation.behavior.contract import BehaviorTest, NotRun
from pipelines.evaluation.behavior.evidence import Answer
from pipelines.evaluation.behavior.words import between, number
from pipelines.evaluation.metrics.overlap import jaccard
from pipelines.evaluation.results.document import BehaviorResult
from pipelines.schema import Doubles, Ints
from pipelines.statistics.intervals import mean_interval

EXAMPLES = 3


class SmallChange(BehaviorTest):
    name = "small-change"
    title = "A small change of a history changes little"
    asks = "Does most of a list stay when one event, drawn by chance, is left out of the history?"
    formula = (
        "mean over the people asked again of (items on both lists / items on either list), the "
        "lists before and after; what may not be on a list stays as it was"
    )
    unit = "Jaccard overlap of two lists, 0 to 1"
    passes = "{number} or more"
    why = (
        "Half of all items that are on either list, which is 7 of 10 places, is a convention of "
        "this project: a list that turns over with one event follows noise. Lists are compared "
        "as in Oh et al. 2022, https://arxiv.org/abs/2201.12686."
    )
    default = 0.5

    def run(self, answer: Answer) -> BehaviorResult:
        probes, k = answer.probes, answer.background.k
        if probes.why_not:
            raise NotRun(probes.why_not)
        if not len(probes.changed_rows):
            raise NotRun("Nobody has two events in the history, so none can be left out.")
        before, after = answer.shown[probes.changed_rows], probes.changed[:, :k]
        same = overlap(before, after)
        found = mean_interval(same, within=(0.0, 1.0))
        passed = found.value >= self.bar
        word = "little" if passed else "much"
        sentence = (
            f"One event less changes {word}: of {len(same):,} people's lists, before and after "
            f"overlap by {number(found.value)} ({between(found)}); 1 is no change, 0 is nothing "
            "in common."
        )
        return self.result(
            found.value,
            sentence,
            passed=passed,
            interval=found,
            examples=_examples(answer, same),
        )


def overlap(before: Ints, after: Ints) -> Doubles:
    """The metric `jaccard` of each row, (m,); here two empty lists are alike."""
    return np.nan_to_num(jaccard(before, after), nan=1.0)


def _examples(answer: Answer, same: Doubles) -> list[dict[str, Any]]:
    """Whose lists changed most."""
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
