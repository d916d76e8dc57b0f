"""What a bake-off's document says of several windows: each alone, and the drift between them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from pipelines.statistics.interval import Interval

ByMetric = dict[str, Interval]
"""By a metric's name, `ndcg@10`."""


class WindowResult(BaseModel):
    """One window: its span, its size, and each scored contender's results in it alone.

    Intervals are at 95% and not adjusted, since the windows' results are exploratory; what is
    declared in advance is the comparison over all windows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    begin: int
    """Its cut-off, seconds UTC: contenders are trained on the events before it."""
    end: int | None
    """Where the next window begins; None for the last one, which has all later events."""
    users: int
    truths: int
    """Held-out interactions."""
    training_events: int
    metrics: dict[str, ByMetric] = {}
    """By contender."""
    differences: dict[str, ByMetric] = {}
    """By contender: its values minus the baseline's, for the metrics that are compared."""


class Drift(BaseModel):
    """How a contender's difference from the baseline changes from the first to the last window."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contender: str
    baseline: str
    metric: str
    change: Interval
    """The last window's difference minus the first one's, at 95%, not adjusted."""
    p: float
    p_adjusted: float
    """By Holm over all contenders."""
    certain: bool
    """Whether the difference certainly changes, allowing for all contenders."""
    sentence: str
