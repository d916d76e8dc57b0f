"""How much of `two-stage`'s NDCG@10 is luck: its mean, deviation and range over seeds.

Each seed reaches every stage that draws (ALS and LambdaRank); nothing else changes between two
fits. Stages that do not draw are fitted once per split and charged to every fit.
`ASSAY_BENCH_SEEDS` is the number of seeds (20), `ASSAY_BENCH_SPEC` the spec, and
`ASSAY_BENCH_SPLITS` says what is split how ("movielens-small time:0.9,ml-1m last-n:10").
MovieLens 1M may not be passed on: name its folder in `ASSAY_ML1M`, or it is skipped.
"""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.figures import ml1m
from pipelines.data import dataset as stored
from pipelines.data.dataset import Dataset
from pipelines.data.importing.importer import import_events
from pipelines.data.importing.planning import plan
from pipelines.data.samples import materialize
from pipelines.data.split import split
from pipelines.evaluation.metrics.accuracy import per_user
from pipelines.recommender.fitting import fit_pipeline
from pipelines.recommender.pipeline import Pipeline
from pipelines.recommender.spec import Spec
from pipelines.recommender.stage_store import StageStore

SPEC = os.environ.get("ASSAY_BENCH_SPEC", "two-stage")
SEEDS = int(os.environ.get("ASSAY_BENCH_SEEDS", "20"))
SPLITS = os.environ.get(
    "ASSAY_BENCH_SPLITS",
    "movielens-small time:0.9,movielens-small last-n:5,ml-1m time:0.9,ml-1m last-n:10",
)
ML1M_SEEDS = 5
"""Seeds on MovieLens 1M, at most: a fit takes half a minute."""
K = 10
SINGLE = 300
"""Requests that are asked one by one."""


@dataclass
class Measured:
    """One fit: mean NDCG@10, seconds of the whole fit and of its last ranker, request p50 in ms."""

    ndcg: float
    fit: float
    ranker: float
    p50: float


def measure(spec: Spec, seed: int, data: Dataset, protocol: str, store: StageStore) -> Measured:
    """Fit on a split of `data`, answer all its requests, and then some of them one by one."""
    cut = split(data.interactions, protocol)
    pipeline = Pipeline(spec, (seed, 0))
    fit_pipeline(
        pipeline,
        cut.train,
        data.catalogue.at(cut.known),
        protocol=cut.protocol,
        seen="exclude",
        store=store,
    )
    shown = pipeline.recommend(cut.queries, K).items
    value = float(per_user(shown, cut.truth, (K,))[f"ndcg@{K}"].mean())
    rows = np.linspace(0, len(cut.queries) - 1, min(SINGLE, len(cut.queries))).astype(np.int64)
    spent = []
    for row in rows:
        one = cut.queries.take(np.array([row]))
        began = time.perf_counter()
        pipeline.run(one, K)
        spent.append(time.perf_counter() - began)
    *_, last = [s for name, s in pipeline.fit_seconds.items() if name.startswith("lambdarank")]
    fit = sum(pipeline.fit_seconds.values())
    return Measured(value, fit, last, 1000 * float(np.median(spent)))


@cache
def dataset(name: str) -> Dataset | None:
    """A sample, or MovieLens 1M; None where that is not here."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        if name != "ml-1m":
            materialize(name, path)
        elif (source := ml1m.folder()) is None:
            return None
        else:
            planned = plan(source / "ratings.parquet")
            import_events(planned, name, path, items=source / "movies.parquet")
        return stored.load(path)


def run(peer_python: Path) -> None:
    spec = Spec.load(SPEC)
    print(f"{SPEC}: NDCG@{K} over seeds; medians of seconds and of p50")
    for what in SPLITS.split(","):
        name, protocol = what.split()
        data = dataset(name)
        if data is None:
            print(f"{what}: skipped, MovieLens 1M is not here; name its folder in ASSAY_ML1M")
            continue
        seeds = min(SEEDS, ML1M_SEEDS) if name == "ml-1m" else SEEDS
        with tempfile.TemporaryDirectory() as folder:
            store = StageStore(Path(folder), what)
            found = [measure(spec, seed, data, protocol, store) for seed in range(seeds)]
        values = np.array([one.ndcg for one in found])
        fit, ranker, p50 = (
            float(np.median([getattr(one, field) for one in found]))
            for field in ("fit", "ranker", "p50")
        )
        print(
            f"{what}, {seeds} seeds: mean {values.mean():.4f}, deviation "
            f"{values.std(ddof=1) if seeds > 1 else 0:.4f}, {values.min():.4f} to "
            f"{values.max():.4f}; fit {fit:.1f} s, of it LambdaRank {ranker:.2f} s; "
            f"request p50 {p50:.2f} ms",
            flush=True,
        )
