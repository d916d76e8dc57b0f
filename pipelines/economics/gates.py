"""What must hold before any sum counts: data, logging, testability, team, legal, quality."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Literal

from pipelines.economics.case import Case
from pipelines.economics.costs import STAGED, means
from pipelines.economics.evidence import Evidence
from pipelines.economics.wording import count, percent

State = Literal["passed", "failed", "not checked"]
BUILT, BOUGHT = ("build", STAGED), ("buy", STAGED)
ALPHA, POWER = 0.05, 0.80


@dataclass(frozen=True)
class Gate:
    """One gate: its state, why, which options it closes and what to do instead."""

    name: str
    state: State
    reason: str
    closes: tuple[str, ...] = ()
    instead: str = ""


def detectable_change(visitors: float, conversion: float) -> float:
    """Smallest absolute change a two-sided test (.05, power .8) finds; visitors an arm.

    Solves n d^2 = z^2 [p(1-p) + (p+d)(1-p-d)] (unpooled variance) for d.
    """
    z2 = _z() ** 2
    a = visitors + z2
    b = -z2 * (1 - 2 * conversion)
    c = -2 * z2 * conversion * (1 - conversion)
    return (-b + sqrt(b * b - 4 * a * c)) / (2 * a)


def visitors_needed(conversion: float, change: float) -> float:
    """Visitors an arm to find the absolute `change` (two-sided .05, power .8)."""
    after = conversion + change
    variance = conversion * (1 - conversion) + after * (1 - after)
    return _z() ** 2 * variance / change**2


def _z() -> float:
    normal = NormalDist()
    return normal.inv_cdf(1 - ALPHA / 2) + normal.inv_cdf(POWER)


def _answered(
    name: str, answer: bool | None, yes: str, no: str, closes: tuple[str, ...], instead: str = ""
) -> Gate:
    if answer is None:
        return Gate(name, "not checked", f"{name}: not stated")
    return Gate(name, "passed" if answer else "failed", yes if answer else no, closes, instead)


def _data(case: Case, own: Evidence | None) -> Gate:
    measured = None if own is None or own.readiness == "unknown" else own.readiness == "enough"
    ready = case.data_ready if measured is None else measured
    return _answered(
        "data",
        ready,
        "The data suffices to train on.",
        "The data does not yet suffice to train on; the readiness report says how much is missing.",
        (*BUILT, "buy"),
        "neither: collect more data",
    )


def _testability(case: Case) -> Gate:
    visitors, conversion = case.visitors_per_arm, case.baseline_conversion
    values = means(case)
    claims = {o: values[f"{o}.uplift"] for o in ("buy", "build") if f"{o}.uplift" in values}
    if visitors is None or conversion is None or not claims:
        return Gate(
            "testability",
            "not checked",
            "testability: visitors an arm or today's conversion not stated",
        )
    change = detectable_change(visitors, conversion)
    claimed = max(claims.values())
    finds = (
        f"An 8-week test with {count(visitors)} visitors an arm finds a change of "
        f"{percent(change / conversion)} or more ({change:.5f} absolute)"
    )
    if change / conversion <= claimed:
        return Gate("testability", "passed", f"{finds}: enough for the uplift claimed.")
    needed = (
        f"; it would take {count(visitors_needed(conversion, conversion * claimed))} an arm"
        if claimed > 0
        else ""
    )
    return Gate(
        "testability",
        "failed",
        f"{finds}; the best option claims {percent(claimed)}, so nobody could tell whether it "
        f"works{needed}. Log who saw which recommendation, so that only they count.",
        (*BUILT, "buy"),
        "neither: fix the logging",
    )


def _quality(own: Evidence | None, kind: str, label: str, closes: tuple[str, ...]) -> Gate:
    name = "quality of build" if kind == "built" else "quality of buy"
    if own is None or not own.of_kind(kind):
        return Gate(name, "not checked", f"{name}: no {label} was compared on your data")
    unscored = [c for c in own.of_kind(kind) if c.status != "scored"]
    outcomes = own.against_baselines(kind)
    if not outcomes:
        why = f" ({unscored[0].name}: {unscored[0].status})" if unscored else ""
        return Gate(name, "not checked", f"{name}: no {label} was compared with a baseline{why}")
    if any("better" in found for found in outcomes.values()):
        best = next(n for n, found in outcomes.items() if "better" in found)
        return Gate(name, "passed", f"{best} beats the baseline on {own.dataset} offline.")
    if all(found <= {"worse", "equivalent"} for found in outcomes.values()):
        return Gate(
            name,
            "failed",
            f"No {label} beats the baseline on {own.dataset} offline, so an uplift above the "
            "popularity rule's has nothing to rest on.",
            closes,
        )
    return Gate(name, "not checked", f"{name}: the comparison on {own.dataset} is inconclusive")


def check_gates(case: Case, own: Evidence | None) -> list[Gate]:
    """All gates in their order; `own` is evidence on the user's own data, or None."""
    everything = (*BUILT, "buy")
    return [
        _data(case, own),
        _answered(
            "exposure logging",
            case.exposure_logged,
            "Exposures are logged.",
            "It is not logged who saw which recommendation, so no test could tell what works.",
            everything,
            "neither: fix the logging",
        ),
        _testability(case),
        _answered(
            "team",
            case.team_available,
            "The team to build and run it can be had.",
            "The people to build and run it cannot be had.",
            BUILT,
        ),
        _answered(
            "legal (use)",
            case.legal_use,
            "The events may be used for this.",
            "The events may not be used for recommendations.",
            everything,
            "neither: settle the legal question",
        ),
        _answered(
            "legal (vendor)",
            case.legal_transfer,
            "The events may be sent to a vendor.",
            "The events may not be sent to a vendor.",
            BOUGHT,
        ),
        _quality(own, "built", "built contender", BUILT),
        _quality(own, "third-party", "third party", BOUGHT),
    ]
