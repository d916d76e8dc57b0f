"""Decide between build, buy, both in turn, or neither: gates, then the rule, then the values."""

from typing import Any

from pipelines.economics.case import Case
from pipelines.economics.case_files import blank_case
from pipelines.economics.cash import cash
from pipelines.economics.choice import (
    Chooser,
    answer_without_values,
    closed_by,
    deciding_gate,
)
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
from pipelines.economics.formats import DOLLARS, in_currency, money, months
from pipelines.economics.gates import Gate, check_gates
from pipelines.economics.hosting import with_measured_cost
from pipelines.economics.labels import OPTION_LABELS, TOO_CLOSE, TOO_FEW_VISITORS
from pipelines.economics.missing import missing_inputs
from pipelines.economics.reversal import gate_conditions, thresholds
from pipelines.economics.summary import Decision, sentence
from pipelines.economics.testability import online_test
from pipelines.economics.uncertainty import DRAWS, Trials, tornado
from pipelines.economics.vendor_fee import minimums
from pipelines.prices.pricebook import PriceBook

__all__ = ["Decision", "decide", "sentence"]

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
    stated, measured = with_measured_cost(case or blank_case(), own, book)
    reasons += measured + (own.findings() if own else []) + _in_dollars(stated)
    gates = check_gates(stated, own)
    missing = missing_inputs(stated)
    facts: dict[str, Any] = {
        "closed": sorted(closed_by(gates)),
        "case": case.title if case else "no case yet",
        "is_sample": is_sample,
        "missing": missing,
        "gates": [{"name": g.name, "state": g.state, "reason": g.reason} for g in gates],
        "currency": stated.currency,
        "horizon_months": stated.horizon_months,
        "discount_rate": stated.discount_rate,
    }
    reasons += [gate.reason for gate in gates if gate.state != "not checked"]
    blocking = deciding_gate(gates, missing=bool(missing))
    if blocking is not None:
        facts |= {"gate": blocking.name, "headline": blocking.headline}
    if missing:
        if case is None and not is_sample:
            reasons.append("There is no case yet; fill in the missing inputs.")
        return Decision(
            decision=answer_without_values(gates)[0],
            reasons=reasons,
            reverses=gate_conditions(gates, stated, answer_without_values, valued=False),
            ways=_ways(stated, gates, {}),
            **facts,
        )
    return _valued(stated, gates, blocking, facts, reasons, book, draws)


def _valued(
    case: Case,
    gates: list[Gate],
    blocking: Gate | None,
    facts: dict[str, Any],
    reasons: list[str],
    book: PriceBook,
    draws: int,
) -> Decision:
    """The decision on a complete case; `facts` and `reasons` are those that need no values."""
    facts.update(_values(case, book))
    trials = Trials.of(case, book, draws)
    chooser = Chooser(case, facts["options"], trials)
    npv, allowed = chooser.npv, chooser.allowed(gates)
    facts["uncertainty"] = None if trials is None else trials.summary(allowed)
    choice = chooser.choice(allowed)
    answer, chosen = chooser.answer(gates)
    reasons += minimums(case, book)
    reverses = gate_conditions(gates, case, chooser.answer)
    ahead = max(npv, key=lambda name: npv[name])
    if blocking:
        if chosen == "popularity":
            reasons.append(
                f"Until then a popularity rule is worth {money(npv[chosen])} "
                f"over {months(case.horizon_months)}."
            )
        reverses.insert(0, f"Without the failed gates, {OPTION_LABELS[ahead]} has the most value.")
    else:
        reasons += chooser.reasons(choice, facts["uncertainty"])
        facts["tied"] = choice.tied if choice.chosen in (TOO_CLOSE, choice.best) else []
        reverses = thresholds(case, book, allowed) + reverses
        if chosen is not None and npv[chosen] < max(npv[name] for name in allowed):
            reverses.insert(
                0, "Another answer to the core-business question: the highest value decides."
            )
    return Decision(
        decision=answer,
        chosen=chosen,
        reasons=reasons,
        reverses=reverses,
        tornado=tornado(case, book, chosen or ahead),
        ways=_ways(case, gates, npv),
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
    blocking, test = deciding_gate(gates, missing=False), online_test(case)
    if test is None or blocking is None or blocking.instead != TOO_FEW_VISITORS:
        return []
    others = closed_by(gate for gate in gates if gate != blocking)
    return test.ways(rolling="buy" not in others and npv.get("buy", 1.0) > 0)


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
