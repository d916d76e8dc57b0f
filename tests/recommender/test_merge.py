"""Merging beside a plain implementation, equal to the bit."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.recommender.merge import RRF, merge
from pipelines.schema import Candidates


def some_lists(rng, n, n_items, k):
    items = np.full((n, k), -1, np.int32)
    scores = np.full((n, k), -np.inf, np.float32)
    for r in range(n):
        length = rng.integers(0, min(k, n_items) + 1)
        items[r, :length] = rng.permutation(n_items)[:length]
        scores[r, :length] = -np.sort(-rng.normal(size=length).astype(np.float32))
    return Candidates(items, scores)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(1, 30), st.integers(1, 9))
def test_the_union_is_ordered_by_reciprocal_ranks_then_item(seed, n, n_items, sources):
    rng = np.random.default_rng(seed)
    parts = [some_lists(rng, n, n_items, int(rng.integers(1, 12))) for _ in range(sources)]
    names = tuple(f"source {s}" for s in range(sources))
    found = merge(parts, names)
    for r in range(n):
        ranks: dict[int, np.ndarray] = {}
        for s, part in enumerate(parts):
            for place, item in enumerate(part.items[r].tolist()):
                if item >= 0:
                    ranks.setdefault(item, np.zeros(sources, np.int32))[s] = place + 1
        if sources == 1:
            fused = dict(zip(parts[0].items[r].tolist(), parts[0].scores[r], strict=True))
            order = [item for item in parts[0].items[r].tolist() if item >= 0]
        else:
            fused = {
                item: np.float32(np.where(rank > 0, 1.0 / (RRF + rank), 0.0).sum())
                for item, rank in ranks.items()
            }
            order = sorted(ranks, key=lambda item: (-fused[item], item))
        assert found.items[r].tolist() == order + [-1] * (found.items.shape[1] - len(order))
        for j, item in enumerate(order):
            assert found.scores[r, j].tobytes() == fused[item].tobytes()
            assert found.source_ranks[r, j].tolist() == ranks[item].tolist()
            for s, place in enumerate(ranks[item].tolist()):
                score = found.source_scores[r, j, s]
                assert np.isnan(score) if place == 0 else score == parts[s].scores[r, place - 1]
