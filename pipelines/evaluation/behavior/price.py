"""What is recommended should cost about what people pay."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipelines.evaluation.behavior.contract import BehaviorTest, NotRun
from pipelines.evaluation.behavior.evidence import Answer, Background, rows_and_values
from pipelines.evaluation.behavior.words import number
from pipelines.evaluation.results.document import BehaviorResult
from pipelines.schema import Columns, Doubles, Longs
from pipelines.statistics.interval import Interval
from pipelines.statistics.intervals import mean_interval

EXAMPLES = 3


class Price(BehaviorTest):
    name = "price"
    title = "Recommended items cost what people pay"
    asks = "Are the items on a person's list about as dear as those that the person took up later?"
    formula = (
        "geometric mean over people of (median price of the list's places / median price of the "
        "items taken up later), in the catalogue's currency; without places and items whose price "
        "is not known or not above 0"
    )
    unit = "times"
    passes = "between {inverse} and {number} times"
    why = (
        "A factor of two either way is a convention of this project: a list that is typically "
        "twice as dear, or half, is of another class of goods than what people take up."
    )
    default = 2.0
    limits = (1.0, np.inf)

    def run(self, answer: Answer) -> BehaviorResult:
        background = answer.background
        prices = _prices(background)
        rows, places = np.nonzero(answer.shown >= 0)
        listed = _medians(rows, prices[answer.shown[rows, places]], len(background))
        rows, values = rows_and_values(background.truth)
        taken = _medians(rows, prices[values], len(background))
        with np.errstate(invalid="ignore"):
            logs = np.log(listed / taken)
        both = ~np.isnan(logs)
        if not both.any():
            raise NotRun("No person has both a priced list and a priced item taken up later.")
        found = mean_interval(logs)
        value, low, high = (float(np.exp(v)) for v in (found.value, found.low, found.high))
        sentence = (
            f"A list's items cost {number(value)} times what the person took up later (95 % "
            f"interval {number(low)} to {number(high)}): the typical median is "
            f"{np.median(listed[both]):,.2f} on lists and {np.median(taken[both]):,.2f} taken up, "
            "in the catalogue's currency."
        )
        return self.result(
            value,
            sentence,
            passed=1 / self.bar <= value <= self.bar,
            interval=Interval(value=value, low=low, high=high),
            examples=_examples(answer, listed, taken, logs),
        )


def _prices(background: Background) -> Doubles:
    """Each item's price, (n_items,) float64, NaN where it is not known, infinite or not above 0."""
    import pandas as pd

    column = background.column(Columns.PRICE)
    if column is None:
        raise NotRun("The catalogue has no prices.")
    prices: Doubles = pd.to_numeric(column, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    return np.where((prices > 0) & np.isfinite(prices), prices, np.nan)


def _medians(rows: Longs, values: Doubles, n: int) -> Doubles:
    """The median of each row's values that are known, (n,); NaN where it has none."""
    known = ~np.isnan(values)
    rows, values = rows[known], values[known]
    ordered = values[np.lexsort((values, rows))]
    counts = np.bincount(rows, minlength=n)
    some = counts > 0
    starts = (np.cumsum(counts) - counts)[some]
    middle = counts[some] - 1
    out = np.full(n, np.nan)
    out[some] = (ordered[starts + middle // 2] + ordered[starts + (middle + 1) // 2]) / 2
    return out


def _examples(
    answer: Answer, listed: Doubles, taken: Doubles, logs: Doubles
) -> list[dict[str, Any]]:
    """Whose lists are farthest from what they took up."""
    background = answer.background
    farthest = np.argsort(-np.nan_to_num(np.abs(logs), nan=-1.0), kind="stable")[:EXAMPLES]
    return [
        {
            "user_id": background.user(row),
            "list_median": float(listed[row]),
            "taken_up_median": float(taken[row]),
            "list": background.items(answer.shown[row]),
            "taken_up": background.items(background.truth.row(row)),
        }
        for row in farthest.tolist()
        if not np.isnan(logs[row])
    ]
