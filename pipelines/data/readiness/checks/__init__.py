"""Compares the facts with thresholds: findings, each with why it matters and what to do."""

from __future__ import annotations

from pipelines.data.readiness.checks import exposure, quality, timing, volume
from pipelines.data.readiness.facts import Facts
from pipelines.data.readiness.finding import Finding


def findings_of(facts: Facts) -> list[Finding]:
    """All findings, in the order of the report; shares are from 0 to 1."""
    return [
        *volume.volume(facts),
        *volume.histories(facts),
        *timing.timing(facts),
        *quality.metadata(facts),
        *quality.ids(facts),
        *quality.rows(facts),
        *exposure.exposure(facts),
    ]
