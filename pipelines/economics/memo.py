"""The one-page memo of a decision: self-contained HTML that opens and prints offline."""

import datetime as dt
from pathlib import Path
from typing import Any

from pipelines.economics import vendor_fee
from pipelines.economics.case import Case, Option, Today, blank_case, fields
from pipelines.economics.evidence import Evidence
from pipelines.economics.formats import in_currency, money, months, percent
from pipelines.economics.hosting import server_user, with_measured_cost
from pipelines.economics.inputs import MONEY, SHARES, as_computed
from pipelines.economics.labels import NOT_DECIDABLE, OPTION_LABELS, STAGED, answer_label
from pipelines.economics.summary import Decision, sentence
from pipelines.prices.pricebook import PriceBook
from pipelines.runtime.phrases import noun_for, number_of
from pipelines.runtime.templates import template

TEMPLATE = Path(__file__).with_name("memo.html.j2")
GENERAL = (
    "currency",
    "usd_rate",
    "core_business",
    "margin",
    "open_rate",
    "requests",
    "horizon_months",
    "discount_rate",
    "fte_cost",
    "visitors_per_arm",
    "baseline_conversion",
    "today.uplift",
    "today.ftes",
    "today.infra",
)
UNSTATED = ("visitors", "baseline", "usd_rate", "today")
"""Of these inputs, those without a value are not listed."""
PER_OPTION = (
    "uplift",
    "months_to_launch",
    "setup",
    "overrun",
    "ftes",
    "infra",
    "fee",
    "price",
    "minimum",
    "term_months",
    "exit_cost",
    "exit_probability",
)
PLAIN = ("yes, no or unknown", "visitors", "line of the price book", "code")
"""Units that say nothing beside the value."""
CURRENCIES = {"USD": "US dollars", "EUR": "euros", "GBP": "pounds"}
YEARS = 8
NOT_NAMED = "source not named"


def render_memo(
    decision: Decision,
    case: Case | None,
    evidence: Evidence | None,
    date: dt.date | str,
    book: PriceBook | None = None,
) -> str:
    """The memo as one HTML document: answer, three numbers, assumptions, what would reverse it.

    The user's text is escaped, and no external resource is loaded. `date` is printed as given
    (a date as ISO 8601).
    """
    with in_currency(decision.currency):
        return _rendered(decision, case, evidence, date, book or PriceBook())


def _rendered(
    decision: Decision,
    case: Case | None,
    evidence: Evidence | None,
    date: dt.date | str,
    book: PriceBook,
) -> str:
    stated = _as_decided(case or blank_case(), evidence, book)
    html: str = template(TEMPLATE).render(
        title=decision.case,
        answer=answer_label(decision.decision),
        sentence=sentence(decision),
        date=date.isoformat() if isinstance(date, dt.date) else date,
        numbers=three_numbers(decision),
        reasons=decision.sentences,
        ways=decision.ways,
        options=_options(decision),
        closed=decision.closed,
        staged=decision.npv(STAGED) is not None,
        currency=CURRENCIES.get(decision.currency, decision.currency),
        cash=_cash(decision),
        cash_years=_years(decision.horizon_months),
        today=today(decision),
        general=_general(stated),
        option_names=[OPTION_LABELS[name] for name in stated.options],
        per_option=_per_option(stated, book),
        fees=vendor_fee.paragraphs(stated, book),
        reverses=decision.reverses,
        gates=decision.gates,
        evidence=_evidence(evidence),
        dissent=stated.dissent,
        exit_plan=stated.exit_plan,
    )
    return html


def _as_decided(case: Case, evidence: Evidence | None, book: PriceBook) -> Case:
    """The case with the server cost that the decision takes from a bake-off on own data."""
    own = None if evidence is None or evidence.is_sample else evidence
    filled, _ = with_measured_cost(case, own, book)
    if own is None or filled == case:
        return case
    estimated = f"estimated from the latency of {server_user(own)} in the bake-off"
    return filled.model_copy(update={"sources": {**case.sources, "build.infra": estimated}})


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


