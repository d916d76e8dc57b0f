"""What readiness measured on a dataset, as far as a decision uses it."""

from collections.abc import Mapping
from typing import NamedTuple

from pipelines.data.readiness import Report, Verdict
from pipelines.data.readiness.checks.exposure import check_of
from pipelines.economics.evidence import Readiness
from pipelines.schema import Columns

EXPOSURES = {"enough": True, "thin": False, "not enough": False}
"""Whether exposures are logged, by the state of the finding on impressions."""


class Measured(NamedTuple):
    """The answers to the gates that depend on the data alone."""

    readiness: Readiness = "unknown"
    exposures: bool | None = None
    """Whether the events have impressions; None if that was not counted."""


def measured(verdict: Verdict, states: Mapping[str, str]) -> Measured:
    """From a readiness report's verdict, and its findings' states by check."""
    enough: Readiness = "enough" if verdict == "ready" else "needs more"
    return Measured(enough, EXPOSURES.get(states.get(check_of(Columns.IMPRESSION), "")))


def measured_in(report: Report) -> Measured:
    """From a readiness report."""
    return measured(report.verdict, {f.check: f.state for f in report.findings})
