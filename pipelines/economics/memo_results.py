"""The results in a memo: three numbers, the values of the options, cash, today's system."""

from typing import Any

from pipelines.economics.formats import money, months, percent
from pipelines.economics.labels import NOT_DECIDABLE, OPTION_LABELS
from pipelines.economics.summary import Decision
from pipelines.runtime.phrases import noun_for

YEARS = 8


def three_numbers(decision: Decision) -> list[tuple[str, str]]:
    """Three numbers with labels: value, lead and break-even, or what is still open."""
    if decision.decision == NOT_DECIDABLE or not decision.options:
        unchecked = sum(gate["state"] == "not checked" for gate in decision.gates)
        failed = sum(gate["state"] == "failed" for gate in decision.gates)
        return [
            (str(len(decision.missing)), f"{noun_for(len(decision.missing), 'input')} missing"),
            (str(unchecked), f"{noun_for(unchecked, 'gate')} not checked"),
            (str(failed), f"{noun_for(failed, 'gate')} failed"),
        ]
    span = months(decision.horizon_months)
    ranked = sorted(decision.options, key=lambda option: -float(option["npv"]))
    shown = decision.chosen or str(ranked[0]["name"])
    value = decision.npv(shown) or 0.0
    rows = [(money(value), f"value of {OPTION_LABELS[shown]} over {span}")]
    others = [float(option["npv"]) for option in ranked if option["name"] != shown]
    if others:
        lead = value - others[0]
        rows.append(
            (
                money(abs(lead)),
                "between the first two: too close to call"
                if decision.tied
                else "ahead of the next option"
                if lead >= 0
                else "behind the best option",
            )
        )
    else:
        rows.append((money(value), "ahead of doing nothing"))
    rate = decision.break_even["open_rate"].get(shown)
    rows.append(
        (percent(rate), "open rate at which it breaks even")
        if rate is not None
        else ("none", "open rate at which it breaks even")
    )
    return rows


def option_rows(decision: Decision) -> list[dict[str, str]]:
    """Of each option its value, benefit and cost, and the range and chance of the draws."""
    chances = (decision.uncertainty or {}).get("p_best", {})
    fan = (decision.uncertainty or {}).get("fan", {})
    return [
        {
            "name": OPTION_LABELS[option["name"]],
            "chosen": option["name"] == decision.chosen,
            **{key: money(option[key]) for key in ("npv", "benefit", "cost")},
            "range": f"{money(fan[option['name']]['p5'])} to {money(fan[option['name']]['p95'])}"
            if option["name"] in fan
            else "",
            "chance": percent(chances[option["name"]]) if option["name"] in chances else "",
        }
        for option in decision.options
    ]


def cash_rows(decision: Decision) -> list[dict[str, Any]]:
    """Per option the flow of each year, and the most that is paid before it comes back."""
    return [
        {
            "name": OPTION_LABELS[name],
            "years": [money(flow) for flow in _first_years(one["years"])],
            "peak": f"{money(one['peak_funding'])} in month {one['peak_month']}"
            if one["peak_funding"] > 0
            else "none",
        }
        for name, one in decision.cash.items()
    ]


def year_heads(months_: int) -> list[str]:
    """The heads of the columns of `cash_rows`: `1`, `2`, …, `8 on`."""
    n = -(-months_ // 12)
    heads = [str(year) for year in range(1, min(n, YEARS) + 1)]
    return [*heads[:-1], f"{heads[-1]} on"] if n > YEARS else heads


def _first_years(flows: list[float]) -> list[float]:
    """The years that fit a page; the last one sums all that are later."""
    return flows if len(flows) <= YEARS else [*flows[: YEARS - 1], sum(flows[YEARS - 1 :])]


def today(decision: Decision) -> str:
    """What today's system earns, which every value is a difference from; empty without one."""
    earned = decision.earned_today
    if earned is None:
        return ""
    verb = "earns" if earned >= 0 else "costs"
    return (
        f"Today's system {verb} {money(abs(earned))} a year after its own costs. Every value is a "
        "difference from keeping it, which is worth 0 here."
    )
