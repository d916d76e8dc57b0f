"""Several candidate lists into one, with each generator's score and rank of each item."""

from __future__ import annotations

import numba
import numpy as np

from pipelines.errors import AssayError
from pipelines.runtime.phrases import number_of
from pipelines.schema import NO_ITEM, Candidates, Queries
from pipelines.stages.contract import CandidateGenerator
from pipelines.stages.kernels import order_within, zeros

RRF = 60.0
"""Cormack et al. 2009, Reciprocal Rank Fusion: the constant that they found to work."""


def check_usable(found: object, stage: str, n: int, n_items: int) -> None:
    """Raise `AssayError` where a generator's lists would be read outside of their arrays.

    `bakeoff/stage_checks.py` reports all other violations of a stage's contract.
    """
    if not isinstance(found, Candidates):
        raise AssayError(f"The stage {stage} gave {type(found).__name__}, not Candidates.")
    items, scores = found.items, found.scores
    if items.ndim != 2 or len(items) != n or scores.shape != items.shape:
        raise AssayError(
            f"The stage {stage} gave items of shape {items.shape} and scores of shape "
            f"{scores.shape} for {number_of(n, 'request')}; both must have a row per request."
        )
    if items.dtype.kind != "i" or items.max(initial=-1) >= n_items:
        raise AssayError(
            f"The stage {stage} gave something else than item codes (int32, below {n_items:,})."
        )


def merge(parts: list[Candidates], names: tuple[str, ...]) -> Candidates:
    """The union of the lists, each item once, with every source's score and rank of it.

    A single list keeps its scores; several are put in order by reciprocal rank fusion.
    Returns (n, sum of the lists' k) or narrower.
    """
    n = len(parts[0])
    width = sum(part.items.shape[1] for part in parts)
    items = np.full((n, width), NO_ITEM, np.int32)
    scores = np.full((n, width, len(parts)), np.nan, np.float32)
    ranks = np.zeros((n, width, len(parts)), np.int32)
    sizes = np.zeros(n, np.int64)
    most = max((int(part.items.max(initial=-1)) for part in parts), default=-1) + 1
    place = zeros("places", most, np.int32)
    for s, part in enumerate(parts):
        _add(items, scores, ranks, sizes, part.items, part.scores, s, place)
    used = max(1, int(sizes.max(initial=0)))
    items, scores, ranks = items[:, :used], scores[:, :used], ranks[:, :used]
    if len(parts) == 1:
        fused = np.where(items >= 0, np.nan_to_num(scores[:, :, 0]), -np.inf).astype(np.float32)
        return Candidates(items, fused, names, scores, ranks)
    share = 1.0 / (RRF + np.arange(max(part.items.shape[1] for part in parts) + 1))
    share[0] = 0  # of the rank 0: not proposed
    fused = share[ranks].sum(axis=2).astype(np.float32)
    fused[items < 0] = -np.inf
    merged = Candidates(items, fused, names, scores, ranks)
    return merged.pick(order_within(fused, items, used))


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _add(items, scores, ranks, sizes, new_items, new_scores, s, place):  # type: ignore[no-untyped-def]
    """`place` holds the column of each item of a row, counted from 1; 0 where it is new."""
    for r in range(items.shape[0]):
        for j in range(sizes[r]):
            place[items[r, j]] = j + 1
        for j in range(new_items.shape[1]):
            item = new_items[r, j]
            if item < 0:
                continue
            at = place[item] - 1
            if at < 0:
                at = sizes[r]
                sizes[r] += 1
                items[r, at] = item
                place[item] = at + 1
            scores[r, at, s] = new_scores[r, j]
            ranks[r, at, s] = j + 1
        for j in range(sizes[r]):
            place[items[r, j]] = 0


def fill_up(
    candidates: Candidates, fallback: CandidateGenerator, queries: Queries, k: int
) -> Candidates:
    """Continue lists shorter than k with what `fallback` gives those requests.

    Every source's rank of an item from the fallback is 0: the trace names it by that.
    """
    have = (candidates.items >= 0).sum(axis=1)
    rows = np.flatnonzero(have < k)
    extra = max(0, k - candidates.items.shape[1])
    if len(rows) == 0 and extra == 0:
        return candidates
    found = fallback.retrieve(queries.take(rows), k).items
    assert candidates.source_scores is not None and candidates.source_ranks is not None
    items = np.pad(candidates.items, ((0, 0), (0, extra)), constant_values=NO_ITEM)
    scores = np.pad(candidates.scores, ((0, 0), (0, extra)), constant_values=-np.inf)
    source_scores = np.pad(
        candidates.source_scores, ((0, 0), (0, extra), (0, 0)), constant_values=np.nan
    )
    source_ranks = np.pad(candidates.source_ranks, ((0, 0), (0, extra), (0, 0)))
    for r, more in zip(rows, found, strict=True):
        own = items[r, : have[r]]
        more = more[(more >= 0) & ~np.isin(more, own)][: k - have[r]]
        end = have[r] + len(more)
        items[r, have[r] : end] = more
        # Below everything that a source proposed, in the fallback's order.
        lowest = scores[r, have[r] - 1] if have[r] else np.float32(0)
        steps = np.arange(1, len(more) + 1, dtype=np.float32) * max(1e-3, abs(lowest) * 1e-3)
        scores[r, have[r] : end] = lowest - steps
    return Candidates(items, scores, candidates.sources, source_scores, source_ranks)
