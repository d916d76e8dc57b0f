"""No item should be on most lists."""

from __future__ import annotations

import numpy as np

from pipelines.evaluation.behavior.contract import BehaviorTest, NotRun
from pipelines.evaluation.behavior.evidence import Answer
from pipelines.evaluation.behavior.words import percent
from pipelines.evaluation.results.document import BehaviorResult
from pipelines.keys import distinct

EXAMPLES = 3


class OneItem(BehaviorTest):
    name = "one-item"
    title = "No item is on most lists"
    asks = "How many lists hold the item that is shown most?"
    formula = "lists with the item that is on most of them / lists that are not empty"
    unit = "share of lists"
    passes = "{percent} or less"
    why = (
        "Half is a convention of this project: an item that more than half of all people get is "
        "no personal choice, and its stock and contract carry the whole shelf. Set your own with "
        "one-item=0.3."
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
                f"Lists of {background.k} from so few items hold each in {percent(even)} of the "
                "cases by chance, which is above the threshold."
            )
        keys = distinct(rows * background.n_items + shown[rows, places])
        lists = np.bincount(keys % background.n_items, minlength=background.n_items)
        top = np.argsort(-lists, kind="stable")[:EXAMPLES].tolist()
        value = float(lists[top[0]] / n_lists)
        title = background.item(top[0])["title"]
        blank = int((background.history.lengths() == 0).sum())
        why = f"; {blank:,} of {len(background):,} people had no history to go by" if blank else ""
        return self.result(
            value,
            f"The item that is shown most, {title}, is on {percent(value)} of the lists of "
            f"{background.k}{why}.",
            passed=value <= self.bar,
            examples=[
                {**background.item(code), "share_of_lists": float(lists[code] / n_lists)}
                for code in top
                if lists[code]
            ],
        )
