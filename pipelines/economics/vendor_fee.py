"""How a vendor's fee is computed and whether a minimum decides it, in words."""

from pipelines.economics.case import Case, Option
from pipelines.economics.costs import means, vendor_fee
from pipelines.economics.formats import DOLLARS, money
from pipelines.economics.inputs import exact
from pipelines.economics.labels import OPTION_LABELS
from pipelines.prices import wording
from pipelines.prices.pricebook import PriceBook


def paragraphs(case: Case, book: PriceBook) -> list[str]:
    """A paragraph for each option with a price or a minimum: the fee can be computed from it."""
    found = []
    for name, option in case.options.items():
        parts = [*_by_request(case, option, book), *_charged(case, option, book)]
        if parts:
            found.append(f"Fee of {OPTION_LABELS[name]}: {' '.join(parts)}")
    return found


def minimums(case: Case, book: PriceBook) -> list[str]:
    """A sentence for each option whose fee is a minimum, at the case's volume."""
    found = []
    for name, option in case.options.items():
        before, label = _before_minimum(case, option, book), OPTION_LABELS[name]
        if before is None:
            continue
        requests = means(case).get("requests", 0.0)
        if (option.minimum or 0.0) > before:
            found.append(
                f"The contract's minimum of {money(option.minimum or 0.0)} a month decides the fee "
                f"of {label}: without it, the fee would be {money(before)}."
            )
        elif option.price and wording.minimum_decides(book.line(option.price), requests):
            line = book.line(option.price)
            least, by_request = line.usd(requests), line.usd_without_minimum(requests)
            found.append(
                f"The minimum of {line.vendor} decides the fee of {label}: "
                f"{wording.dollars(float(least))} a month; by request it would be "
                f"{wording.dollars(float(by_request))}."
            )
    return found


def _by_request(case: Case, option: Option, book: PriceBook) -> list[str]:
    """The price line, its fee for the case's volume, and where the price is from."""
    if not option.price:
        return []
    line, requests = book.line(option.price), means(case).get("requests")
    parts = [f"{line.title}. {wording.terms(line)}" if line.bands else f"{line.title}."]
    if requests is not None and line.bands:
        parts.append(wording.fee(line, requests))
        if case.usd_rate is not None and case.currency != DOLLARS:
            amount = exact("fee", float(book.monthly(line.id, requests)) * case.usd_rate)
            parts.append(f"At {case.usd_rate:.6g} {case.currency} a dollar: {amount}.")
    return [*parts, *filter(None, [line.note]), f"Price book: {wording.source(line)}."]


def _charged(case: Case, option: Option, book: PriceBook) -> list[str]:
    """What is charged where a flat fee is added, or where the contract's minimum decides."""
    before = _before_minimum(case, option, book)
    if before is None:
        return []
    if (option.minimum or 0.0) > before:
        least = exact("minimum", option.minimum or 0.0)
        return [
            f"The contract's minimum decides: {least} a month is charged instead of "
            f"{exact('fee', before)}."
        ]
    if option.price and option.fee:
        return [f"With the flat fee of {exact('fee', option.fee)}: {exact('fee', before)} a month."]
    return []


def _before_minimum(case: Case, option: Option, book: PriceBook) -> float | None:
    """The flat fee and the fee by request, $k a month; None where an input is missing."""
    values = means(case)
    dollars = case.currency == DOLLARS or "usd_rate" in values
    if option.price and not ("requests" in values and dollars):
        return None
    return float(vendor_fee(option.model_copy(update={"minimum": None}), values, book))
