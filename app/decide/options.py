"""The options of a decision: labels, colors and dashes; and the unit of money on an axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app import look
from pipelines.economics.formats import millions, thousands
from pipelines.economics.labels import OPTION_LABELS

OPTION_COLOR = {
    "popularity": look.GRAY,
    "buy": look.VERMILION,
    "build": look.BLUE,
    "staged": look.PURPLE,
    "nothing": look.GRAY,
}
OPTION_DASH = {"popularity": [2, 2], "buy": [1, 0], "build": [6, 3], "staged": [8, 2, 2, 2]}


@dataclass(frozen=True)
class Unit:
    """A unit of money on an axis: values in $k are divided by `divisor`."""

    divisor: float
    name: str


def money_unit(values: Sequence[float]) -> Unit:
    """Thousands, or millions if the largest value has five digits or more in thousands."""
    largest = max((abs(v) for v in values), default=0.0)
    return Unit(1000.0, millions()) if largest >= 9_999.5 else Unit(1.0, thousands())


def option_label(name: str) -> str:
    """`buy now, build later` for `staged`."""
    return OPTION_LABELS.get(name, name)
