"""What a line of the price book costs, in words from which its fee can be computed by hand."""

from pipelines.prices.pricebook import Price
from pipelines.runtime.phrases import noun_for

CONFIDENCE = {
    "vendor": "the vendor's own page",
    "second": "only a secondary source",
    "derived": "computed from another line",
    "conflict": "sources disagree",
    "by contract": "by contract",
}


def terms(line: Price) -> str:
    """The prices by volume, the base fee and the minimum: a sentence or two.

    `$0.15 per 1,000 requests. At least 1 request a second is billed, …: $388.8 a month.`
    """
    first, further = line.bands[0], []
    above = first.up_to
    for band in line.bands[1:]:
        further.append(f"{dollars(band.usd)} above {number(above or 0.0)} a month")
        above = band.up_to
    tiers = f" ({', '.join(further)})" if further else ""
    base = f", and {dollars(line.monthly_usd)} a month" if line.monthly_usd else ""
    free = f", free below {number(line.free_below)} a month" if line.free_below else ""
    return f"{dollars(first.usd)} per {line.unit}{tiers}{base}{free}.{_minimum(line)}"


def fee(line: Price, requests: float) -> str:
    """The fee of a month with so many requests, and whether the minimum decides it."""
    total = float(line.usd(requests))
    at = f"At {number(requests)} requests a month the fee is {dollars(total)} a month"
    if not minimum_decides(line, requests):
        return f"{at}."
    by_request = float(line.usd_without_minimum(requests))
    return f"{at}: the minimum decides it, since by request it would be {dollars(by_request)}."


def minimum_decides(line: Price, requests: float) -> bool:
    """Whether the fee for so many requests is the line's minimum and not the price per request."""
    return float(line.usd(requests)) > float(line.usd_without_minimum(requests))


def source(line: Price) -> str:
    """Where and when the price was read, and how far it can be relied on."""
    said = line.source if line.date in line.source else f"{line.source}, {line.date}"
    return f"{said} ({CONFIDENCE[line.confidence]})"


def _minimum(line: Price) -> str:
    if not line.least:
        return ""
    verb = "is" if line.min_tps == 1 else "are"
    least = float(line.usd(line.least))
    return (
        f" At least {number(line.min_tps)} {noun_for(line.min_tps, 'request')} a second {verb} "
        f"billed, {number(line.least)} requests a month of 30 days: a minimum of "
        f"{dollars(least)} a month."
    )


def dollars(usd: float) -> str:
    """To ten digits, so that a fee can be computed again from it."""
    return f"${number(usd)}"


def number(value: float) -> str:
    """To ten digits."""
    return f"{value:,.10g}"
