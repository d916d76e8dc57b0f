"""Builds findings: a value compared with a threshold, a plain figure, or an unknown value."""

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
    """A finding whose value should reach the threshold; `todo` is dropped if it does."""
    met = value >= threshold
    return Finding(
        check, value, threshold, "enough" if met else below, why, "" if met else todo, source
    )


def at_most(
    check: str, value: float, threshold: float, why: str, todo: str, worst: float = float("inf")
) -> Finding:
    """A finding whose value should not exceed the threshold (ours).

    Between the threshold and `worst` the state is thin, above it not enough.
    """
    state: FindingState = "enough" if value <= threshold else "thin"
    if value > worst:
        state = "not enough"
    return Finding(check, value, threshold, state, why, "" if state == "enough" else todo, OURS)


def figure(check: str, value: float | str, why: str) -> Finding:
    """A finding without a threshold."""
    return Finding(check, value, None, "enough", why, "", OURS)


def unknown(check: str, threshold: float | None, why: str, todo: str) -> Finding:
    """A finding whose value is unknown."""
    return Finding(check, None, threshold, "unknown", why, todo, OURS)


def expected_sentence(facts: Facts, need: Requirement) -> str:
    """When a requirement will be met, as a sentence; empty if it is met or will never be."""
    if need.met or need.pace is None:
        return ""
    clause = need.pace.when(
        need.need - need.have, need.unit, facts.timing, is_sample=facts.is_sample
    )
    return f"Expected date: {clause}."
