"""What the studies of a dataset found: the learning curve and the leakage audit.

These documents are what `--json` prints and what the workspace keeps; definitions are in
docs/data.md. An older document that no longer fits is as good as none.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from pipelines.evaluation.results.document import Outcome
from pipelines.statistics.interval import Interval


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Study(_Frozen):
    """What all studies tell of themselves."""

    dataset: str
    version: int
    fingerprint: str
    """SHA-256 (hex) of the dataset's rows: the same rows, the same study."""
    created: str
    """ISO 8601, UTC."""
    sentence: str
    """The finding, for a lead."""
    notes: list[str] = []
    """What a reader of the numbers must know besides."""


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
    """Items with one of those events: the ones that can be recommended."""
    found: Interval


class CurveGain(_Frozen):
    """All of the history against its newest part: a paired difference over the same users."""

    spec: str
    title: str
    from_share: float
    difference: float
    low: float
    high: float
    smallest_useful: float
    outcome: Outcome
    """Of all the history against the newest part."""
    sentence: str


class LearningCurve(Study):
    """A metric by how much of the history is known; users and truths stay the same."""

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
    """One protocol: what it held out, whom it asked about, and every pipeline's scores."""

    name: str
    """`random`, `leave-one-out`, `global time`, or `window 1 of 3` for an earlier one."""
    split: str
    note: str
    held_out_share: float
    """Of all events."""
    users: int
    truths_per_user: float
    cold_users: int
    """Asked users without a training event."""
    cold_items: int
    """Items among the truths that have no training event."""
    cold_truths: int
    scores: list[SpecScore]


class _Ratio(_Frozen):
    spec: str
    title: str
    protocol: str
    metric: str
    value: float | None
    """None where the denominator is 0, or too few users were asked."""
    low: float | None
    high: float | None
    """None where there is no upper limit: the denominator may be 0."""


class Lift(_Ratio):
    """A pipeline's metric ÷ Popular's under the same protocol, with a 95 % interval."""


Measure = Literal["lift", "value"]


class Inflation(_Ratio):
    """A lift, or a metric's value, ÷ the same under global time, with a 95 % interval.

    Only the lift's tells of leaks: the value's also follows how many truths a user has.
    """

    measure: Measure


class Flip(_Frozen):
    """Two pipelines whose order under a protocol is not their order under global time."""

    protocol: str
    metric: str
    ahead_in_time: str
    ahead_here: str
    """Titles."""
    in_time: Interval
    here: Interval
    """Paired differences, the one ahead in time less the other."""
    certain: bool
    """Whether both intervals leave zero out; else the two may be equals in one of them."""


class LeakageAudit(Study):
    """The same pipelines under protocols that leak, and under the one that does not."""

    kind: Literal["audit"] = "audit"
    metrics: list[str]
    """The first one is the declared one."""
    protocols: list[ProtocolScores]
    lifts: list[Lift]
    inflations: list[Inflation]
    flips: list[Flip]
    not_run: dict[str, str] = {}
    """Why a pipeline, by its name, took no part."""
