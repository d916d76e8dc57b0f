"""No item should be on most lists."""

from __future__ import annotations

import numpy as np

from pipelines.evaluation.behavior.contract import BehaviorTest, NotRun
from pipelines.evaluation.behavior.evidence import Answer
from pipelines.evaluation.behavior.formats import percent
from pipelines.evaluation.results.document import BehaviorResult
from pipelines.keys import distinct

EXAMPLES = 3


class OneItem(BehaviorTest):
    name = "one-item"
    title = "No item is on most lists"
    question = "How many lists contain the most recommended item?"
    formula = "lists that contain the most recommended item / lists that are not empty"
    unit = "share of lists"
    passes = "{percent} or less"
    rationale = (
        "Half is a convention of this project: an item that more than half of all users get is not "
        "a personal recommendation, and the lists depend on its availability. Set another "
        "threshold with one-item=0.3."
    )
    default = 0.5

    def run(self, answer: Answer) -> BehaviorResult:
        background, shown = answer.background, answer.shown
        rows, places = np.nonzero(shown >= 0)
        n_lists = len(np.unique(rows))
        if n_lists == 0:
            raise NotRun("All lists are empty.")
        even = len(rows) / n_lists / max(1, int(background.catalogue.known.sum()))
        if even > self.bar:
            raise NotRun(
                f"The catalogue is so small that lists of {background.k} contain each item in "
                f"{percent(even)} of the cases by chance, which is above the threshold."
            )
        keys = distinct(rows * background.n_items + shown[rows, places])
        lists = np.bincount(keys % background.n_items, minlength=background.n_items)
        top = np.argsort(-lists, kind="stable")[:EXAMPLES].tolist()
        value = float(lists[top[0]] / n_lists)
        title = background.item(top[0])["title"]
        blank = int((background.history.lengths() == 0).sum())
        note = f"; users without a history: {blank:,} of {len(background):,}" if blank else ""
        return self.result(
            value,
            f"The most recommended item, {title}, is on {percent(value)} of the lists of "
            f"{background.k}{note}.",
            passed=value <= self.bar,
            examples=[
                {**background.item(code), "share_of_lists": float(lists[code] / n_lists)}
                for code in top
                if lists[code]
            ],
        )
