"""What serving a built recommender costs in servers, from a bake-off's times and sizes."""

from math import ceil

from pipelines.economics.case import Case
from pipelines.economics.costs import means
from pipelines.economics.evidence import Contender, Evidence
from pipelines.economics.wording import money
from pipelines.prices.pricebook import SECONDS_A_MONTH, PriceBook

SERVER = "ec2-m7g-large"
CORES, USABLE_MB = 2, 6000.0
PEAK = 5.0  # the busiest minutes against the mean
LOAD = 0.5  # share of the cores in use at the peak, so that the queue stays short
SPARE = 2  # servers at least, so that one may fail


def hosting_cost(contender: Contender, requests: float, book: PriceBook) -> float | None:
    """$k a month for `requests` a month and a daily fit; None where it was not timed.

    Assumes a p95 request occupies one core, five times the mean rate at the peak,
    half the cores in use, two servers at least. A model above 6 GB takes a larger
    server at the same price a gigabyte.
    """
    if contender.p95_ms is None or contender.fit_seconds is None:
        return None
    busy_cores = PEAK * requests / SECONDS_A_MONTH * contender.p95_ms / 1000
    servers = max(SPARE, ceil(busy_cores / (CORES * LOAD)))
    size = max(1, ceil((contender.model_mb or 0.0) / USABLE_MB))
    hours = servers * SECONDS_A_MONTH / 3600 + 30 * contender.fit_seconds / 3600
    return float(book.line(SERVER).usd(hours * size)) / 1000


def built_candidate(own: Evidence) -> Contender | None:
    """The built contender a team would run: one that beat the baseline, else the slowest."""
    timed = [c for c in own.of_kind("built") if c.status == "scored" and c.p95_ms is not None]
    outcomes = own.against_baselines("built")
    better = [c for c in timed if "better" in outcomes.get(c.name, set())]
    return max(better or timed, key=lambda c: c.p95_ms or 0.0, default=None)


def with_measured_cost(case: Case, own: Evidence | None, book: PriceBook) -> tuple[Case, list[str]]:
    """The case with the bake-off's server cost where the case has none, and what it says."""
    built = None if own is None else built_candidate(own)
    if built is None or case.build is None or case.requests is None:
        return case, []
    traffic = means(case)["requests"]
    cost = hosting_cost(built, traffic, book)
    if cost is None:
        return case, []
    told = (
        f"Servers for {built.name} as measured ({built.p95_ms:.3g} ms a request at p95) cost "
        f"about {money(cost)} a month"
    )
    if case.build.infra is None:
        build = case.build.model_copy(update={"infra": cost})
        return case.model_copy(update={"build": build}), [f"{told}; the case has no figure."]
    planned = means(case)["build.infra"]
    return case, [f"{told}; the case plans {money(planned)}."]