def _general(case: Case) -> list[dict[str, str]]:
    info = {row["name"]: row for row in fields()}
    return [
        {
            "what": info[name]["description"],
            "value": as_computed(name.rpartition(".")[2], _value(case, name)),
            "unit": _unit(name.rpartition(".")[2], info[name]["unit"]),
            "source": _source(case, name),
        }
        for name in GENERAL
        if _value(case, name) is not None or not name.startswith(UNSTATED)
    ]


def _per_option(case: Case, book: PriceBook) -> list[dict[str, Any]]:
    info = {row["name"]: row for row in fields()}
    rows = []
    for name in PER_OPTION:
        values = [getattr(option, name) for option in case.options.values()]
        default = info[f"buy.{name}"]["default"]
        if name != "uplift" and all(value == default for value in values):
            continue
        by_source: dict[str, list[str]] = {}
        for option, value in zip(case.options, values, strict=True):
            if value is not None:
                by_source.setdefault(_source(case, f"{option}.{name}"), []).append(option)
        optional = name in ("fee", "price", "minimum")
        cells = ["none" if optional and v is None else as_computed(name, v) for v in values]
        if name == "price":
            cells = ["none" if v is None else book.line(v).title for v in values]
        rows.append(
            {
                "what": info[f"buy.{name}"]["description"],
                "unit": _unit(name, info[f"buy.{name}"]["unit"]),
                "cells": cells,
                "source": "; ".join(
                    source
                    if len(by_source) == 1
                    else f"{', '.join(OPTION_LABELS[o] for o in options)}: {source}"
                    for source, options in by_source.items()
                ),
            }
        )
    return rows


def _source(case: Case, path: str) -> str:
    """Where an input is from and who stated it: named, a planning assumption, or not named."""
    source, author = case.stated(path).source, case.stated(path).author
    if _value(case, path) is None:
        return ""
    if not source and _value(case, path) == _value(blank_case(), path) is not None:
        info = {str(row["name"]): row for row in fields()}
        source = str(info[path]["source"])
    stated = f"stated by {author}" if author else ""
    return "; ".join(filter(None, (source, stated))) or NOT_NAMED


def _value(case: Case, path: str) -> Any:
    option, _, name = path.rpartition(".")
    owner: Case | Option | Today | None = getattr(case, option) if option else case
    return None if owner is None else getattr(owner, name)


def _unit(name: str, unit: str) -> str:
    """The unit, without what the value already shows ($, % and plain answers)."""
    if name in SHARES or unit in PLAIN:
        return ""
    return unit.removeprefix("$k").strip() if name in MONEY else unit


def _options(decision: Decision) -> list[dict[str, str]]:
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


def _cash(decision: Decision) -> list[dict[str, Any]]:
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


def _years(months_: int) -> list[str]:
    """The heads of the columns of `_cash`: `1`, `2`, …, `8 on`."""
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


def _evidence(evidence: Evidence | None) -> str:
    if evidence is None:
        return "No bake-off was used."
    if not evidence.bakeoff_id:
        return f"No bake-off was used. Readiness was measured on {evidence.dataset}."
    kind = "sample data, not used in the decision" if evidence.is_sample else "your data"
    scored = sum(contender.status == "scored" for contender in evidence.contenders)
    left_out = (
        f", not counting {number_of(evidence.stand_ins, 'stand-in')}, which no decision uses"
        if evidence.stand_ins
        else ""
    )
    return (
        f"Bake-off {evidence.bakeoff_id} on {evidence.dataset} ({kind}) scored {scored} of "
        f"{number_of(len(evidence.contenders), 'contender')} (baselines included{left_out}). "
        f"Offline results are not an uplift. {_checked(evidence)}"
    )


def _checked(evidence: Evidence) -> str:
    """The grade of the bake-off's evidence: what its checks said."""
    said = evidence.checks or "Its checks are unknown: an older version of Assay ran it."
    return " ".join([said, *evidence.flagged])
