"""How often a comparison says "better" where nothing is better, and where something is."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from benchmarks.coverage import METRICS, World
from pipelines.evaluation.comparison.comparison import Contrast, declared

USEFUL = 0.02
BASELINE = "popular"


def swapped(given: World, metric: str) -> Iterator[np.ndarray]:
    """A true null per contender: (2 users, 2), each user's two values in either order.

    So no contender is better than the other, but user by user they differ as much as before.
    """
    for name in _others(given):
        pair = np.stack([given[name, metric], given[BASELINE, metric]], axis=1)
        yield np.concatenate([pair, pair[:, ::-1]])


def leveled(given: World, metric: str, lift: float = 0.0) -> Iterator[np.ndarray]:
    """A null whose differences keep their skew: (users, 2), the contender's mean moved to the
    baseline's, plus `lift` of it."""
    base = given[BASELINE, metric]
    for name in _others(given):
        own = given[name, metric]
        yield np.stack([own - own.mean() + (1 + lift) * base.mean(), base], axis=1)


def said_better(
    pairs: list[np.ndarray], metric: str, n: int, times: int, seed: int = 0
) -> np.ndarray:
    """In how many of `times` bake-offs on n drawn users each contender is "better", (2, m + 1).

    First each by itself, then where Holm adjusts all together; the last column is any of them.
    """
    rng = np.random.default_rng(seed)
    count = np.zeros((2, len(pairs) + 1), np.int64)
    for _ in range(times):
        rows = rng.integers(0, len(pairs[0]), n)
        contrasts = [
            Contrast(f"c{number}", BASELINE, metric, pair[rows, 0], pair[rows, 1])
            for number, pair in enumerate(pairs)
        ]
        apart = [declared([one], USEFUL)[0] for one in contrasts]
        for row, found in enumerate((apart, declared(contrasts, USEFUL))):
            better = [one.outcome == "better" for one in found]
            count[row] += [*better, any(better)]
    return count


def shares(
    pairs: list[np.ndarray], metric: str, n: int, times: int, processes: int = 2
) -> np.ndarray:
    """`said_better` as shares, side by side."""
    with ProcessPoolExecutor(processes) as pool:
        asked = [
            pool.submit(said_better, pairs, metric, n, times // processes, 1_000 * p)
            for p in range(processes)
        ]
        return sum(one.result() for one in asked) / times


def false_better(given: World, n: int, times: int) -> Iterator[tuple[str, float, float, float]]:
    """By kind of null: the mean and the highest share over contenders and metrics, each by
    itself, and the highest over metrics of any contender under Holm."""
    for null in (swapped, leveled):
        every = [shares(list(null(given, metric)), metric, n, times) for metric in METRICS]
        alone = np.concatenate([one[0, :-1] for one in every])
        together = max(one[1, -1] for one in every)
        yield null.__name__, float(alone.mean()), float(alone.max()), float(together)


def power(given: World, n: int, lift: float, times: int) -> tuple[float, float]:
    """The lowest share of "better" over contenders, of a planted lift of NDCG@10.

    By itself, and where Holm adjusts it together with the others, which are no better.
    """
    metric = METRICS[0]
    null, planted = list(leveled(given, metric)), list(leveled(given, metric, lift))
    found = [
        shares([planted[c], *null[:c], *null[c + 1 :]], metric, n, times)[:, 0]
        for c in range(len(planted))
    ]
    alone, together = np.min(found, axis=0).tolist()
    return alone, together


def _others(given: World) -> list[str]:
    return [
        name for name, metric in given if metric == METRICS[0] and name not in (BASELINE, "random")
    ]
