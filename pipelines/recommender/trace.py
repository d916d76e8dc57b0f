"""Where each item of one list came from, and how each step ranked it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipelines.recommender.pipeline import FALLBACK, Journey
from pipelines.schema import Queries

if TYPE_CHECKING:
    import pandas as pd

    from pipelines.recommender.fitted import FittedPipeline


def trace_frame(fitted: FittedPipeline, queries: Queries, k: int) -> pd.DataFrame:
    """One row per shown item of a single request, in the list's order.

    Columns: item_id, title, rank; `source` and `source_rank` (the generator that ranked it
    best); `sources` (all of them, as text); `light_rank`, `heavy_rank` (its rank after the
    first and the second ranker; missing without such a ranker, or if a rule inserted it
    later); `rule` (what a rule did, as text).
    """
    import pandas as pd

    journey = fitted.run(queries, k)
    items = journey.slate.items[0]
    rows = []
    for place, item in enumerate(items[items >= 0].tolist(), 1):
        best, best_rank, all_sources = _sources(journey, item)
        light, heavy = _tier_ranks(fitted, journey, item)
        rows.append(
            {
                "item_id": fitted.items.ids[item],
                "title": fitted.titles[item],
                "rank": place,
                "source": best,
                "source_rank": best_rank,
                "sources": all_sources,
                "light_rank": light,
                "heavy_rank": heavy,
                "rule": _rules(journey, item),
            }
        )
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    whole = ["source_rank", "light_rank", "heavy_rank"]
    return frame.astype(dict.fromkeys(whole, "Int64"))


_COLUMNS = [
    "item_id",
    "title",
    "rank",
    "source",
    "source_rank",
    "sources",
    "light_rank",
    "heavy_rank",
    "rule",
]


def _sources(journey: Journey, item: int) -> tuple[str, int | None, str]:
    found = journey.candidates
    at = np.flatnonzero(found.items[0] == item)
    if len(at) == 0 or found.source_ranks is None:
        return "a rule", None, ""
    ranks = found.source_ranks[0, at[0]]
    said = [(int(rank), name) for rank, name in zip(ranks, found.sources, strict=True) if rank > 0]
    if not said:
        return FALLBACK, None, FALLBACK
    said.sort()
    return said[0][1], said[0][0], ", ".join(f"{name} {rank}" for rank, name in said)


def _tier_ranks(
    fitted: FittedPipeline, journey: Journey, item: int
) -> tuple[int | None, int | None]:
    tiers = len(fitted.pipeline.rankers)
    ranks = [_place(journey.steps[1 + t].items[0], item) for t in range(tiers)]
    if tiers == 0:
        return None, None
    if tiers == 1:
        return (ranks[0], None) if fitted.pipeline.rankers[0].sources_only else (None, ranks[0])
    return ranks[0], ranks[-1]


def _place(row: np.ndarray, item: int) -> int | None:
    at = np.flatnonzero(row == item)
    return int(at[0]) + 1 if len(at) else None


def _rules(journey: Journey, item: int) -> str:
    said = [
        f"{change.rule}: {change.action} ({change.reason})"
        for change in journey.slate.changes
        if item in change.items
    ]
    return "; ".join(said)
