"""A recipe in words."""

from __future__ import annotations

from collections.abc import Mapping

from app.components import charts
from pipelines.data.recipe import Recipe
from pipelines.schema import Columns as C

NOUNS = {
    C.USER: "the user", C.ITEM: "the item", C.WEIGHT: "the weight", C.TIME: "the time",
    C.EVENT: "the type of event", C.ORDER: "the order's number", C.SESSION: "the session",
    C.VALUE: "the money of the event", C.TITLE: "the item's title",
    C.CATEGORIES: "the item's categories", C.PRICE: "the item's price",
    C.POSITION: "the position", C.PROPENSITY: "the propensity",
    C.IMPRESSION: "the impression", C.RECOMMENDATION: "the recommendation's id",
}  # fmt: skip
OUTLIERS = {
    "flag": "People whose events look like a machine's are kept, and named in the findings.",
    "drop": "People whose events look like a machine's are left out.",
}
SEEN = {
    "exclude": "Items that a person already took up are left out of the lists.",
    "keep": "Items that a person already took up may be recommended again.",
}


def words(recipe: Recipe) -> list[str]:
    """One sentence per choice that matters for this data, in the order of the steps."""
    has = recipe.columns
    said = [
        "Columns: "
        + charts.names(f"{column} is {NOUNS.get(name, name)}" for name, column in has.items())
        + "."
    ]
    if recipe.keep:
        said.append(f"BakeoffFolder with each event: {charts.names(recipe.keep)}.")
    for of, columns in (("items", recipe.item_columns), ("users", recipe.user_columns)):
        if columns:
            told = charts.names(f"{c} is {NOUNS.get(n, n)}" for n, c in columns.items())
            said.append(f"Table of the {of}: {told}.")
    if C.TIME in has:
        said.append(_times(recipe))
    if C.WEIGHT in has or C.ORDER in has:
        fate = "are taken out" if recipe.returns == "take-out" else "go to quarantine"
        said.append(f"Rows with a negative weight, and cancelled orders, {fate}.")
    if recipe.weights:
        told = charts.names(f"{kind} {w:g}" for kind, w in recipe.weights.items())
        said.append(f"Weight of each type of event (0 leaves it out): {told}.")
    if recipe.least_weight is not None:
        said.append(f"Rows with a weight below {recipe.least_weight:g} are left out.")
    said += [_repeats(recipe), OUTLIERS[recipe.outliers]]
    if C.TIME in has and C.SESSION not in has:
        said.append(f"{recipe.session_minutes} minutes without an event end a visit.")
    return [*said, SEEN[recipe.seen]]


def same(has: Mapping[str, str]) -> str:
    """What repeated rows have in common, as far as the data has it: `person, item and second`."""
    more = ["type"] if C.EVENT in has else []
    return charts.names(["person", "item", *more, *(["second"] if C.TIME in has else [])])


def _repeats(recipe: Recipe) -> str:
    if recipe.repeats == "keep":
        return "Each row is an event, also where it repeats another."
    if recipe.repeats == "once":
        return "All rows of the same person and item are one event, their weights added up."
    return f"Rows of the same {same(recipe.columns)} are one event."


def _times(recipe: Recipe) -> str:
    order = recipe.times.order
    first = f", with the {order.removesuffix('-first')} first" if order else ""
    unit = f", in {recipe.times.unit}" if recipe.times.unit else ""
    return f"Times without a zone are {recipe.times.zone}{first}{unit}."
