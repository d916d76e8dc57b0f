"""Net present value of a popularity rule, buy, build, and buy now and build later.

Money is in thousands of the case's currency ($k below). Values are differences from what is there
today: keeping today's system, or none.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipelines.economics.case import Case, Option, quantities
from pipelines.economics.labels import STAGED
from pipelines.economics.quantity import Range
from pipelines.prices.pricebook import PriceBook, requests_for_fee

# The share of projects in the tail, its start and its mean (both as multiples of the plan).
TAIL_SHARE, TAIL_START, TAIL_MEAN = 0.18, 1.5, 5.47
MEAN_OVERRUN = (1 - TAIL_SHARE) + TAIL_SHARE * TAIL_MEAN
Values = Mapping[str, float | np.ndarray]


@dataclass(frozen=True)
class Flow:
    """Present value of the benefit and cost of one option, $k, in the inputs' broadcast shape."""

    benefit: np.ndarray
    cost: np.ndarray

    @property
    def npv(self) -> np.ndarray:
        return self.benefit - self.cost


def means(case: Case) -> dict[str, float]:
    """The mean of each numeric input; of a range it is (low + mode + high) / 3."""
    values = {
        name: value.mean if isinstance(value, Range) else float(value)
        for name, value in quantities(case).items()
    }
    for name, option in case.options.items():
        if option.overrun == "it-projects":
            values[f"{name}.overrun"] = MEAN_OVERRUN
    return values


def evaluate(
    case: Case, values: Values, book: PriceBook, until: int | np.ndarray | None = None
) -> dict[str, Flow]:
    """Benefit and cost of each option up to month `until` (default: the horizon).

    NPV = sum over m > T of [A (u - u0) e/12 - (FTE c/12 + infra + fee(V) - today's cost)]
    /(1+r)^(m/12) - overrun x set-up - P(exit) x exit cost. Set-up and exit costs are due at the
    start. `values` has every input of `quantities`, scalar or array `(n,)`.
    """
    end = np.asarray(case.horizon_months if until is None else until)
    months = np.arange(1, int(end.max()) + 1)
    # discount[t] = present value of 1 $k a month over the months 1..t
    discount = np.concatenate([[0.0], np.cumsum((1 + case.discount_rate) ** (-months / 12))])

    def alive(start: float | np.ndarray, stop: float | np.ndarray) -> np.ndarray:
        last = np.minimum(np.floor(stop), end).astype(np.int64)
        first = np.minimum(np.floor(start), last).astype(np.int64)
        return discount[last] - discount[first]

    monthly_margin = np.asarray(values["margin"]) * values["open_rate"] / 12
    launch = {name: values[f"{name}.months_to_launch"] for name in case.options}
    replaced = cost_today(values)

    def flow(name: str, option: Option, stop: float | np.ndarray, exit_share: float) -> Flow:
        on = alive(launch[name], stop)
        once = _setup(name, values) + exit_share * option.exit_cost
        gained = np.asarray(values[f"{name}.uplift"]) - values.get("today.uplift", 0.0)
        running = running_cost(name, option, values, book) - replaced
        return Flow(monthly_margin * gained * on, running * on + once)

    flows = {
        name: flow(name, option, np.inf, option.exit_probability)
        for name, option in case.options.items()
    }
    if case.buy is not None and case.build is not None:
        # The vendor is left with certainty when the build launches.
        bridge = flow("buy", case.buy, launch["build"], 1.0)
        build = flows["build"]
        # The contract binds longer where the build launches before its end.
        ends = np.maximum(launch["build"], launch["buy"] + np.float64(case.buy.term_months))
        owed = committed(case.buy) * alive(launch["build"], ends)
        flows[STAGED] = Flow(bridge.benefit + build.benefit, bridge.cost + build.cost + owed)
    return flows


def cost_today(values: Values) -> np.ndarray:
    """What today's system costs, $k a month; 0 without one."""
    people = np.asarray(values["fte_cost"]) * values.get("today.ftes", 0.0) / 12
    return np.asarray(people + values.get("today.infra", 0.0))


