"""The one-page memo of a decision: self-contained HTML that opens and prints offline."""

import datetime as dt
from pathlib import Path

from pipelines.economics import vendor_fee
from pipelines.economics.case import Case
from pipelines.economics.case_files import blank_case
from pipelines.economics.evidence import Evidence
from pipelines.economics.formats import in_currency
from pipelines.economics.hosting import server_user, with_measured_cost
from pipelines.economics.labels import OPTION_LABELS, STAGED, answer_label
from pipelines.economics.memo_assumptions import general, per_option
from pipelines.economics.memo_results import (
    cash_rows,
    option_rows,
    three_numbers,
    today,
    year_heads,
)
from pipelines.economics.summary import Decision, sentence
from pipelines.prices.pricebook import PriceBook
from pipelines.runtime.phrases import number_of
from pipelines.runtime.templates import template

TEMPLATE = Path(__file__).with_name("memo.html.j2")
CURRENCIES = {"USD": "US dollars", "EUR": "euros", "GBP": "pounds"}


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
        options=option_rows(decision),
        closed=decision.closed,
        staged=decision.npv(STAGED) is not None,
        currency=CURRENCIES.get(decision.currency, decision.currency),
        cash=cash_rows(decision),
        cash_years=year_heads(decision.horizon_months),
        today=today(decision),
        general=general(stated),
        option_names=[OPTION_LABELS[name] for name in stated.options],
        per_option=per_option(stated, book),
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
