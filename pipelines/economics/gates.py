"""The gates that come before any values: data, logging, testability, team, legal, quality."""

from dataclasses import dataclass
from typing import Literal

from pipelines.economics.case import Case
from pipelines.economics.evidence import Evidence
from pipelines.economics.formats import percent
from pipelines.economics.labels import (
    COLLECT_DATA,
    FIX_LOGGING,
    SETTLE_LEGAL,
    STAGED,
    TOO_FEW_VISITORS,
)
from pipelines.economics.testability import OnlineTest, online_test

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
    headline: str = ""
    """What the failed gate means, as the headline begins; without a full stop."""
    measured: bool = False
    """Whether readiness answered it and not a person."""


def _answered(
    name: str,
    answer: bool | None,
    yes: str,
    no: str,
    closes: tuple[str, ...],
    instead: str = "",
    *,
    measured: bool = False,
) -> Gate:
    if answer is None:
        return Gate(name, "not checked", "Not stated.")
    state: State = "passed" if answer else "failed"
    return Gate(name, state, yes if answer else no, closes, instead, measured=measured)


def answer_not_used(case: Case, own: Evidence | None) -> str:
    """That readiness contradicts the stated answer on the data, after a space; else empty."""
    if own is None or own.readiness == "unknown" or case.data_ready is None:
        return ""
    if case.data_ready == (own.readiness == "enough"):
        return ""
    stated = "yes" if case.data_ready else "no"
    return f" Readiness of {own.dataset} answers this; the “{stated}” that you stated is not used."


def _data(case: Case, own: Evidence | None) -> Gate:
    measured = None if own is None or own.readiness == "unknown" else own.readiness == "enough"
    ready = case.data_ready if measured is None else measured
    unused = answer_not_used(case, own)
    return _answered(
        "data",
        ready,
        f"There is enough data to train on.{unused}",
        "There is not enough data to train on yet; the readiness report says how much is missing."
        f"{unused}",
        (*BUILT, "buy"),
        COLLECT_DATA,
        measured=measured is not None,
    )


def _testability(found: OnlineTest | None) -> Gate:
    name = "testability"
    if found is None:
        reason = "Visitors per arm or today's conversion are not stated."
        return Gate(name, "not checked", reason)
    if found.passed:
        return Gate(name, "passed", f"{found.finding}: enough for the claimed uplift.")
    reason = (
        f"{found.finding}; the best option claims {percent(found.claimed)}, which the test cannot "
        f"confirm.{found.needed}"
    )
    everything = (*BUILT, "buy")
    return Gate(name, "failed", reason, everything, TOO_FEW_VISITORS, found.headline)


def _exposures(case: Case, own: Evidence | None) -> Gate:
    """As stated; otherwise whether the imported events have impressions."""
    everything = (*BUILT, "buy")
    measured = None if own is None else own.exposures
    no = "record which recommendations were shown to whom, so a test cannot measure their effect"
    if case.exposure_logged is None and measured is not None and own is not None:
        return _answered(
            "exposure logging",
            measured,
            f"The events of {own.dataset} record which recommendations were shown to whom.",
            f"The events of {own.dataset} do not {no}. If another log does, state it among the "
            "preconditions.",
            everything,
            FIX_LOGGING,
            measured=True,
        )
    return _answered(
        "exposure logging",
        case.exposure_logged,
        "The log records which recommendations were shown to whom.",
        f"The log does not {no}.",
        everything,
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
    if ahead := [n for n, found in outcomes.items() if "better" in found]:
        best = min(ahead, key=own.borderline)  # the first that other seeds would not turn
        but = ", but other seeds or another machine may turn it" if own.borderline(best) else ""
        return Gate(name, "passed", f"{best} beats the baseline on {own.dataset} offline{but}.")
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
        _exposures(case, own),
        _testability(online_test(case)),
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
