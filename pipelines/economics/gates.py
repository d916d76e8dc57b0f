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
OTHER_LOG = "If another log does, state it among the preconditions."


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
        return Gate(name, "not checked", "Not stated.", closes, instead)
    state: State = "passed" if answer else "failed"
    return Gate(name, state, yes if answer else no, closes, instead, measured=measured)


def _known(own: Evidence | None, name: str) -> bool | None:
    """What readiness knows for certain from the user's own data; None where it cannot tell.

    Events with impressions are logged exposures; events without them may have another log.
    """
    if own is None:
        return None
    if name == "data_ready":
        return None if own.readiness == "unknown" else own.readiness == "enough"
    return True if name == "exposure_logged" and own.exposures else None


def answer_not_used(case: Case, own: Evidence | None, name: str) -> str:
    """That what readiness knows contradicts a stated answer (`data_ready`, ...); else empty."""
    stated, known = getattr(case, name), _known(own, name)
    if own is None or stated is None or known is None or stated == known:
        return ""
    word = "yes" if stated else "no"
    return f"Readiness of {own.dataset} answers this; the “{word}” that you stated is not used."


def _with_unused(case: Case, own: Evidence | None, name: str) -> str:
    """`answer_not_used`, after a space."""
    unused = answer_not_used(case, own, name)
    return f" {unused}" if unused else ""


def _gain_not_used(own: Evidence | None) -> str:
    """Why a certain gain in the bake-off does not outweigh readiness, after a space; else empty."""
    sure = [] if own is None else [name for name in own.better() if not own.borderline(name)]
    if own is None or own.readiness != "needs more" or not sure:
        return ""
    users = f"the {own.users:,} users" if own.users else "the users"
    gain = (
        f"{own.title(sure[0])} beats the baseline offline for {users} whom the bake-off evaluated"
    )
    return (
        f" {gain}; "
        "the decision follows readiness all the same, since it counts every user, and a bake-off "
        "only those with enough events."
    )


def _data(case: Case, own: Evidence | None) -> Gate:
    known = _known(own, "data_ready")
    unused = _with_unused(case, own, "data_ready")
    return _answered(
        "data",
        case.data_ready if known is None else known,
        f"There is enough data to train on.{unused}",
        "There is not enough data to train on yet; the readiness report says how much is missing."
        f"{_gain_not_used(own)}{unused}",
        (*BUILT, "buy"),
        COLLECT_DATA,
        measured=known is not None,
    )


def _testability(found: OnlineTest | None) -> Gate:
    name, everything = "testability", (*BUILT, "buy")
    if found is None:
        reason = "Visitors per arm or today's conversion are not stated."
        return Gate(name, "not checked", reason, everything, TOO_FEW_VISITORS)
    if found.passed:
        reason = f"{found.finding}: enough for the claimed uplift."
        return Gate(name, "passed", reason, everything, TOO_FEW_VISITORS)
    reason = (
        f"{found.finding}; the best option claims {percent(found.claimed)}, which the test cannot "
        f"confirm.{found.needed}"
    )
    return Gate(name, "failed", reason, everything, TOO_FEW_VISITORS, found.headline)


def _exposures(case: Case, own: Evidence | None) -> Gate:
    """Whether the imported events have impressions; if not, as stated, since another log may."""
    known, found = _known(own, "exposure_logged"), None if own is None else own.exposures
    stated = case.exposure_logged
    logged = stated if known is None else known
    measured = known is not None or (stated is None and found is not None)
    unused = _with_unused(case, own, "exposure_logged")
    no = "record which recommendations were shown to whom, so a test cannot measure their effect."
    if own is not None and found is False and logged is None:
        logged, no = False, f"The events of {own.dataset} do not {no} {OTHER_LOG}"
    else:
        no = f"The log does not {no}"
    yes = "The log records which recommendations were shown to whom."
    if own is not None and known:
        yes = (
            f"The events of {own.dataset} record which recommendations were shown to whom.{unused}"
        )
    elif own is not None and found is False and stated:
        yes += f" The events of {own.dataset} do not, so this rests on your answer."
    return _answered(
        "exposure logging", logged, yes, no, (*BUILT, "buy"), FIX_LOGGING, measured=measured
    )


def _quality(own: Evidence | None, kind: str, label: str, closes: tuple[str, ...]) -> Gate:
    name = "quality of build" if kind == "built" else "quality of buy"
    if own is None or not own.of_kind(kind):
        return Gate(name, "not checked", f"No {label} was compared on your data.", closes)
    unscored = [c for c in own.of_kind(kind) if c.status != "scored"]
    outcomes = own.against_baselines(kind)
    if not outcomes:
        why = f" ({own.title(unscored[0].name)}: {unscored[0].status})" if unscored else ""
        return Gate(name, "not checked", f"No {label} was compared with a baseline{why}.", closes)
    if ahead := own.better(kind):
        best, but = ahead[0], ""
        if own.borderline(best):
            but = ", but other seeds or another machine may turn it"
            sure = next((n for n in ahead if not own.borderline(n)), None)
            but += f"; {own.title(sure)} beats it without that doubt" if sure else ""
        beats = f"{own.title(best)} beats the baseline on {own.dataset} offline"
        return Gate(name, "passed", f"{beats}{but}.", closes)
    if all(found <= {"worse", "equivalent"} for found in outcomes.values()):
        return Gate(
            name,
            "failed",
            f"No {label} beats the baseline on {own.dataset} offline, so there is no evidence for "
            "an uplift above the popularity rule's.",
            closes,
        )
    return Gate(name, "not checked", f"The comparison on {own.dataset} is inconclusive.", closes)


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
