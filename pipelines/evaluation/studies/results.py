"""The documents of a dataset's studies: the learning curve and the leakage audit.

They are what `--json` prints and what the workspace stores; definitions are in docs/data.md. An
older document that no longer validates is ignored.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from pipelines.evaluation.results.document import Outcome
from pipelines.statistics.interval import Interval


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Study(_Frozen):
    """The fields of all studies."""

    dataset: str
    version: int
    fingerprint: str
    """SHA-256 (hex) of the dataset's rows: equal rows give an equal study."""
    created: str
    """ISO 8601, UTC."""
    sentence: str
    """The finding in one sentence."""
    notes: list[str] = []
    """Further remarks on the numbers."""


class CurvePoint(_Frozen):
    """A pipeline trained on the newest share of the training events."""

    spec: str
    title: str
    share: float
    events: int
    since: str
    """The day of the oldest of those events, UTC."""
    users_without_history: int
    items: int
    """Items with at least one of those events, which can be recommended."""
    found: Interval


class CurveGain(_Frozen):
    """All of the history compared with its newest part, paired over the same users."""

    spec: str
    title: str
    from_share: float
    difference: float
    low: float
    high: float
    smallest_useful: float
    outcome: Outcome
    """Of all of the history compared with the newest part."""
    sentence: str


class LearningCurve(Study):
    """A metric by the share of the history; users and held-out interactions stay the same."""

    kind: Literal["learning-curve"] = "learning-curve"
    metric: str
    split: str
    split_note: str
    users: int
    truths: int
    points: list[CurvePoint]
    gains: list[CurveGain]


class SpecScore(_Frozen):
    """One pipeline under one protocol."""

    spec: str
    title: str
    metrics: dict[str, Interval]


class ProtocolScores(_Frozen):
    """One protocol: what is held out, the evaluated users, and every pipeline's scores."""

    name: str
    """`random`, `leave-one-out`, `global time`, or `window 1 of 3` for an earlier one."""
    split: str
    note: str
    held_out_share: float
    """Share of all events."""
    users: int
    truths_per_user: float
    cold_users: int
    """Evaluated users without a training event."""
    cold_items: int
    """Held-out items without a training event."""
    cold_truths: int
    scores: list[SpecScore]


class _Ratio(_Frozen):
    spec: str
    title: str
    protocol: str
    metric: str
    value: float | None
    """None where the denominator is 0, or there are too few users."""
    low: float | None
    high: float | None
    """None where it is unbounded: the denominator may be 0."""


class Lift(_Ratio):
    """A pipeline's metric ÷ Popular's under the same protocol, with a 95% interval."""


Measure = Literal["lift", "value"]


class Inflation(_Ratio):
    """A lift, or a metric's value, ÷ the same under global time, with a 95% interval.

    Only the lift's shows leaks: the value's also depends on the held-out items per user.
    """

    measure: Measure


class Flip(_Frozen):
    """Two pipelines whose order under a protocol differs from that under global time."""

    protocol: str
    metric: str
    ahead_in_time: str
    ahead_here: str
    """Titles."""
    in_time: Interval
    here: Interval
    """Paired differences, the pipeline ahead in time minus the other."""
    certain: bool
    """Whether both intervals exclude zero."""


class LeakageAudit(Study):
    """The same pipelines under protocols that leak, and under one that does not."""

    kind: Literal["audit"] = "audit"
    metrics: list[str]
    """The first one is the declared one."""
    protocols: list[ProtocolScores]
    lifts: list[Lift]
    inflations: list[Inflation]
    flips: list[Flip]
    not_run: dict[str, str] = {}
    """Why a pipeline was not run, by its name."""
