"""Items with few events should get a place at times."""

from __future__ import annotations

import numpy as np

from pipelines.evaluation.behavior.contract import BehaviorTest, NotRun
from pipelines.evaluation.behavior.evidence import Answer, rows_and_values
from pipelines.evaluation.behavior.words import number, percent
from pipelines.evaluation.results.document import BehaviorResult
from pipelines.schema import Longs, Mask

FEW = 5
"""Training events up to which an item is rare; without any it may not be recommended."""
EXAMPLES = 3


class ColdItems(BehaviorTest):
    name = "cold-items"
    title = "Items with few events appear"
    asks = f"Do items with 1 to {FEW} training events get places, as people do take them up?"
    formula = (
        f"mean over people of the share of filled places with an item of 1 to {FEW} training "
        "events / mean over people of the share of such items among those taken up later (of "
        "items that may be recommended)"
    )
    unit = "times their share of what people took up"
    passes = "{number} or more"
    why = (
        "A tenth is a convention of this project: less is said of a new item than of an old one, "
        "so a lower share is to be expected; where it is next to nothing, new items never get "
        "the events that they would need."
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
        taken = _mean_share(rows[there], rare[values[there]], n)
        if not taken > 0:
            raise NotRun(
                f"None of the people took up an item with 1 to {FEW} training events, so nothing "
                "says how many there should be."
            )
        rows, places = np.nonzero(answer.shown >= 0)
        codes = answer.shown[rows, places]
        shown = _mean_share(rows, rare[codes], n)
        value = shown / taken
        lists = np.bincount(codes[rare[codes]], minlength=background.n_items)
        top = np.argsort(-lists, kind="stable")[:EXAMPLES].tolist()
        sentence = (
            f"Items with 1 to {FEW} training events get {percent(shown)} of the places; they are "
            f"{percent(taken)} of what people took up later ({number(value)} times) and "
            f"{percent(rare.sum() / known.sum())} of the catalogue."
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
    """The mean over rows that have values of the share that is marked; 0 where none has any."""
    total = np.bincount(rows, minlength=n)
    hits = np.bincount(rows[marked], minlength=n)
    some = total > 0
    return float((hits[some] / total[some]).mean()) if some.any() else 0.0
