"""What the studies of a dataset share: a spec's per-user values by the bake-off's own path."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pipelines.data.dataset import Dataset
from pipelines.data.split import Split
from pipelines.evaluation.metrics.accuracy import per_user
from pipelines.recommender.pipeline import Pipeline
from pipelines.recommender.spec import Spec
from pipelines.runtime.progress import Progress, silent
from pipelines.schema import Doubles

LENGTH = 20
"""Places of a list, as in a bake-off: a pipeline that is asked for fewer may weigh fewer
candidates."""
MOST_USERS = 5_000
"""Users that a study evaluates, at most (a seeded draw): twice as many would narrow the
intervals by less than a third."""


def per_user_values(
    spec: Spec, dataset: Dataset, cut: Split, ks: Sequence[int], progress: Progress = silent
) -> dict[str, Doubles]:
    """Each metric of each asked user, (n,) by name: the spec fitted on `cut` and asked once."""
    pipeline = Pipeline(spec).fit(
        cut.train,
        dataset.catalogue.at(cut.known),
        protocol=cut.protocol,
        seen=dataset.about.seen,
        progress=progress,
    )
    progress(1.0, f"answering {len(cut.queries):,} requests")
    slate = pipeline.recommend(cut.queries, LENGTH)
    return per_user(slate.items, cut.truth, ks)


def heading(dataset: Dataset) -> dict[str, Any]:
    """The fields with which every study's document begins."""
    return {
        "dataset": dataset.name,
        "version": dataset.about.version,
        "fingerprint": dataset.about.fingerprint,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def drawn_note(cut: Split) -> list[str]:
    """A sentence where not all users were evaluated."""
    if not cut.not_drawn:
        return []
    return [f"{len(cut.queries):,} users were drawn for the evaluation (the draw is seeded)."]


def said(progress: Progress, words: str) -> Progress:
    """`progress` in the study's own words, whatever the work beneath it says."""
    return lambda share, _message: progress(share, words)


def percent(share: float) -> str:
    """`40 %`."""
    return f"{100 * share:.0f} %"
