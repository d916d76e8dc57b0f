"""The columns of events as an import reads them, and the texts that it knows in them."""

from __future__ import annotations

from pipelines.data.recipe import Recipe
from pipelines.schema import Columns as C

LONGEST_ID = 1_000
RETURNS = "returns and cancellations"
TYPES = "event types left out"
LEAST = "below the minimum weight"
STEPS = (RETURNS, TYPES, LEAST)
"""Steps of the recipe that leave out single rows, in their order."""
NO_TYPE = "(none)"
KEPT = "kept: "
UNREAD = "unread: "
TYPE_WEIGHT = "type weight"
NOT_KEPT = (C.USER, C.ITEM, C.WEIGHT, C.TIME, C.ORDER)
"""Columns of events that are not stored unchanged with each event."""
NUMBERS = (C.VALUE, C.POSITION, C.PROPENSITY, C.PRICE)
"""Columns of events that are stored as numbers."""
NO_ID = ("null", "nan", "none", "nat", "\\n", "<na>")
"""Texts that stand for a missing id in exports, in any case."""


def wanted(recipe: Recipe) -> list[str]:
    """The columns of the source that a recipe reads."""
    beside = [column for column in (recipe.user_fallback, recipe.times.clock) if column]
    return list(dict.fromkeys([*recipe.columns.values(), *beside, *recipe.keep]))
