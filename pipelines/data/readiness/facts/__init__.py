"""Measures a dataset: figures only, no thresholds."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.data.dataset import Dataset
from pipelines.data.outliers import CATCH_ALL, Flags, flagged
from pipelines.data.readiness.facts.exposure import Exposure, exposure
from pipelines.data.readiness.facts.ids import Ids, SharedAccounts, ids, shared_accounts
from pipelines.data.readiness.facts.metadata import Metadata, metadata
from pipelines.data.readiness.facts.stream import DAY, VISIT_MINUTES, WEEK, YEAR, Stream
from pipelines.data.readiness.facts.timing import PACE_WEEKS, Timing, timing
from pipelines.data.readiness.facts.volume import Volume, volume

__all__ = ["DAY", "PACE_WEEKS", "WEEK", "YEAR", "Facts", "Stream", "Timing", "Volume", "measure"]


@dataclass(frozen=True)
class Facts:
    """Figures of one dataset; `timing` and `earlier` are None if the events have no times."""

    volume: Volume
    earlier: Volume | None
    """The counts at the beginning of the window over which the pace is measured."""
    timing: Timing | None
    metadata: Metadata
    users: Ids
    items: Ids
    shared: SharedAccounts
    exposure: Exposure
    flags: Flags
    flagged_share: float
    """Share of the events of flagged users."""
    quarantined_share: float
    seen: str
    is_sample: bool
    visit_minutes: int


def measure(dataset: Dataset, now: float | None = None) -> Facts:
    """The facts of a dataset as of `now` (seconds UTC; default: the current time).

    20 M events of 2 M users take a few seconds (docs/readiness.md).
    """
    import time

    import numpy as np

    about, it = dataset.about, dataset.interactions
    minutes = about.recipe.session_minutes if about.recipe is not None else VISIT_MINUTES
    stream = Stream(it, minutes * 60)
    timed = timing(stream, time.time() if now is None else now, about.seen)
    flags = flagged(it)
    heavy = flags.users[np.array([r == CATCH_ALL for r in flags.reasons], bool)]
    per_user = np.diff(it.indptr)
    return Facts(
        volume=volume(stream),
        earlier=volume(stream, int(stream.newest - timed.window_weeks * WEEK)) if timed else None,
        timing=timed,
        metadata=metadata(dataset),
        users=ids(dataset.users),
        items=ids(dataset.catalogue.items),
        shared=shared_accounts(dataset, heavy),
        exposure=exposure(dataset, stream),
        flags=flags,
        flagged_share=float(per_user[flags.users].sum()) / max(len(it), 1),
        quarantined_share=about.quarantined / about.rows_in if about.rows_in else 0.0,
        seen=about.seen,
        is_sample=about.is_sample,
        visit_minutes=minutes,
    )
