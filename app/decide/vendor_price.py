"""What is counted as the vendor's price where a flat fee and one by request are both given."""

from __future__ import annotations

from typing import Any

from app.decide.case_values import Values
from pipelines.economics.case import Option
from pipelines.economics.costs import vendor_fee
from pipelines.economics.formats import DOLLARS, count, money
from pipelines.economics.memo import CONFIDENCE
from pipelines.prices.pricebook import Price, PriceBook


def counted(now: Values, option: str, book: PriceBook) -> str:
    """The sum, in a sentence or two; empty unless both fees are given. `now` are the inputs."""
    price, fee = now.get(f"{option}.price"), _mean(now.get(f"{option}.fee"))
    minimum = _mean(now.get(f"{option}.minimum")) or 0.0
    lines = {line.id: line for line in book.lines if not line.retired}
    if price not in lines or not fee or fee < 0:
        return ""
    vendor = f"{lines[price].vendor}'s fee per request"
    otherwise = "If the flat fee is all that the vendor charges, set the fee per request to none."
    requests = _mean(now.get("requests"))
    rate = 1.0 if now.get("currency") == DOLLARS else _mean(now.get("usd_rate"))
    if requests is None or rate is None:
        return f"Counted as the vendor's price: the flat fee plus {vendor}. {otherwise}"
    both = Option(price=price, fee=fee)
    sum_ = float(vendor_fee(both, {"requests": requests, "usd_rate": rate}, book))
    least = f", but at least the minimum of {money(minimum)}" if minimum > sum_ else ""
    return (
        f"Counted as the vendor's price: {money(sum_)} a month, the flat fee of {money(fee)} plus "
        f"{money(sum_ - fee)} for {vendor} at {count(requests)} requests a month{least}. "
        f"{otherwise}"
    )


def line_sentence(line: Price) -> str:
    """What a line of the price book costs, and where and when that was read."""
    bands, above = [], 0.0
    for band in line.bands:
        over = f" above {count(above)} a month" if above else ""
        bands.append(f"${band.usd:.6g}{over}")
        above = band.up_to or 0.0
    monthly = f", and ${line.monthly_usd:,.6g} a month" if line.monthly_usd else ""
    free = f", free below {count(line.free_below)} a month" if line.free_below else ""
    said = line.source if line.date in line.source else f"{line.source}, {line.date}"
    return (
        f"{', '.join(bands)} per 1,000 requests{monthly}{free}. Price book: {said} "
        f"({CONFIDENCE[line.confidence]}). Not an offer to you: check it with the vendor."
    )


def _mean(value: Any) -> float | None:
    """The number, of a range its mean; None without a number."""
    parts = list(value.values()) if isinstance(value, dict) else [value]
    if not all(isinstance(part, int | float) for part in parts):
        return None
    return sum(float(part) for part in parts) / len(parts)
