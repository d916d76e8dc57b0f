"""Formats of money, shares, counts and durations, with at most three digits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from pipelines.runtime.phrases import noun_for

DOLLARS = "USD"
SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "BRL": "R$"}
"""Currencies that are written with a sign; all others with their code: `CHF 45 k`."""
_currency: ContextVar[str] = ContextVar("currency", default=DOLLARS)


@contextmanager
def in_currency(code: str) -> Iterator[None]:
    """Within it, `money` and `thousands` write this currency (ISO 4217)."""
    before = _currency.set(code)
    try:
        yield
    finally:
        _currency.reset(before)


def sign() -> str:
    """`$`, or `CHF` and a space."""
    code = _currency.get()
    return SIGNS.get(code, f"{code} ")


def thousands() -> str:
    """The unit of a case's money: `$k`, `CHF k`."""
    return f"{sign()}k"


def millions() -> str:
    """`$ million`, `CHF million`."""
    return f"{sign().strip()} million"


def in_units(unit: str) -> str:
    """A unit of an input, written for dollars, in the currency: `€k a year` for `$k a year`."""
    return unit.replace("$k", thousands())


def money(amount: float) -> str:
    """`$45 k`, `$2.5 k`, `$1.25 M`, from thousands of the currency."""
    size = abs(amount)
    start = ("\u2212" if amount < 0 and size >= 0.005 else "") + sign()
    if size >= 999.5e3:
        return f"{start}{_digits(size / 1e6)} bn"
    if size >= 999.5:
        return f"{start}{_digits(size / 1e3)} M"
    if size >= 9.95:
        return f"{start}{size:.0f} k"
    return f"{start}{size:.2g} k" if size >= 0.005 else f"{start}0"


def percent(share: float) -> str:
    """`36%`, `2.4%`, from a share."""
    size = abs(share) * 100
    sign = "\u2212" if share < 0 else ""
    return f"{sign}{size:.0f}%" if size >= 9.95 else f"{sign}{size:.2g}%"


def count(number: float) -> str:
    """`5,000`, `475 million`, `2.5 billion`."""
    for unit, name in ((1e9, " billion"), (1e6, " million")):
        if number >= 0.9995 * unit:
            return _digits(number / unit) + name
    return f"{number:,.0f}"


def months(number: float) -> str:
    """`1 month`, `36 months`."""
    return f"{number:.3g} {noun_for(number, 'month')}"


def _digits(value: float) -> str:
    """Three significant digits without trailing zeros; whole numbers get thousands commas."""
    if value >= 99.95:
        return f"{value:,.0f}"
    places = 1 if value >= 9.995 else 2
    return f"{value:.{places}f}".rstrip("0").rstrip(".")
