"""A bake-off's document with everything in it that a page or a report may show."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pipelines.evaluation.kept import PER_USER
from pipelines.evaluation.metrics.names import MAIN
from pipelines.evaluation.results import (
    BakeoffDocument,
    Comparison,
    ContenderResult,
    Interval,
    Kind,
    RequestTime,
    StageTime,
)

ID = "20261122-1000-cccc"
STEPS = [
    StageTime(stage="candidates", keeps=300, recall=0.6, ndcg=0.1, milliseconds=2.5),
    StageTime(stage="linear", keeps=100, recall=0.5, ndcg=0.12, milliseconds=0.4),
    StageTime(stage="lambdarank", keeps=50, recall=0.4, ndcg=0.13, milliseconds=0.9),
]
MANIFEST = {
    "hash": "4f" * 32, "dataset": "shop", "fingerprint": "ab" * 32, "split": "last-n:5",
    "cutoff": None, "split_note": "benchmark protocol: it admits other users' futures",
    "seen": "exclude", "users": 6, "items": 30, "k": 10, "ks": [5, 10], "rules": [],
    "metric": "ndcg@10", "baseline": "popular", "useful_share": 0.02,
    "budget": {"p95_ms": 5.0, "peak_mb": None}, "metric_definitions": 1,
}  # fmt: skip


def contender(
    name: str,
    value: float,
    kind: Kind = "built",
    *,
    title: str = "",
    p95: float = 2.0,
    **more: object,
) -> ContenderResult:
    """A scored contender whose metrics all have one value."""
    spread = Interval(value=value, low=value - 0.01, high=value + 0.01)
    names = [f"{m}@{k}" for m in (*MAIN, "coverage", "novelty") for k in (5, 10)]
    given = {
        "name": name,
        "title": title or name.capitalize(),
        "kind": kind,
        "status": "scored",
        "metrics": dict.fromkeys(names, spread),
        "fit_seconds": 12.5,
        "request_ms": RequestTime(p50=1.0, p95=p95),
        "peak_mb": 210.0,
        "requested": 6,
        "answered": 6,
        **more,
    }
    return ContenderResult.model_validate(given)


def compared(c: ContenderResult, baseline: float = 0.1) -> Comparison:
    """Its comparison with Popular on the declared metric."""
    difference = c.metrics["ndcg@10"].value - baseline
    return Comparison(
        contender=c.name,
        baseline="popular",
        metric="ndcg@10",
        difference=difference,
        low=difference - 0.01,
        high=difference + 0.01,
        smallest_useful=0.002,
        outcome="better" if difference > 0.01 else "inconclusive",
        over_budget=bool(c.over_budget),
        sentence=f"{c.name} against popular.",
    )


def full_document(more: int = 0) -> BakeoffDocument:
    """Popular, a model, a pipeline over budget, a stand-in, two third parties of which one
    was not scored, and `more` models besides."""
    scored = [
        contender("als", 0.12, notes=["3 of 6 requests had no history"]),
        contender("two-stage", 0.13, p95=9.0, waterfall=STEPS, over_budget=["p95 9 ms"]),
        contender("stand-in", 0.15, "stand-in", notes=["It says nothing about Amazon."]),
        contender("acme", 0.105, "third-party", cost_usd=0.03, request_ms=None),
        *(contender(f"model-{n}", 0.1 + n / 100, waterfall=STEPS) for n in range(1, more + 1)),
    ]
    lost = contender("lost", 0.0, "third-party", metrics={}, request_ms=None, answered=4)
    lost = lost.model_copy(update={"status": "not scored", "reason": "It gave no list for 2 of 6."})
    return BakeoffDocument(
        id=ID,
        dataset="shop",
        created="2026-11-22T10:00:00+00:00",
        manifest=MANIFEST,
        contenders=[contender("popular", 0.1, "baseline", p95=1.0), *scored, lost],
        comparisons=[compared(c) for c in scored],
        notes=["Not written to MLflow: it was away."],
    )


def save_values(folder: Path, document: BakeoffDocument) -> None:
    """Values per person for every scored contender, as a bake-off keeps them; seeded."""
    draw = np.random.default_rng(2)
    for c in document.contenders:
        if c.status != "scored":
            continue
        here = folder / "contenders" / c.name
        here.mkdir(parents=True)
        values = {name: draw.uniform(0, 0.4, 6) for name in c.metrics}
        users = [f"u{n}" for n in range(6)]
        pd.DataFrame({"user_id": users, **values}).to_parquet(here / PER_USER)
