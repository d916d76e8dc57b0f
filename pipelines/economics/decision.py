"""Decide between build, buy, both in turn, or neither: gates, then the rule, then the values."""

from typing import Any

from pipelines.economics.case import Case, blank_case
from pipelines.economics.cash import cash
from pipelines.economics.costs import (
    break_even_open_rate,
    break_even_requests,
    curves,
    earned_today,
    evaluate,
    means,
    positive_from,
)
from pipelines.economics.evidence import Evidence
from pipelines.economics.formats import DOLLARS, in_currency, money, months, percent
from pipelines.economics.gates import Gate, check_gates
from pipelines.economics.hosting import with_measured_cost
from pipelines.economics.labels import (
    ANSWERS,
    NOT_DECIDABLE,
    NOTHING,
    OPTION_LABELS,
    OPTION_TITLES,
    STAGED,
    TOO_CLOSE,
    TOO_FEW_VISITORS,
)
from pipelines.economics.missing import missing_inputs
from pipelines.economics.reversal import gate_conditions, thresholds
from pipelines.economics.summary import CLEAR_LEAD, Decision, sentence
from pipelines.economics.testability import online_test
from pipelines.economics.ties import settling, tie
from pipelines.economics.uncertainty import DRAWS, simulate, tornado
from pipelines.prices.pricebook import PriceBook

__all__ = ["Decision", "decide", "sentence"]

RULE = {"yes": ("build", STAGED), "no": ("buy",)}
REFERENCE_HORIZONS, REFERENCE_RATE = (36, 60), 0.10


def decide(
    case: Case | None = None,
    evidence: Evidence | None = None,
    book: PriceBook | None = None,
    draws: int = DRAWS,
) -> Decision:
    """The decision on a case, with the evidence of a bake-off on the user's own data.

    Evidence on sample data is not used. Raises AssayError for an unknown price line.
    """
    with in_currency((case or blank_case()).currency):
        return _decide(case, evidence, book or PriceBook(), draws)


def _decide(case: Case | None, evidence: Evidence | None, book: PriceBook, draws: int) -> Decision:
    own = None if evidence is None or evidence.is_sample else evidence
    is_sample = evidence is not None and evidence.is_sample
    reasons = []
    if evidence is not None and evidence.is_sample:
        reasons.append(
            f"The bake-off ran on sample data ({evidence.dataset}), which says nothing about your "
            "data, so the decision does not use its results."
        )
    stated = case or blank_case()
    stated, measured = with_measured_cost(stated, own, book)
    reasons += measured + (own.findings() if own else []) + _in_dollars(stated)
    gates = check_gates(stated, own)
    missing = missing_inputs(stated)
    failed = [gate for gate in gates if gate.state == "failed"]
    closed = {name for gate in failed for name in gate.closes}
    facts: dict[str, Any] = {
        "closed": sorted(closed),
        "case": case.title if case else "no case yet",
        "is_sample": is_sample,
        "missing": missing,
        "gates": [{"name": g.name, "state": g.state, "reason": g.reason} for g in gates],
        "currency": stated.currency,
        "horizon_months": stated.horizon_months,
        "discount_rate": stated.discount_rate,
    }
    reasons += [gate.reason for gate in gates if gate.state != "not checked"]
    # While inputs are missing, they are the answer, unless a person ruled the options out.
    deciding = [gate for gate in failed if gate.instead and not (missing and gate.measured)]
    blocking = next(iter(deciding), None)
    if blocking is not None:
        facts |= {"gate": blocking.name, "headline": blocking.headline}
    if missing:
        if case is None and not is_sample:
            reasons.append("There is no case yet; fill in the missing inputs.")
        answer = blocking.instead if blocking else NOT_DECIDABLE
        return Decision(
            decision=answer,
            reasons=reasons,
            reverses=gate_conditions(gates, stated),
            ways=_ways(stated, gates, {}),
            **facts,
        )

    facts.update(_values(stated, book))
    npv = {option["name"]: option["npv"] for option in facts["options"]}
    allowed = [name for name in npv if name not in closed]
    facts["uncertainty"] = simulate(stated, book, allowed, draws)
    best = max([*allowed, NOTHING], key=lambda name: npv.get(name, 0.0))
    open_options = [option for option in facts["options"] if option["name"] in allowed]
    tied = tie(best, open_options, facts["uncertainty"])
    chosen, rule_reasons = _choose(stated, npv, allowed, facts["uncertainty"], tied)
    if blocking:
        if chosen == "popularity":
            reasons.append(
                f"Until then a popularity rule is worth {money(npv[chosen])} "
                f"over {months(stated.horizon_months)}."
            )
        ahead = max(npv, key=lambda name: npv[name])
        reverses = gate_conditions(gates, stated)
        reverses.insert(0, f"Without the failed gates, {OPTION_LABELS[ahead]} has the most value.")
    else:
        reasons += rule_reasons
        facts["tied"] = tied if chosen in (TOO_CLOSE, best) else []
        reverses = thresholds(stated, book, allowed) + gate_conditions(gates, stated)
        if chosen in npv and npv[chosen] < max(npv[name] for name in allowed):
            reverses.insert(
                0, "Another answer to the core-business question: the highest value decides."
            )
    shown = chosen if chosen in npv else max(npv, key=lambda name: npv[name])
    return Decision(
        decision=blocking.instead if blocking else ANSWERS[chosen],
        chosen=chosen if chosen in npv else None,
        reasons=reasons,
        reverses=reverses,
        tornado=tornado(stated, book, shown),
        ways=_ways(stated, gates, npv),
        **facts,
    )


