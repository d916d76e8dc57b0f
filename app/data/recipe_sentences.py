"""A recipe as sentences."""

from __future__ import annotations

from collections.abc import Mapping

from app.components import charts
from pipelines.data.id_forms import SAID
from pipelines.data.recipe import Recipe
from pipelines.runtime.phrases import number_of
from pipelines.schema import Columns as C

NOUNS = {
    C.USER: "the user", C.ITEM: "the item", C.WEIGHT: "the weight", C.TIME: "the time",
    C.EVENT: "the event type", C.ORDER: "the order number", C.SESSION: "the session",
    C.VALUE: "the monetary value", C.TITLE: "the item title",
    C.CATEGORIES: "the item categories", C.PRICE: "the item price",
    C.POSITION: "the position", C.PROPENSITY: "the propensity",
    C.IMPRESSION: "the impression", C.RECOMMENDATION: "the recommendation id",
    C.AVAILABLE: "the availability", C.SPONSORED: "whether it is sponsored",
    C.IMAGE: "the image address", C.CREATED: "the release time",
}  # fmt: skip
OUTLIERS = {
    "flag": "Suspected bots are kept and flagged in the findings.",
    "drop": "Suspected bots are removed.",
}
ORDERS = {
    "day-first": "with the day first",
    "month-first": "with the month first",
    "year-first": "with the year first",
}
SEEN = {
    "exclude": "Items that a user already interacted with are not recommended again.",
    "keep": "Items that a user already interacted with may be recommended again.",
}


def sentences(recipe: Recipe) -> list[str]:
    """A sentence per choice that applies to the data, in the order of the steps."""
    has = recipe.columns
    found = [
        "Columns: "
        + charts.names(f"{column} is {NOUNS.get(name, name)}" for name, column in has.items())
        + "."
    ]
    if recipe.user_fallback:
        found.append(f"Rows without a user get the user from {recipe.user_fallback}.")
    if recipe.normalize_ids:
        forms = charts.names(SAID[form] for form in recipe.normalize_ids)
        found.append(f"Ids: {forms}.")
    if recipe.reading.decimal == ",":
        found.append("Numbers have a decimal comma.")
    if recipe.keep:
        found.append(f"Other columns kept with each event: {charts.names(recipe.keep)}.")
    for table, columns in (("items", recipe.item_columns), ("users", recipe.user_columns)):
        if columns:
            mapped = charts.names(f"{c} is {NOUNS.get(n, n)}" for n, c in columns.items() if c)
            left_out = charts.names(NOUNS.get(n, n) for n, c in columns.items() if not c)
            more = f"; {left_out} left out" if left_out else ""
            found.append(f"Table of {table}: {mapped}{more}.")
    if C.TIME in has:
        found.append(_times(recipe))
    if C.WEIGHT in has or C.ORDER in has:
        fate = "removed" if recipe.returns == "take-out" else "quarantined"
        found.append(f"Rows with a negative weight and canceled orders are {fate}.")
    if recipe.weights:
        weights = charts.names(f"{kind} {w:g}" for kind, w in recipe.weights.items())
        found.append(f"Weight of each event type (0 removes it): {weights}.")
    if recipe.least_weight is not None:
        found.append(f"Rows with a weight below {recipe.least_weight:g} are removed.")
    found += [_repeats(recipe), OUTLIERS[recipe.outliers]]
    if C.TIME in has and C.SESSION not in has:
        minutes = number_of(recipe.session_minutes, "minute")
        found.append(f"A session ends after {minutes} without an event.")
    return [*found, SEEN[recipe.seen]]


def same(has: Mapping[str, str]) -> str:
    """The fields that repeated rows share, if the data has them: `user, item and second`."""
    more = ["event type"] if C.EVENT in has else []
    return charts.names(["user", "item", *more, *(["second"] if C.TIME in has else [])])


def _repeats(recipe: Recipe) -> str:
    if recipe.repeats == "keep":
        return "Each row is an event, even if it repeats another row."
    if recipe.repeats == "once":
        return "Rows with the same user and item become one event, with the sum of their weights."
    return f"Rows with the same {same(recipe.columns)} become one event."


def _times(recipe: Recipe) -> str:
    times = recipe.times
    order = f", {ORDERS[times.order]}" if times.order else ""
    unit = f", in {times.unit}" if times.unit else ""
    zero = " A time of 0 counts as missing." if times.zero_is_missing else ""
    return f"Times without a time zone are {times.zone}{order}{unit}.{zero}"
