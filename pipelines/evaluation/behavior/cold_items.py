"""Items with few events should be recommended sometimes."""

from __future__ import annotations

import numpy as np

from pipelines.evaluation.behavior.contract import BehaviorTest, NotRun
from pipelines.evaluation.behavior.evidence import Answer, rows_and_values
from pipelines.evaluation.behavior.formats import number, percent
from pipelines.evaluation.results.document import BehaviorResult
from pipelines.schema import Longs, Mask

FEW = 5
"""The most training events of a rare item; items without any may not be recommended."""
EXAMPLES = 3


class ColdItems(BehaviorTest):
    name = "cold-items"
    title = "Items with few events are recommended"
    question = (
        f"Are items with 1 to {FEW} training events recommended as often as users choose them?"
    )
    formula = (
        f"mean over users of the share of filled places with an item of 1 to {FEW} training "
        "events / mean over users of the share of such items among held-out items (counting only "
        "items that may be recommended)"
    )
    unit = "times their share of held-out items"
    passes = "{number} or more"
    rationale = (
        "A tenth is a convention of this project: there is less data on a new item than on an old "
        "one, so a lower share is expected; but if new items are almost never recommended, they "
        "cannot collect events."
    )
    default = 0.1
    limits = (0.0, np.inf)

    def run(self, answer: Answer) -> BehaviorResult:
        background, n = answer.background, len(answer.background)
        known = background.catalogue.known
        rare = known & (background.events <= FEW)
        if not rare.any():
            raise NotRun(f"Every item has more than {FEW} training events.")
        rows, values = rows_and_values(background.truth)
        there = known[values]
        chosen = _mean_share(rows[there], rare[values[there]], n)
        if not chosen > 0:
            raise NotRun(
                f"No user has a held-out item with 1 to {FEW} training events, so there is nothing "
                "to compare with."
            )
        rows, places = np.nonzero(answer.shown >= 0)
        codes = answer.shown[rows, places]
        shown = _mean_share(rows, rare[codes], n)
        value = shown / chosen
        lists = np.bincount(codes[rare[codes]], minlength=background.n_items)
        top = np.argsort(-lists, kind="stable")[:EXAMPLES].tolist()
        sentence = (
            f"Items with 1 to {FEW} training events fill {percent(shown)} of the places, which is "
            f"{number(value)} times their share of {percent(chosen)} among the items that users "
            f"later chose; they are {percent(rare.sum() / known.sum())} of the catalogue."
        )
        return self.result(
            value,
            sentence,
            passed=value >= self.bar,
            examples=[
                {
                    **background.item(code),
                    "training_events": int(background.events[code]),
                    "places": int(lists[code]),
                }
                for code in top
                if lists[code]
            ],
        )


def _mean_share(rows: Longs, marked: Mask, n: int) -> float:
    """The mean share of marked values over rows that have values; 0 where no row has any."""
    total = np.bincount(rows, minlength=n)
    hits = np.bincount(rows[marked], minlength=n)
    some = total > 0
    return float((hits[some] / total[some]).mean()) if some.any() else 0.0
