"""The gates that come before any values: data, logging, testability, team, legal, quality."""

from dataclasses import dataclass
from typing import Literal

from pipelines.economics.case import Case
from pipelines.economics.costs import means
from pipelines.economics.evidence import Evidence
from pipelines.economics.formats import count, percent
from pipelines.economics.labels import COLLECT_DATA, FIX_LOGGING, SETTLE_LEGAL, STAGED
from pipelines.statistics.power import people_per_arm, smallest_change

State = Literal["passed", "failed", "not checked"]
BUILT, BOUGHT = ("build", STAGED), ("buy", STAGED)


@dataclass(frozen=True)
class Gate:
    """One gate: its state and reason, the options it rules out if it fails, the answer then."""

    name: str
    state: State
    reason: str
    closes: tuple[str, ...] = ()
    instead: str = ""


def _answered(
    name: str, answer: bool | None, yes: str, no: str, closes: tuple[str, ...], instead: str = ""
) -> Gate:
    if answer is None:
        return Gate(name, "not checked", "Not stated.")
    return Gate(name, "passed" if answer else "failed", yes if answer else no, closes, instead)


def _data(case: Case, own: Evidence | None) -> Gate:
    measured = None if own is None or own.readiness == "unknown" else own.readiness == "enough"
    ready = case.data_ready if measured is None else measured
    return _answered(
        "data",
        ready,
        "There is enough data to train on.",
        "There is not enough data to train on yet; the readiness report says how much is missing.",
        (*BUILT, "buy"),
        COLLECT_DATA,
    )


def _testability(case: Case) -> Gate:
    visitors, conversion = case.visitors_per_arm, case.baseline_conversion
    values = means(case)
    claims = {o: values[f"{o}.uplift"] for o in ("buy", "build") if f"{o}.uplift" in values}
    if visitors is None or conversion is None or not claims:
        return Gate(
            "testability",
            "not checked",
            "Visitors per arm or today's conversion are not stated.",
        )
    claimed = max(claims.values())
    change = smallest_change(conversion, visitors)
    test = f"An 8-week test with {count(visitors)} visitors per arm"
    if change is None:
        finding = f"{test} is too small to detect any change"
    else:
        finding = (
            f"{test} detects a change of {percent(change / conversion)} or more "
            f"({change:.5f} absolute)"
        )
        if change / conversion <= claimed:
            return Gate("testability", "passed", f"{finding}: enough for the claimed uplift.")
    needed = (
        f" The test needs {count(people_per_arm(conversion, claimed))} visitors per arm."
        if 0 < claimed < 1 / conversion - 1
        else ""
    )
    return Gate(
        "testability",
        "failed",
        f"{finding}; the best option claims {percent(claimed)}, which the test cannot confirm."
        f"{needed} Log which recommendations were shown to whom, so that the test counts only "
        "these visitors.",
        (*BUILT, "buy"),
        FIX_LOGGING,
    )


def _quality(own: Evidence | None, kind: str, label: str, closes: tuple[str, ...]) -> Gate:
    name = "quality of build" if kind == "built" else "quality of buy"
    if own is None or not own.of_kind(kind):
        return Gate(name, "not checked", f"No {label} was compared on your data.")
    unscored = [c for c in own.of_kind(kind) if c.status != "scored"]
    outcomes = own.against_baselines(kind)
    if not outcomes:
        why = f" ({unscored[0].name}: {unscored[0].status})" if unscored else ""
        return Gate(name, "not checked", f"No {label} was compared with a baseline{why}.")
    if any("better" in found for found in outcomes.values()):
        best = next(n for n, found in outcomes.items() if "better" in found)
        return Gate(name, "passed", f"{best} beats the baseline on {own.dataset} offline.")
    if all(found <= {"worse", "equivalent"} for found in outcomes.values()):
        return Gate(
            name,
            "failed",
            f"No {label} beats the baseline on {own.dataset} offline, so there is no evidence for "
            "an uplift above the popularity rule's.",
            closes,
        )
    return Gate(name, "not checked", f"The comparison on {own.dataset} is inconclusive.")


def check_gates(case: Case, own: Evidence | None) -> list[Gate]:
    """All gates in their order; `own` is evidence on the user's own data, or None."""
    everything = (*BUILT, "buy")
    return [
        _data(case, own),
        _answered(
            "exposure logging",
            case.exposure_logged,
            "The log records which recommendations were shown to whom.",
            "The log does not record which recommendations were shown to whom, so a test cannot "
            "measure their effect.",
            everything,
            FIX_LOGGING,
        ),
        _testability(case),
        _answered(
            "team",
            case.team_available,
            "The people to build and run a recommender are available.",
            "The people to build and run a recommender are not available.",
            BUILT,
        ),
        _answered(
            "legal (use)",
            case.legal_use,
            "The events may be used for recommendations.",
            "The events may not be used for recommendations.",
            everything,
            SETTLE_LEGAL,
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
