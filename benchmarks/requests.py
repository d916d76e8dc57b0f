"""What a request to `two-stage` costs, stage by stage, on generated catalogues of several sizes.

One process, one thread; beside it plain numpy: the product that ALS cannot do without, and
the first items of an order that is known. `ASSAY_BENCH_ITEMS` sets other sizes
("3000,100000").
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.data.split import split
from pipelines.recommender.fitting import fit_pipeline
from pipelines.recommender.pipeline import Pipeline, in_chunks
from pipelines.recommender.spec import Spec
from pipelines.runtime import stored
from pipelines.schema import Catalogue, Columns, Interactions, Queries, Vocabulary, states

SIZES = [int(n) for n in os.environ.get("ASSAY_BENCH_ITEMS", "3000,30000,100000,300000").split(",")]
K = 10
SINGLE, BATCH = 1_000, 4_000
"""Requests that are asked one by one, and in one call."""
DAY = 86_400


def generate(n_items: int, seed: int = 0) -> tuple[Interactions, Catalogue]:
    """Eight events an item: users of about 20 events, most of them in three groups of items.

    Items of a group are drawn with a long tail, events are spread over a year; an item has
    one of 60 categories.
    """
    rng = np.random.default_rng(seed)
    n_users, n_groups = max(2_000, n_items * 2 // 5), max(10, n_items // 300)
    liked = (n_groups * rng.random((n_users, 3)) ** 1.5).astype(np.int64)
    user = np.repeat(np.arange(n_users), rng.poisson(20, n_users).clip(4, 200))
    group = liked[user, rng.integers(0, 3, len(user))]
    stray = rng.random(len(user)) < 0.15
    group[stray] = (n_groups * rng.random(int(stray.sum())) ** 1.5).astype(np.int64)
    rank = (-(-n_items // n_groups) * rng.random(len(user)) ** 3).astype(np.int64)
    item = rng.permutation(n_items)[np.minimum(rank * n_groups + group, n_items - 1)]
    moment = 1_700_000_000 + rng.integers(0, 365 * DAY, len(user))
    events = Interactions.build(user, item, None, moment, n_users=n_users, n_items=n_items)
    ids = Vocabulary(np.array([f"i{i:07d}" for i in range(n_items)], dtype=object))
    import pandas as pd

    categories = [f"c{c}" for c in rng.integers(0, 60, n_items).tolist()]
    frame = pd.DataFrame({Columns.ITEM: ids.ids, Columns.CATEGORIES: categories})
    return events, Catalogue(ids, frame, np.ones(n_items, bool))


@dataclass
class Asked:
    """A fitted pipeline and requests to it."""

    pipeline: Pipeline
    queries: Queries

    def ones(self) -> list[Queries]:
        """Requests by themselves, evenly spread."""
        rows = np.linspace(0, len(self.queries) - 1, SINGLE).astype(np.int64)
        return [self.queries.take(np.array([row])) for row in rows]


def fitted(n_items: int) -> Asked:
    """`two-stage` on a generated catalogue; fewer passes of ALS, which no request feels."""
    document = Spec.load("two-stage").model_dump(exclude_defaults=True)
    for block in document["candidates"]:
        if block["stage"] == "als":
            block["iterations"] = 3
    events, catalogue = generate(n_items)
    cut = split(events, "leave-one-out", eval_users=BATCH)
    pipeline = Pipeline(Spec.of({"schema": 1, **document}))
    fit_pipeline(
        pipeline, cut.train, catalogue.at(cut.known), protocol=cut.protocol, seen="exclude"
    )
    return Asked(pipeline, cut.queries)


def milliseconds(ask: Callable[[Queries], Any], requests: Sequence[Queries]) -> str:
    """The median, 95th and 99th percentile of single calls, after three that do not count."""
    for one in requests[:3]:
        ask(one)
    spent = []
    for one in requests:
        began = time.perf_counter()
        ask(one)
        spent.append(time.perf_counter() - began)
    return told(spent)


def told(seconds: Sequence[float]) -> str:
    p50, p95, p99 = np.percentile(np.array(seconds) * 1000, [50, 95, 99])
    return f"{p50:8.3f} {p95:8.3f} {p99:8.3f}"


def measure(asked: Asked) -> None:
    pipeline, ones = asked.pipeline, asked.ones()
    began = time.perf_counter()
    pipeline.warm(asked.queries.take(np.arange(2)), K)
    warm = time.perf_counter() - began
    print(f"{'':34} {'p50 ms':>8} {'p95':>8} {'p99':>8}")
    names = pipeline.spec.source_names()
    for name, block, generator in zip(
        names, pipeline.spec.candidates, pipeline.generators, strict=True
    ):
        cost = milliseconds(lambda q, g=generator, k=block.k: g.retrieve(q, k), ones)
        print(f"{name + f', {block.k} items':34} {cost}")
    steps = [pipeline.run(one, K).steps for one in ones]
    for at, step in enumerate(steps[0]):
        title = "all candidates, merged" if step.stage == "candidates" else step.stage
        print(f"{title:34} {told([each[at].seconds for each in steps])}")
    print(f"{'whole request':34} {milliseconds(lambda q: _answer(pipeline, q), ones)}")
    _floors(asked, ones)
    began = time.perf_counter()
    _answer(pipeline, asked.queries)
    rate = len(asked.queries) / (time.perf_counter() - began)
    print(f"batch of {len(asked.queries):,}: {rate:,.0f} users/s; warm {warm:.2f} s")


def _answer(pipeline: Pipeline, queries: Queries) -> Any:
    return in_chunks(queries, lambda part: pipeline.run(part, K).slate)


def _floors(asked: Asked, ones: Sequence[Queries]) -> None:
    """The same with plain numpy on one thread, leaving nothing out but what was seen."""
    from threadpoolctl import threadpool_limits

    stages = {g.name: g for g in asked.pipeline.generators}
    factors = stages["als"].items_
    user = np.random.default_rng(0).normal(size=factors.shape[1]).astype(np.float32)
    order = np.argsort(-stages["popular"].scores_, kind="stable")

    def product(_: Queries) -> Any:
        scores = factors @ user
        return np.argpartition(scores, -100)[-100:]

    def first(query: Queries) -> Any:
        head = order[: 50 + len(query.exclude.values)]
        return head[~np.isin(head, query.exclude.values)][:50]

    with threadpool_limits(1, "blas"):
        print(f"{'numpy: factors @ user, partition':34} {milliseconds(product, ones)}")
    print(f"{'numpy: first 50 of an order':34} {milliseconds(first, ones)}")


FRESH = """
import sys, time
from pathlib import Path
import numpy as np
from pipelines.recommender.pipeline import Pipeline
from pipelines.runtime import stored
from pipelines.schema import states
began = time.perf_counter()
kept = stored.load(Path(sys.argv[1]))
pipeline, queries = Pipeline.restored(kept["pipeline"]), states.queries(kept["queries"])
loaded = time.perf_counter()
query = queries.take(np.array([5]))
if sys.argv[2] == "warm":
    pipeline.warm(queries.take(np.arange(2)), 10)
warmed = time.perf_counter()
pipeline.run(query, 10)
print(f"{loaded - began:.2f} {warmed - loaded:.2f} {time.perf_counter() - warmed:.4f}")
"""


def first_requests(asked: Asked) -> None:
    """A request in a process of its own, with `warm` before it and without."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "asked"
        state = {"pipeline": asked.pipeline.state(), "queries": states.state(asked.queries)}
        stored.dump(state, path)
        for way in ("not warmed", "not warmed", "warm"):  # the first compiles what is missing
            command = [sys.executable, "-c", FRESH, str(path), way]
            out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=kept)
            load, warm, first = map(float, out.stdout.split())
            print(
                f"new process, {way}: load {load:.2f} s, warm {warm:.2f} s, "
                f"first request {1000 * first:.1f} ms"
            )


def run(peer_python: Path) -> None:
    for n_items in SIZES:
        began = time.perf_counter()
        asked = fitted(n_items)
        print(f"\n{n_items:,} items (fitted in {time.perf_counter() - began:.0f} s)", flush=True)
        measure(asked)
        if n_items <= 100_000:
            first_requests(asked)
