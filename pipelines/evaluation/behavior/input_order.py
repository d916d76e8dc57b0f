"""A list should not depend on who else is asked, or when."""

from __future__ import annotations

import numpy as np

from pipelines.evaluation.behavior.contract import BehaviorTest, NotRun
from pipelines.evaluation.behavior.evidence import Answer
from pipelines.evaluation.behavior.words import percent
from pipelines.evaluation.results.document import BehaviorResult

EXAMPLES = 3


class InputOrder(BehaviorTest):
    name = "input-order"
    title = "The order of requests does not matter"
    asks = (
        "Does a person get the same list, to the last place, when asked for alone or in another "
        "order of requests?"
    )
    formula = (
        "requests whose list is the same alone, in another order and in the bake-off / requests "
        "that were asked again"
    )
    unit = "share of requests"
    passes = "{percent} of the requests"
    why = (
        "All of them: a list that depends on other people's requests is another one in production "
        "than in the evaluation, and no number measured here holds there."
    )
    default = 1.0

    def run(self, answer: Answer) -> BehaviorResult:
        probes, background = answer.probes, answer.background
        if probes.why_not:
            raise NotRun(probes.why_not)
        usual = answer.lists[probes.again_rows]
        alone = (probes.alone == usual).all(axis=1)
        shuffled = (probes.shuffled == usual).all(axis=1)
        same = alone & shuffled
        value, n = float(same.mean()), len(same)
        if same.all():
            sentence = (
                f"All of {n} requests got the same list again, to the last place, alone and in "
                "another order."
            )
        else:
            sentence = (
                f"Of {n} requests, {int((~alone).sum())} got another list when asked alone and "
                f"{int((~shuffled).sum())} in another order; {percent(value)} stayed the same."
            )
        return self.result(
            value,
            sentence,
            passed=value >= self.bar,
            examples=[
                {
                    "user_id": background.user(probes.again_rows[at]),
                    "list": background.items(usual[at]),
                    "alone": background.items(probes.alone[at]),
                    "in_another_order": background.items(probes.shuffled[at]),
                }
                for at in np.flatnonzero(~same)[:EXAMPLES].tolist()
            ],
        )
