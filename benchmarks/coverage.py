"""How often an interval holds the mean it is of: draws of users from real per-user values.

The users of a bake-off are taken as the whole world: n of them are drawn with replacement,
and the interval of the draw should hold the mean of all in 95 of 100 draws.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from benchmarks.figures import ml1m
from pipelines.statistics.interval import Interval

METRICS = ("ndcg@10", "recall@10", "hit_rate@10", "mrr@10")
KNN = {"schema": 1, "name": "item-knn", "candidates": [{"stage": "item-knn", "k": 100}]}
CONTENDERS: tuple[str | dict[str, object], ...] = ("random", "popular", "als", "ease-recent", KNN)

World = dict[tuple[str, str], np.ndarray]
"""A value of each user, (users,), by contender and metric."""


def sample() -> World:
    """The bundled sample under last-n:10, 671 users."""
    from pipelines.data.samples import materialize

    with tempfile.TemporaryDirectory() as folder:
        materialize("movielens-small", Path(folder))
        return world(Path(folder), "last-n:10")


def large() -> dict[str, World]:
    """MovieLens 1M under two splits, 6,040 and 1,209 users; empty where it is not here."""
    given = ml1m.folder()
    if given is None:
        return {}
    with tempfile.TemporaryDirectory() as home:
        taken = ["data", "import", str(given / "ratings.parquet"), "--name", "ml-1m"]
        subprocess.run(
            [sys.executable, "-m", "pipelines.cli", *taken],
            check=True,
            env={**os.environ, "ASSAY_HOME": home},
            stdout=subprocess.DEVNULL,
        )
        folder = Path(home) / "datasets" / "ml-1m@1"
        return {f"ml-1m, {s}": world(folder, s) for s in ("last-n:10", "time:0.9")}


def world(
    folder: Path, protocol: str, contenders: Sequence[str | dict[str, object]] = CONTENDERS
) -> World:
    """The values of each contender and metric, fitted on the dataset in `folder` and asked."""
    from pipelines.data import dataset as stored
    from pipelines.data.split import split
    from pipelines.evaluation.studies.study import per_user_values
    from pipelines.recommender.spec import Spec

    data = stored.load(folder)
    cut = split(data.interactions, protocol, seen=data.about.seen)
    found: World = {}
    for given in contenders:
        spec = Spec.of(given) if isinstance(given, dict) else Spec.load(given)
        values = per_user_values(spec, data, cut, (10,))
        found |= {(spec.name, metric): values[metric] for metric in METRICS}
    return found


def differences(given: World) -> World:
    """Every contender less Popular, and each later one less ALS."""
    names = [name for name, metric in given if metric == METRICS[0]]
    pairs = [(name, "popular") for name in names if name != "popular"]
    if "als" in names:
        pairs += [(name, "als") for name in names[names.index("als") + 1 :]]
    return {
        (f"{one} - {other}", metric): given[one, metric] - given[other, metric]
        for one, other in pairs
        for metric in METRICS
    }


def held(
    interval: Callable[..., Interval],
    columns: np.ndarray,
    within: tuple[float, float],
    n: int,
    draws: int,
    seed: int,
) -> np.ndarray:
    """In how many of `draws` draws of n users the interval holds each column's mean, (m,)."""
    truth = columns.mean(axis=0)
    rng = np.random.default_rng(seed)
    count = np.zeros(columns.shape[1], np.int64)
    for _ in range(draws):
        drawn = columns[rng.integers(0, len(columns), n)].T
        for c, values in enumerate(np.ascontiguousarray(drawn)):
            found = interval(values, within)
            # A mean of equal values may differ from theirs in the last digit.
            count[c] += found.low - 1e-12 <= truth[c] <= found.high + 1e-12
    return count


def coverage(
    interval: Callable[..., Interval],
    given: World,
    within: tuple[float, float],
    n: int,
    draws: int,
    seed: int = 0,
    processes: int = 1,
) -> dict[tuple[str, str], float]:
    """The share of draws whose interval holds the mean, by contender and metric."""
    columns = np.column_stack(list(given.values()))
    if processes == 1:
        counts = held(interval, columns, within, n, draws, seed)
    else:
        rest = [interval, columns, within, n, draws // processes]
        with ProcessPoolExecutor(processes) as pool:
            asked = [pool.submit(held, *rest, seed + 1_000 * p) for p in range(processes)]
            counts = sum(one.result() for one in asked)
    return dict(zip(given, (counts / draws).tolist(), strict=True))
