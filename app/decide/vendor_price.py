"""A vendor's price beside its fields: what it costs, and what is counted where two are given."""

from __future__ import annotations

from typing import Any

from app.decide.case_values import Values
from pipelines.economics.case import Option
from pipelines.economics.costs import vendor_fee
from pipelines.economics.formats import DOLLARS, count, money
from pipelines.prices import wording
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
    floor = " (its minimum)" if wording.minimum_decides(lines[price], requests) else ""
    least = f", but at least the minimum of {money(minimum)}" if minimum > sum_ else ""
    return (
        f"Counted as the vendor's price: {money(sum_)} a month, the flat fee of {money(fee)} plus "
        f"{money(sum_ - fee)} for {vendor} at {count(requests)} requests a month{floor}{least}. "
        f"{otherwise}"
    )


def line_sentences(line: Price, now: Values) -> str:
    """What a line of the price book costs, also at the stated traffic, and where that was read."""
    requests, at_traffic = _mean(now.get("requests")), ""
    if requests is not None and requests >= 0:
        at_traffic = f" {wording.fee(line, requests)}"
    note = f" {line.note}" if line.note else ""
    return (
        f"{line.title}. {wording.terms(line)}{at_traffic}{note} Price book: "
        f"{wording.source(line)}. Not an offer to you: check it with the vendor."
    )


def _mean(value: Any) -> float | None:
    """The number, of a range its mean; None without a number."""
    parts = list(value.values()) if isinstance(value, dict) else [value]
    if not all(isinstance(part, int | float) for part in parts):
        return None
    return sum(float(part) for part in parts) / len(parts)
