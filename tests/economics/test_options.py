"""Contenders as options: what each costs, who is unbeaten, which is the cheapest that passes."""

import pytest

from pipelines.economics.options import (
    Option,
    best_passing,
    cheapest_passing,
    options,
    unbeaten,
    usd_per_1000,
)
from pipelines.errors import AssayError
from pipelines.evaluation.results.document import BakeoffDocument, ContenderResult, RequestTime
from pipelines.prices.pricebook import SHIPPED, PriceBook
from pipelines.statistics.interval import Interval

BOOK = PriceBook(SHIPPED)
METRIC = "ndcg@10"


def contender(name, kind="built", value=0.1, **more):
    given = {"request_ms": RequestTime(p50=1, p95=10), "fit_seconds": 60.0, "model_mb": 10.0}
    return ContenderResult(
        name=name,
        title=name,
        kind=kind,
        status="scored",
        metrics={METRIC: Interval(value=value, low=value, high=value)},
        **{**given, **more},
    )


def document(*contenders, **budget):
    return BakeoffDocument(
        id="a", dataset="shop", created="", manifest={"budget": budget},
        contenders=list(contenders), comparisons=[],
    )  # fmt: skip


def option(name, value, p95=1.0, cost=1.0, kind="built", broken=()):
    return Option(name, kind, value, p95, cost, broken)


def test_what_is_built_costs_its_servers():
    # Two servers of $0.0816 an hour for 720 hours, and half an hour of fitting, for 1 M requests.
    usd = 0.0816 * (2 * 720 + 30 * 60 / 3600)
    assert usd_per_1000(contender("als"), 1e6, BOOK) == pytest.approx(usd / 1000)
    # More traffic shares them, until it needs more.
    assert usd_per_1000(contender("als"), 1e7, BOOK) == pytest.approx(usd / 10_000)
    busy = usd_per_1000(contender("als"), 1e9, BOOK)
    # 5 x 1e9 / 2,592,000 s x 10 ms = 19.3 busy cores: 20 servers with half of two cores in use.
    assert busy == pytest.approx(0.0816 * (20 * 720 + 0.5) / 1e6)


def test_a_third_party_costs_its_metered_calls_or_is_not_priced():
    paid = contender("acme", "third-party", calls=2000, answered=2000, cost_usd=0.5)
    assert usd_per_1000(paid, 1e6, BOOK) == 0.25
    assert usd_per_1000(contender("file", "third-party", answered=2000), 1e6, BOOK) is None
    assert usd_per_1000(contender("untimed", request_ms=None), 1e6, BOOK) is None


def test_a_vendor_with_a_minimum_costs_it_also_for_a_few_requests():
    billed = {"calls": 2000, "answered": 2000, "cost_usd": 0.3, "price_line": "personalize-v2"}
    acme = contender("acme", "third-party", **billed)
    assert usd_per_1000(acme, 1e5, BOOK) == pytest.approx(3.888)
    assert usd_per_1000(acme, 1e6, BOOK) == pytest.approx(0.3888)
    assert usd_per_1000(acme, 1e7, BOOK) == pytest.approx(0.15)
    batch = contender("acme", "third-party", **billed | {"price_line": "personalize-v2-batch"})
    assert usd_per_1000(batch, 1e5, BOOK) == pytest.approx(0.15)
    gone = contender("acme", "third-party", **billed | {"price_line": "no longer there"})
    assert usd_per_1000(gone, 1e5, BOOK) == pytest.approx(0.15)


def test_a_minimum_can_break_the_budget_that_each_call_keeps():
    billed = {"calls": 2000, "answered": 2000, "cost_usd": 0.3, "price_line": "personalize-v2"}
    acme = contender("acme", "third-party", **billed)
    (found,) = options(document(acme, cost_per_1000=0.2), METRIC, 1e6, BOOK)
    assert found.broken == ("the fee is $0.389 per 1,000 requests, allowed $0.2",)
    (found,) = options(document(acme, cost_per_1000=0.2), METRIC, 1e7, BOOK)
    assert found.passes
    over = acme.model_copy(update={"over_budget": ["$0.15 per 1,000 requests, allowed $0.1"]})
    (found,) = options(document(over, cost_per_1000=0.1), METRIC, 1e6, BOOK)
    assert found.broken == ("$0.15 per 1,000 requests, allowed $0.1",)


def test_servers_above_the_budget_break_it():
    (found,) = options(document(contender("als"), cost_per_1000=0.01), METRIC, 1e6, BOOK)
    assert found.broken == ("servers cost $0.118 per 1,000 requests, allowed $0.01",)
    assert not found.passes
    (found,) = options(document(contender("als"), cost_per_1000=0.2), METRIC, 1e6, BOOK)
    assert found.passes


def test_who_is_not_scored_is_no_option():
    lost = contender("acme").model_copy(update={"status": "not scored"})
    assert options(document(lost), METRIC, 1e6, BOOK) == []


def test_where_less_is_better_the_least_is_the_best():
    near, far = contender("near", value=0.2), contender("far", value=0.9)
    near, far = (
        c.model_copy(update={"metrics": {"calibration@10": c.metrics[METRIC]}}) for c in (near, far)
    )
    found = options(document(far, near), "calibration@10", 1e6, BOOK)
    assert [(o.value, o.quality) for o in found] == [(0.9, -0.9), (0.2, -0.2)]
    assert best_passing(found).name == "near"
    assert unbeaten(found) == ["near"]
    assert cheapest_passing(found, {"near", "far"}).name == "near"


def test_nothing_is_worth_its_price_where_nobody_wins():
    for metric, why in (("novelty@10", "neither higher nor lower"), ("lost@10", "not installed")):
        with pytest.raises(AssayError, match=f"be compared with latency and cost: .*{why}"):
            options(document(contender("als")), metric, 1e6, BOOK)


def test_unbeaten_are_those_that_no_other_matches_in_all_three():
    found = [
        option("good", 0.3, p95=9.0, cost=3.0),
        option("fast", 0.1, p95=1.0, cost=2.0),
        option("cheap", 0.1, p95=2.0, cost=1.0),
        option("beaten", 0.1, p95=2.0, cost=2.0),
        option("twin", 0.1, p95=2.0, cost=1.0),
        option("unpriced", 0.9, p95=1.0, cost=None),
    ]
    assert unbeaten(found) == ["good", "fast", "cheap", "twin"]


def test_the_cheapest_passing_is_within_the_budget_no_stand_in_and_not_worse_than_the_best():
    found = [
        option("best", 0.30, cost=5.0),
        option("near", 0.299, cost=2.0),
        option("near-too", 0.2995, cost=2.0),
        option("far", 0.1, cost=1.0),
        option("simulated", 0.4, cost=0.5, kind="stand-in"),
        option("slow", 0.5, cost=0.5, broken=("p95 9 ms",)),
        option("unpriced", 0.5, cost=None),
    ]
    assert best_passing(found) == found[0]
    near = {"best", "near", "near-too", "simulated", "slow", "unpriced"}
    assert cheapest_passing(found, near).name == "near-too"
    assert cheapest_passing(found, {"best"}).name == "best"
    assert best_passing(found[4:]) is None
    assert cheapest_passing(found[4:], near) is None


def test_a_paid_place_is_no_merit_of_an_option():
    paid = Option("paid", "built", 0.5, 1.0, 0.1, (), sponsored=True)
    plain = Option("plain", "built", 0.4, 1.0, 0.1, ())
    assert best_passing([paid, plain]) == plain and best_passing([paid]) == paid
    assert cheapest_passing([paid, plain], {"paid", "plain"}) == plain
