"""Estimate the server cost of a built recommender from a bake-off's latencies and sizes."""

from math import ceil

from pipelines.economics.case import Case
from pipelines.economics.costs import means
from pipelines.economics.evidence import Contender, Evidence
from pipelines.economics.formats import DOLLARS, money
from pipelines.prices.pricebook import SECONDS_A_MONTH, PriceBook

SERVER = "ec2-m7g-large"
CORES, USABLE_MB = 2, 6000.0
PEAK = 5.0  # ratio of the peak rate to the mean rate
LOAD = 0.5  # share of the cores in use at the peak, so that queues stay short
FEWEST = 2  # servers, so that one may fail


def hosting_cost(contender: Contender, requests: float, book: PriceBook) -> float | None:
    """$k a month for `requests` a month and a daily fit; None where times are missing.

    Assumes that each request occupies one core for the p95 latency, a peak of five times the
    mean rate, half the cores in use, and at least two servers. A model above 6 GB needs a
    larger server at the same price per gigabyte.
    """
    if contender.p95_ms is None or contender.fit_seconds is None:
        return None
    busy_cores = PEAK * requests / SECONDS_A_MONTH * contender.p95_ms / 1000
    servers = max(FEWEST, ceil(busy_cores / (CORES * LOAD)))
    size = max(1, ceil((contender.model_mb or 0.0) / USABLE_MB))
    hours = servers * SECONDS_A_MONTH / 3600 + 30 * contender.fit_seconds / 3600
    return float(book.line(SERVER).usd(hours * size)) / 1000


def built_candidate(own: Evidence) -> Contender | None:
    """The built contender whose servers would be paid for: the one that the decision names.

    This is the leading one of those that beat the baseline, or else of all. Where no comparison
    says which one leads, it is the slowest one, so that the cost is not too low.
    """
    timed = {c.name: c for c in own.of_kind("built") if _timed(c)}
    named = next((name for name in _leading_first(own) if name in timed), None)
    if named is not None:
        return timed[named]
    return max(timed.values(), key=lambda c: c.p95_ms or 0.0, default=None)


def server_user(own: Evidence) -> str:
    """That contender and why it is the one, between commas: `Two-stage, the leading built
    contender,`. Empty without a built contender."""
    built = built_candidate(own)
    if built is None:
        return ""
    which = "leading" if built.name in _leading_first(own) else "slowest"
    return f"{own.title(built.name)}, the {which} built contender,"


def _leading_first(own: Evidence) -> list[str]:
    return [*own.better("built"), *own.order]


def _timed(contender: Contender) -> bool:
    times = (contender.p95_ms, contender.fit_seconds)
    return contender.status == "scored" and None not in times


def with_measured_cost(case: Case, own: Evidence | None, book: PriceBook) -> tuple[Case, list[str]]:
    """The case, with the server cost of the bake-off where it has none, and a sentence on it."""
    built = None if own is None else built_candidate(own)
    if own is None or built is None or case.build is None or case.requests is None:
        return case, []
    values = means(case)
    usd = hosting_cost(built, values["requests"], book)
    if usd is None or (case.currency != DOLLARS and case.usd_rate is None):
        return case, []
    cost = usd * values.get("usd_rate", 1.0)
    estimate = (
        f"At the measured latency ({built.p95_ms:.3g} ms at p95), servers for "
        f"{server_user(own)} cost about {money(cost)} a month"
    )
    if case.build.infra is None:
        build = case.build.model_copy(update={"infra": cost})
        used = f"{estimate}; the decision uses this estimate, since the case has no figure."
        return case.model_copy(update={"build": build}), [used]
    planned = means(case)["build.infra"]
    return case, [f"{estimate}; the case assumes {money(planned)}."]
