"""Inputs as a memo prints them: exactly as the decision computes with them."""

from typing import Any

from pipelines.economics.costs import MEAN_OVERRUN
from pipelines.economics.formats import sign
from pipelines.economics.quantity import Range

SHARES = {"open_rate", "discount_rate", "baseline_conversion", "uplift", "exit_probability"}
MONEY = {"margin", "fte_cost", "infra", "fee", "minimum", "exit_cost"}
MILLION = 1000
"""In thousands, as money is."""


def as_computed(name: str, value: Any) -> str:
    """The number that enters the values, unrounded; of a range its mean, then the range.

    `$173 k (mean of $110 k, $160 k and $250 k)`: the mean has three digits, since its ends give the
    rest. `name` is without the option.
    """
    if value is None:
        return "missing"
    if isinstance(value, Range):
        ends = [exact(name, x) for x in (value.low, value.mode, value.high)]
        mean = exact(name, float(f"{value.mean:.3g}"))
        return f"{mean} (mean of {ends[0]}, {ends[1]} and {ends[2]})"
    if value == "it-projects":
        return f"{MEAN_OVERRUN:.6g} (mean of IT projects)"
    return str(value) if isinstance(value, str | bool) else exact(name, value)


def exact(name: str, value: float) -> str:
    """One number with its sign of percent or money, to six digits or all of a whole number.

    Money is in thousands or, from a million, in millions: `$999 k`, `$12 M`.
    """
    if name in SHARES:
        return f"{_digits(100 * value)}%"
    if name not in MONEY:
        return _digits(value)
    if abs(value) < MILLION:
        return f"{sign()}{_digits(value)} k"
    whole = float(value).is_integer()
    return (
        f"{sign()}{value / MILLION:,.12g} M" if whole else f"{sign()}{_digits(value / MILLION)} M"
    )


def _digits(value: float) -> str:
    rounded = float(f"{value:.12g}")
    text = f"{rounded:,.0f}" if rounded.is_integer() else f"{rounded:,.6g}"
    return text.replace("-", "\u2212")