def _in_dollars(case: Case) -> list[str]:
    """A sentence where a planning assumption in dollars stands in a case of another currency."""
    if case.currency == DOLLARS or case.fte_cost != blank_case().fte_cost:
        return []
    return [
        "The cost of a full-time person is still the planning assumption in US dollars; state it "
        f"in {case.currency}."
    ]


def _ways(case: Case, gates: list[Gate], npv: dict[str, float]) -> list[str]:
    """What can be done although the test is too small; empty unless that gate decides."""
    failed = [gate for gate in gates if gate.state == "failed"]
    blocking = next((gate for gate in failed if gate.instead), None)
    test = online_test(case)
    if test is None or blocking is None or blocking.instead != TOO_FEW_VISITORS:
        return []
    others = {name for gate in failed if gate != blocking for name in gate.closes}
    return test.ways(rolling="buy" not in others and npv.get("buy", 1.0) > 0)


def _choose(
    case: Case,
    npv: dict[str, float],
    allowed: list[str],
    uncertainty: dict[str, Any] | None,
    tied: list[str],
) -> tuple[str, list[str]]:
    """The option that the rule and the values lead to (or a tie), and why.

    `tied` are the options that cannot be told apart, the best one first.
    """
    ranked = sorted([*allowed, NOTHING], key=lambda name: -npv.get(name, 0.0))
    best = ranked[0]
    favored = RULE.get(case.core_business or "", ())
    rules = {
        "yes": "The rule: your core business depends on it, so build.",
        "no": "The rule: your core business does not depend on it, so buy.",
    }
    unknown = "The rule: no answer yet on whether your core business depends on it."
    reasons = [rules.get(case.core_business or "", unknown)]
    values = "; ".join(f"{OPTION_LABELS[name]} {money(npv[name])}" for name in npv)
    reasons.append(
        f"Net present value over {months(case.horizon_months)} at "
        f"{percent(case.discount_rate)} a year: {values}."
    )
    if tied and not favored:
        return TOO_CLOSE, [*reasons, settling(uncertainty)]
    if best in favored:
        if tied:
            names = ", ".join(OPTION_LABELS[name] for name in tied if name != best)
            reasons.append(f"By value it is too close to call against {names}; the rule decides.")
            reasons.append(settling(uncertainty))
        return best, reasons
    if not favored:
        return best, reasons
    chance = 1.0 if uncertainty is None else float(uncertainty["p_best"][best])
    able = [name for name in ranked if name in favored and npv[name] > 0]
    if chance < CLEAR_LEAD and able:
        reasons.append(
            f"{OPTION_TITLES[best]} is best in only {percent(chance)} of the draws, so the rule "
            "decides."
        )
        return able[0], reasons
    if tied:
        return TOO_CLOSE, [*reasons, settling(uncertainty)]
    reasons.append(f"The values contradict the rule: {OPTION_LABELS[best]} comes first.")
    return best, reasons


def _values(case: Case, book: PriceBook) -> dict[str, Any]:
    """Options, break-even points, curves and reference horizons of a complete case."""
    values = means(case)
    flows = evaluate(case, values, book)
    paths = curves(case, values, book)
    traffic = break_even_requests(case, values, book)
    settings = {
        (months_, rate)
        for months_ in (case.horizon_months, *REFERENCE_HORIZONS)
        for rate in (case.discount_rate, REFERENCE_RATE)
    }
    horizons = []
    for length, rate in sorted(settings):
        other = case.model_copy(update={"horizon_months": length, "discount_rate": rate})
        npv = {name: float(flow.npv) for name, flow in evaluate(other, values, book).items()}
        horizons.append({"months": length, "discount_rate": rate, "npv": npv})
    return {
        "options": [
            {
                "name": name,
                "npv": float(flow.npv),
                "benefit": float(flow.benefit),
                "cost": float(flow.cost),
            }
            for name, flow in flows.items()
        ],
        "break_even": {
            "open_rate": {
                name: break_even_open_rate(flow, values["open_rate"])
                for name, flow in flows.items()
            },
            "requests_per_month": traffic["running_cost"],
            "requests_per_month_decision": traffic["decision"],
            "positive_from_month": {name: positive_from(path) for name, path in paths.items()},
        },
        "curves": {name: path.tolist() for name, path in paths.items()},
        "cash": {name: one.document() for name, one in cash(case, values, book).items()},
        "earned_today": earned_today(values) if case.today.stated else None,
        "horizons": horizons,
    }
