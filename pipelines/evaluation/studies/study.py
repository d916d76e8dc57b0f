"""Shared code of a dataset's studies: per-user values of a spec, as in a bake-off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pipelines.data.dataset import Dataset
from pipelines.data.split import Split
from pipelines.evaluation.metrics.accuracy import per_user
from pipelines.recommender.fitting import fit_pipeline
from pipelines.recommender.pipeline import Pipeline
from pipelines.recommender.spec import Spec
from pipelines.runtime.phrases import number_of
from pipelines.runtime.progress import Progress, silent
from pipelines.schema import Doubles

LENGTH = 20
"""List length, as in a bake-off: for shorter lists a pipeline may rank fewer candidates."""
MOST_USERS = 5_000
"""The most users that a study evaluates (a seeded sample): twice as many would narrow the
intervals by less than a third."""


def per_user_values(
    spec: Spec, dataset: Dataset, cut: Split, ks: Sequence[int], progress: Progress = silent
) -> dict[str, Doubles]:
    """Per-user values (n,) of each metric by name: the spec is fitted on `cut` and asked once."""
    pipeline = fit_pipeline(
        Pipeline(spec),
        cut.train,
        dataset.catalogue.at(cut.known),
        protocol=cut.protocol,
        seen=dataset.about.seen,
        progress=progress,
    )
    progress(1.0, f"answering {number_of(len(cut.queries), 'request')}")
    slate = pipeline.recommend(cut.queries, LENGTH)
    return per_user(slate.items, cut.truth, ks)


def header(dataset: Dataset) -> dict[str, Any]:
    """The first fields of every study's document."""
    return {
        "dataset": dataset.name,
        "version": dataset.about.version,
        "fingerprint": dataset.about.fingerprint,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def sample_note(cut: Split) -> list[str]:
    """A note where not all users were evaluated."""
    if not cut.not_drawn:
        return []
    users = number_of(len(cut.queries), "user")
    return [f"A seeded random sample of {users} was evaluated."]


def with_message(progress: Progress, message: str) -> Progress:
    """`progress` with a fixed message."""
    return lambda share, _message: progress(share, message)


def percent(share: float) -> str:
    """`40%`."""
    return f"{100 * share:.0f}%"
