"""Recommended items should be priced similarly to what users buy."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipelines.evaluation.behavior.contract import BehaviorTest, NotRun
from pipelines.evaluation.behavior.evidence import Answer, Background, rows_and_values
from pipelines.evaluation.behavior.formats import number
from pipelines.evaluation.results.document import BehaviorResult
from pipelines.schema import Columns, Doubles, Longs
from pipelines.statistics.interval import Interval
from pipelines.statistics.intervals import mean_interval

EXAMPLES = 3


class Price(BehaviorTest):
    name = "price"
    title = "Recommended items are priced like later choices"
    question = "Are the items on a user's list priced similarly to those that the user later chose?"
    formula = (
        "geometric mean over users of (median price of the listed items / median price of the "
        "held-out items), in the catalogue's currency; items whose price is unknown or not above 0 "
        "are left out"
    )
    unit = "times"
    passes = "between {inverse} and {number} times"
    rationale = (
        "A factor of two in either direction is a convention of this project: lists that typically "
        "cost twice or half as much are from another price segment than the users' choices."
    )
    default = 2.0
    limits = (1.0, np.inf)

    def run(self, answer: Answer) -> BehaviorResult:
        background = answer.background
        prices = _prices(background)
        rows, places = np.nonzero(answer.shown >= 0)
        listed = _medians(rows, prices[answer.shown[rows, places]], len(background))
        rows, values = rows_and_values(background.truth)
        chosen = _medians(rows, prices[values], len(background))
        with np.errstate(invalid="ignore"):
            logs = np.log(listed / chosen)
        both = ~np.isnan(logs)
        if not both.any():
            raise NotRun("No user has both a listed item and a held-out item with a price.")
        found = mean_interval(logs)
        value, low, high = (float(np.exp(v)) for v in (found.value, found.low, found.high))
        sentence = (
            f"Listed items cost {number(value)} times as much as the items that users later chose "
            f"(95% interval {number(low)} to {number(high)}): the typical median price is "
            f"{np.median(listed[both]):,.2f} on lists and {np.median(chosen[both]):,.2f} for "
            "chosen items, in the catalogue's currency."
        )
        return self.result(
            value,
            sentence,
            passed=1 / self.bar <= value <= self.bar,
            interval=Interval(value=value, low=low, high=high),
            examples=_examples(answer, listed, chosen, logs),
        )


def _prices(background: Background) -> Doubles:
    """Each item's price, (n_items,) float64, NaN where it is unknown, infinite or not above 0."""
    import pandas as pd

    column = background.column(Columns.PRICE)
    if column is None:
        raise NotRun("The catalogue has no prices.")
    prices: Doubles = pd.to_numeric(column, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    return np.where((prices > 0) & np.isfinite(prices), prices, np.nan)


def _medians(rows: Longs, values: Doubles, n: int) -> Doubles:
    """The median of each row's known values, (n,); NaN where it has none."""
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
    answer: Answer, listed: Doubles, chosen: Doubles, logs: Doubles
) -> list[dict[str, Any]]:
    """The users whose lists differ most in price from what they chose."""
    background = answer.background
    farthest = np.argsort(-np.nan_to_num(np.abs(logs), nan=-1.0), kind="stable")[:EXAMPLES]
    return [
        {
            "user_id": background.user(row),
            "list_median": float(listed[row]),
            "taken_up_median": float(chosen[row]),
            "list": background.items(answer.shown[row]),
            "taken_up": background.items(background.truth.row(row)),
        }
        for row in farthest.tolist()
        if not np.isnan(logs[row])
    ]
