"""How far lists keep to brands that people know."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipelines.evaluation.behavior.contract import BehaviorTest, NotRun
from pipelines.evaluation.behavior.evidence import Answer, Background, rows_and_values
from pipelines.evaluation.behavior.words import percent, points
from pipelines.evaluation.results.document import BehaviorResult
from pipelines.keys import among
from pipelines.schema import Doubles, Ints, Longs, Mask
from pipelines.statistics.intervals import mean_interval, t_interval

COLUMNS = ("brand", "brand_name", "manufacturer")
"""Columns of the items' table that are looked for, in this order."""
EXAMPLES = 3


class Brand(BehaviorTest):
    name = "brand"
    title = "Brands that people took up before"
    asks = "Do lists keep to brands that a person took up before, more or less than people do?"
    formula = (
        "mean over people of (places with a brand that is in the person's history / places whose "
        "brand is known); beside it the same of the items taken up later"
    )
    unit = "share of places"
    why = (
        "No threshold: whether a list should keep to known brands or lead away from them is a "
        "choice; what people do by themselves stands beside it."
    )

    def run(self, answer: Answer) -> BehaviorResult:
        background, n = answer.background, len(answer.background)
        brand, names = _brands(background)
        rows, values = rows_and_values(background.history)
        known = _keys(rows, brand[values], names)
        rows, places = np.nonzero(answer.shown >= 0)
        codes = answer.shown[rows, places]
        knows = np.bincount(known // len(names), minlength=n) > 0
        listed = np.where(knows, _share(rows, codes, brand, known, names, n), np.nan)
        rows, values = rows_and_values(background.truth)
        taken = _share(rows, values, brand, known, names, n)
        both = ~np.isnan(listed) & ~np.isnan(taken)
        if not both.any():
            raise NotRun("Nobody has a known brand in the history, the list and the later items.")
        found = mean_interval(listed[both], within=(0.0, 1.0))
        difference = t_interval(listed[both] - taken[both], within=(-1.0, 1.0))
        sentence = (
            f"{percent(found.value)} of a list's places hold a brand that the person took up "
            f"before; of what people took up later it is {percent(float(taken[both].mean()))} "
            f"(difference {points(difference)})."
        )
        return self.result(
            found.value,
            sentence,
            interval=found,
            examples=_examples(answer, listed, brand, known, names),
        )


def _brands(background: Background) -> tuple[Longs, list[str]]:
    """Each item's brand as a number, (n_items,), -1 where it is not known, and the names."""
    import pandas as pd

    column = background.column(*COLUMNS)
    if column is None:
        raise NotRun("The catalogue has no brands.")
    texts = column.astype(object).map(lambda brand: str(brand).strip() or None, na_action="ignore")
    codes, names = pd.factorize(texts)  # as text, since a table may hold lists of brands
    if len(names) == 0:
        raise NotRun("The catalogue has no brands.")
    return codes.astype(np.int64), [str(name) for name in names]


def _keys(rows: Longs, brands: Longs, names: list[str]) -> Longs:
    return (rows * len(names) + brands)[brands >= 0]


def _share(
    rows: Longs, items: Ints, brand: Longs, known: Longs, names: list[str], n: int
) -> Doubles:
    """Of each row's items with a brand, the share whose brand is among `known`, (n,) or NaN."""
    there: Mask = brand[items] >= 0
    keys, owner = _keys(rows, brand[items], names), rows[there]
    total = np.bincount(owner, minlength=n)
    hits = np.bincount(owner[among(keys, known)], minlength=n)
    return np.where(total > 0, hits / np.maximum(total, 1), np.nan)


def _examples(
    answer: Answer, listed: Doubles, brand: Longs, known: Longs, names: list[str]
) -> list[dict[str, Any]]:
    """Whose lists hold the fewest known brands."""
    background = answer.background
    fewest = np.argsort(listed, kind="stable")[:EXAMPLES]
    return [
        {
            "user_id": background.user(row),
            "known_brands": float(listed[row]),
            "brands_before": sorted(
                {names[key % len(names)] for key in known[known // len(names) == row].tolist()}
            )[:10],
            "list": [
                {**background.item(code), "brand": names[brand[code]] if brand[code] >= 0 else ""}
                for code in answer.shown[row][answer.shown[row] >= 0][:10].tolist()
            ],
        }
        for row in fewest.tolist()
        if not np.isnan(listed[row])
    ]
