"""A value beside its threshold: the two forms that most findings have."""

from __future__ import annotations

from pipelines.data.readiness.facts import Facts
from pipelines.data.readiness.finding import Finding, FindingState
from pipelines.data.readiness.requirements import OURS, Requirement


def at_least(
    check: str,
    value: float,
    threshold: float,
    why: str,
    todo: str,
    source: str = OURS,
    below: FindingState = "not enough",
) -> Finding:
    """A finding of a value that should reach its threshold; no advice where it does."""
    met = value >= threshold
    return Finding(
        check, value, threshold, "enough" if met else below, why, "" if met else todo, source
    )


def at_most(
    check: str, value: float, threshold: float, why: str, todo: str, worst: float = float("inf")
) -> Finding:
    """A finding of a value that should stay at or below its threshold, ours; above `worst` it
    is not enough, between the two thin."""
    state: FindingState = "enough" if value <= threshold else "thin"
    if value > worst:
        state = "not enough"
    return Finding(check, value, threshold, state, why, "" if state == "enough" else todo, OURS)


def told(check: str, value: float | str, why: str) -> Finding:
    """A figure that no threshold judges."""
    return Finding(check, value, None, "enough", why, "", OURS)


def unknown(check: str, threshold: float | None, why: str, todo: str) -> Finding:
    """What the data does not tell."""
    return Finding(check, None, threshold, "unknown", why, todo, OURS)


def wait(facts: Facts, need: Requirement) -> str:
    """By when a requirement would be met, as a sentence; nothing where it is."""
    if need.met or need.pace is None:
        return ""
    words = need.pace.when(
        need.need - need.have, need.unit, facts.timing, is_sample=facts.is_sample
    )
    return f" {words[0].upper()}{words[1:]}."
