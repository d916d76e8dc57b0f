"""The share of known brands on lists."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipelines.evaluation.behavior.contract import BehaviorTest, NotRun
from pipelines.evaluation.behavior.evidence import Answer, Background, rows_and_values
from pipelines.evaluation.behavior.formats import percent, points
from pipelines.evaluation.results.document import BehaviorResult
from pipelines.keys import among
from pipelines.schema import Doubles, Ints, Longs, Mask
from pipelines.statistics.intervals import mean_interval, t_interval

COLUMNS = ("brand", "brand_name", "manufacturer")
"""Columns of the items table to look for, in this order."""
EXAMPLES = 3


class Brand(BehaviorTest):
    name = "brand"
    title = "Share of known brands"
    question = (
        "Do lists have more or fewer brands from the user's history than the user's later choices?"
    )
    formula = (
        "mean over users of (places with a brand from the user's history / places with any brand); "
        "the sentence also gives this share among the held-out items"
    )
    unit = "share of places"
    rationale = (
        "No threshold: whether lists should favor known brands or introduce new ones is a choice; "
        "the share among the users' later choices is given for comparison."
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
        chosen = _share(rows, values, brand, known, names, n)
        both = ~np.isnan(listed) & ~np.isnan(chosen)
        if not both.any():
            raise NotRun("No user has brands in the history, on the list and among held-out items.")
        found = mean_interval(listed[both], within=(0.0, 1.0))
        difference = t_interval(listed[both] - chosen[both], within=(-1.0, 1.0))
        sentence = (
            f"{percent(found.value)} of a list's places have a brand from the user's history; "
            "among the items that users later chose it is "
            f"{percent(float(chosen[both].mean()))} (difference {points(difference)})."
        )
        return self.result(
            found.value,
            sentence,
            interval=found,
            examples=_examples(answer, listed, brand, known, names),
        )


def _brands(background: Background) -> tuple[Longs, list[str]]:
    """Each item's brand as a number, (n_items,), -1 where it is unknown, and the names."""
    import pandas as pd

    column = background.column(*COLUMNS)
    if column is None:
        raise NotRun("The catalogue has no brands.")
    texts = column.astype(object).map(lambda brand: str(brand).strip() or None, na_action="ignore")
    codes, names = pd.factorize(texts)  # as text, since a table may have lists of brands
    if len(names) == 0:
        raise NotRun("The catalogue has no brands.")
    return codes.astype(np.int64), [str(name) for name in names]


def _keys(rows: Longs, brands: Longs, names: list[str]) -> Longs:
    return (rows * len(names) + brands)[brands >= 0]


def _share(
    rows: Longs, items: Ints, brand: Longs, known: Longs, names: list[str], n: int
) -> Doubles:
    """The share of each row's branded items whose brand is in `known`, (n,); NaN if none."""
    there: Mask = brand[items] >= 0
    keys, owner = _keys(rows, brand[items], names), rows[there]
    total = np.bincount(owner, minlength=n)
    hits = np.bincount(owner[among(keys, known)], minlength=n)
    return np.where(total > 0, hits / np.maximum(total, 1), np.nan)


def _examples(
    answer: Answer, listed: Doubles, brand: Longs, known: Longs, names: list[str]
) -> list[dict[str, Any]]:
    """The users whose lists have the smallest share of known brands."""
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