def earned_today(values: Values) -> float:
    """What today's system earns, $k a year: its share of the margin less its cost."""
    gain = np.asarray(values["margin"]) * values["open_rate"] * values.get("today.uplift", 0.0)
    return float(gain - 12 * cost_today(values))


def committed(option: Option) -> float:
    """What is owed to the vendor each month of the term, whatever is used, $k."""
    return option.fee or 0.0 if option.minimum is None else option.minimum


def running_cost(
    name: str, option: Option, values: Values, book: PriceBook, with_fee: bool = True
) -> np.ndarray:
    """Running cost in $k a month after the launch: people, infrastructure and the fee, if any."""
    people = np.asarray(values["fte_cost"]) * values[f"{name}.ftes"] / 12
    total = people + values[f"{name}.infra"]
    if with_fee:
        total = total + vendor_fee(option, values, book)
    return np.asarray(total)


def vendor_fee(option: Option, values: Values, book: PriceBook) -> np.ndarray:
    """The vendor's fee in $k a month: flat and by request, and never below the minimum."""
    fee: np.ndarray = np.asarray(option.fee or 0.0)
    if option.price is not None:
        usd = book.monthly(option.price, values["requests"])
        fee = fee + usd * values.get("usd_rate", 1.0)
    return np.maximum(fee, option.minimum or 0.0)


def _setup(name: str, values: Values) -> np.ndarray:
    person_month = np.asarray(values["fte_cost"]) / 12
    return person_month * values[f"{name}.setup"] * values[f"{name}.overrun"]


def curves(
    case: Case, values: Values, book: PriceBook, months: int | None = None
) -> dict[str, np.ndarray]:
    """Cumulative value of each option, $k: arrays `(months + 1,)`, index = month."""
    until = np.arange((months or case.horizon_months) + 1)
    flows = evaluate(case, values, book, until)
    return {name: np.broadcast_to(flow.npv, until.shape).copy() for name, flow in flows.items()}


def positive_from(curve: np.ndarray) -> int | None:
    """The first month from which the cumulative value stays above zero; None if it never does."""
    below = np.flatnonzero(curve <= 0)
    if curve[-1] <= 0:
        return None
    return int(below[-1]) + 1 if below.size else 0


def break_even_open_rate(flow: Flow, open_rate: float) -> float | None:
    """The open rate at which the value is 0; None where an open rate of 1 still gives a loss."""
    gain = float(flow.benefit)
    if gain <= 0 or open_rate <= 0:
        return None
    rate = max(0.0, float(flow.cost) / gain * open_rate)  # it may cost less than today's system
    return rate if rate <= 1 else None


def break_even_requests(case: Case, values: Values, book: PriceBook) -> dict[str, float | None]:
    """Requests a month at which buy and build have equal running cost, and equal value.

    The margin is held constant: only the vendor's fee depends on the traffic. None where buy
    has no price per request or no volume meets the condition.
    """
    answer: dict[str, float | None] = {"running_cost": None, "decision": None}
    if case.buy is None or case.build is None or case.buy.price is None:
        return answer
    buy, price = case.buy, case.buy.price
    flat, least = buy.fee or 0.0, buy.minimum or 0.0

    def traffic(fee: float) -> float | None:
        """Requests a month for which the vendor charges `fee`, $k a month."""
        by_request = (fee - flat) / float(values.get("usd_rate", 1.0))
        return None if fee < least else requests_for_fee(book, price, by_request)

    lean = float(running_cost("buy", case.buy, values, book, with_fee=False))
    answer["running_cost"] = traffic(float(running_cost("build", case.build, values, book)) - lean)

    def charged(fee: float) -> dict[str, Flow]:
        none = buy.model_copy(update={"price": None, "minimum": None, "fee": fee})
        return evaluate(case.model_copy(update={"buy": none}), values, book)

    free = charged(0.0)
    # A fee of 1 $k a month lowers the value of buy by this much.
    weight = float(free["buy"].npv) - float(charged(1.0)["buy"].npv)
    if weight > 0:
        lead = float(free["buy"].npv) - float(free["build"].npv)
        answer["decision"] = traffic(lead / weight)
    return answer
