"""A bake-off's contenders as options: quality, latency and cost, and the cheapest that passes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pipelines.economics.evidence import Contender
from pipelines.economics.hosting import hosting_cost
from pipelines.errors import AssayError
from pipelines.evaluation.comparison.leading import sponsored_rule
from pipelines.evaluation.comparison.ranking import better_sign, why_not_ranked
from pipelines.evaluation.results.document import BakeoffDocument, ContenderResult, Kind
from pipelines.prices.pricebook import Price, PriceBook


@dataclass(frozen=True)
class Option:
    """The quality, latency and cost of one contender."""

    name: str
    kind: Kind
    value: float
    """The value of the metric."""
    p95_ms: float | None
    usd_per_1000: float | None
    """US dollars per 1,000 requests; None where it has no price."""
    broken: tuple[str, ...]
    """The budget limits that it exceeds, as phrases."""
    sponsored: bool = False
    """Whether it places sponsored items."""
    sign: int = 1
    """1 where higher values of the metric are better, -1 where lower are."""

    @property
    def quality(self) -> float:
        """The value, signed so that higher is better."""
        return self.sign * self.value

    @property
    def passes(self) -> bool:
        """Whether it could be used: it is not a stand-in, has a price and is within the budget."""
        return self.kind != "stand-in" and self.usd_per_1000 is not None and not self.broken


def options(
    document: BakeoffDocument, metric: str, requests: float, book: PriceBook
) -> list[Option]:
    """The scored contenders at `requests` a month, in the document's order.

    Raises `AssayError` where neither higher nor lower values of the metric are better.
    """
    sign = better_sign(metric)
    if not sign:
        raise AssayError(
            f"Quality cannot be compared with latency and cost: {why_not_ranked(metric)}."
        )
    allowed = (document.manifest.get("budget") or {}).get("cost_per_1000")
    found = []
    for c in document.contenders:
        if c.status != "scored" or metric not in c.metrics:
            continue
        cost = usd_per_1000(c, requests, book)
        broken = list(c.over_budget)
        # The price of a call is in `over_budget` already; what a month adds to it is not.
        by_month = not c.calls or (price_line(c, book) is not None and not _too_dear(c, allowed))
        if cost is not None and allowed is not None and cost > allowed and by_month:
            what = "the fee is" if c.calls else "servers cost"
            broken.append(f"{what} ${cost:.3g} per 1,000 requests, allowed ${allowed:.3g}")
        time = None if c.request_ms is None else c.request_ms.p95
        value = c.metrics[metric].value
        paid = sponsored_rule(c.spec) is not None
        found.append(Option(c.name, c.kind, value, time, cost, tuple(broken), paid, sign))
    return found


def usd_per_1000(contender: ContenderResult, requests: float, book: PriceBook) -> float | None:
    """US dollars per 1,000 requests, at `requests` a month: servers, or the fee of a vendor.

    A fee by the price book has its tiers, base fee and minimum; otherwise it is that of the
    metered calls. None for a third party whose calls had no price, or whose lists came in a file.
    """
    if contender.kind in ("third-party", "stand-in"):
        line = price_line(contender, book)
        if line is not None:
            return 1000 * float(line.usd(requests)) / requests
        paid = contender.cost_usd > 0 and contender.answered > 0
        return 1000 * contender.cost_usd / contender.answered if paid else None
    timed = Contender(
        name=contender.name,
        kind="built",
        status=contender.status,
        fit_seconds=contender.fit_seconds,
        p95_ms=None if contender.request_ms is None else contender.request_ms.p95,
        model_mb=contender.model_mb,
    )
    cost = hosting_cost(timed, requests, book)
    return None if cost is None else 1e6 * cost / requests


def _too_dear(contender: ContenderResult, allowed: float | None) -> bool:
    """Whether its metered calls alone exceed the budget."""
    answered = max(1, contender.answered)
    return allowed is not None and 1000 * contender.cost_usd / answered > allowed


def price_line(contender: ContenderResult, book: PriceBook) -> Price | None:
    """The line of the price book that priced a contender's calls; None without one."""
    if not contender.cost_usd:
        return None
    priced = (line for line in book.lines if line.unit == "1,000 requests")
    return next((line for line in priced if line.id == contender.price_line), None)


def unbeaten(found: Sequence[Option]) -> list[str]:
    """Names of the Pareto-optimal options in quality, latency and cost.

    Options without a price or a latency are left out.
    """
    points = {
        o.name: (-o.quality, o.p95_ms, o.usd_per_1000)
        for o in found
        if o.p95_ms is not None and o.usd_per_1000 is not None
    }
    return [
        name
        for name, own in points.items()
        if not any(
            other != own and all(a <= b for a, b in zip(other, own, strict=True))  # type: ignore[operator]
            for other in points.values()
        )
    ]


def best_passing(found: Sequence[Option]) -> Option | None:
    """The passing option with the best value; one with paid places only if there is no other."""
    passing = (o for o in found if o.passes)
    return max(passing, key=lambda o: (not o.sponsored, o.quality), default=None)


def cheapest_passing(found: Sequence[Option], not_worse: Collection[str]) -> Option | None:
    """The cheapest passing option whose name is in `not_worse`; ties go to the better one.

    `not_worse` are those shown not to be worse than the best passing option by more than the
    smallest useful difference.
    """
    passing = [o for o in found if o.passes and o.name in not_worse]
    return min(passing, key=_cheapest, default=None)


def _cheapest(option: Option) -> tuple[float, bool, float]:
    return (option.usd_per_1000 or 0.0, option.sponsored, -option.quality)
