"""A list should not depend on the other requests, or on their order."""

from __future__ import annotations

import numpy as np

from pipelines.evaluation.behavior.contract import BehaviorTest, NotRun
from pipelines.evaluation.behavior.evidence import Answer
from pipelines.evaluation.behavior.formats import percent
from pipelines.evaluation.results.document import BehaviorResult
from pipelines.runtime.phrases import number_of

EXAMPLES = 3


class InputOrder(BehaviorTest):
    name = "input-order"
    title = "The order of requests does not matter"
    question = (
        "Does a user get exactly the same list when requested alone, or in another order of "
        "requests?"
    )
    formula = (
        "requests with the same list alone, in another order and in the bake-off / requests that "
        "were repeated"
    )
    unit = "share of requests"
    passes = "{percent} of the requests"
    rationale = (
        "Every request must get the same list: a list that depends on other requests differs "
        "between the evaluation and production, so no number measured here holds in production."
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
                f"All repeated requests ({n}) got exactly the same list, alone and in another "
                "order."
            )
        else:
            sentence = (
                f"Of {number_of(n, 'repeated request')}, {int((~alone).sum())} got a different "
                f"list alone and {int((~shuffled).sum())} in another order; {percent(value)} "
                "stayed the same."
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
