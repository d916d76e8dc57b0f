"""What is counted as the vendor's price where a flat fee and one by request are both given."""

from __future__ import annotations

from typing import Any

from app.decide.case_values import Values
from pipelines.economics.case import Option
from pipelines.economics.costs import vendor_fee
from pipelines.economics.formats import DOLLARS, count, money
from pipelines.prices.pricebook import PriceBook


def counted(now: Values, option: str, book: PriceBook) -> str:
    """The sum, in a sentence or two; empty unless both fees are given. `now` are the inputs."""
    price, fee = now.get(f"{option}.price"), now.get(f"{option}.fee")
    minimum = now.get(f"{option}.minimum") or 0.0
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


def _mean(value: Any) -> float | None:
    """The number, of a range its mean."""
    if isinstance(value, dict):
        return sum(float(part) for part in value.values()) / len(value)
    return None if value is None else float(value)
