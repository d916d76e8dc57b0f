"""A small bake-off with everything that the Compare page can show, for its tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pipelines.evaluation.metrics.names import MAIN
from pipelines.evaluation.results.document import (
    BakeoffDocument,
    BehaviorResult,
    Comparison,
    ContenderResult,
    RequestTime,
    StageTime,
)
from pipelines.evaluation.results.folder import ITEM_SLICES, SLICES, Requests
from pipelines.evaluation.results.windows import Drift, WindowResult
from pipelines.evaluation.slices.stored import Dimension, DimensionBuilder
from pipelines.schema import Ragged
from pipelines.statistics.interval import Interval

USERS, ITEMS, WIDTH = 80, 30, 10
KS = (5, 10)


def contender(name, value=None, kind="built", p95=2.0, **more):
    """A scored contender whose every metric is `value`."""
    metrics = {}
    if value is not None:
        metrics = {
            f"{m}@{k}": Interval(value=value, low=value - 0.01, high=value + 0.01)
            for m in (*MAIN, "novelty", "coverage")
            for k in KS
        }
    given = {"status": "scored", "request_ms": RequestTime(p50=1.0, p95=p95), **more}
    given = {"title": name.capitalize(), "fit_seconds": 1.0, "model_mb": 5.0, **given}
    return ContenderResult(name=name, kind=kind, metrics=metrics, **given)


def against(name, difference, outcome, over=False):
    """A stored comparison with Popular on the declared metric."""
    return Comparison(
        contender=name,
        baseline="popular",
        metric="ndcg@10",
        difference=difference,
        low=difference - 0.01,
        high=difference + 0.01,
        smallest_useful=0.002,
        outcome=outcome,
        over_budget=over,
        sentence=f"{name} against popular.",
    )


def verdicts(share: float) -> list[BehaviorResult]:
    """A test with a threshold, one without, and one that was not run."""
    item = {"item_id": "i01", "title": "Item <1>"}
    return [
        BehaviorResult(
            name="one-item",
            title="No item is on most lists",
            state="fail" if share > 0.4 else "pass",
            value=share,
            threshold=0.4,
            condition="40% or less",
            unit="share of lists",
            sentence=f"The item that is shown most is on {100 * share:.0f}% of lists.",
            examples=[{**item, "share_of_lists": share}],
        ),
        BehaviorResult(
            name="near-misses",
            title="Misses are near in kind",
            state="value",
            value=0.02,
            unit="distance",
            sentence="Misses are nearer than chance by 0.02.",
            examples=[{"user_id": "u001", "before": [item, item], "left_out": item}],
        ),
        BehaviorResult(
            name="price",
            title="Recommended items cost what people pay",
            state="not run",
            reason="The items have no prices.",
            unit="times",
            sentence="Not run: The items have no prices.",
        ),
    ]


def bakeoff() -> BakeoffDocument:
    """Popular, two built ones (one over budget), a stand-in, and a vendor that is not scored."""
    steps = [
        StageTime(stage="candidates", keeps=300, recall=0.6, ndcg=0.1, milliseconds=2.5),
        StageTime(stage="lambdarank", keeps=50, recall=0.4, ndcg=0.13, milliseconds=0.9),
    ]
    lost = {"status": "not scored", "request_ms": None}
    return BakeoffDocument(
        id="20261122-1000-cccc",
        dataset="shop",
        created="2026-11-22T10:00:00+00:00",
        manifest={
            "fingerprint": "f" * 64,
            "hash": "h" * 64, "split": "last-n:5", "k": 10, "users": USERS, "items": ITEMS,
            "metric": "ndcg@10", "baseline": "popular", "seen": "exclude",
            "useful_share": 0.02, "budget": {"p95_ms": 5.0}, "required": ["one-item=0.4"],
            "split_note": "benchmark protocol: models train on other users' future events",
        },
        contenders=[
            contender("popular", 0.10, "baseline", p95=1.0, behavior=verdicts(0.9)),
            contender("als", 0.12, behavior=verdicts(0.3)),
            contender("two-stage", 0.13, p95=9.0, waterfall=steps, over_budget=["p95 9 ms"]),
            contender("stand-in", 0.15, "stand-in", p95=3.0, title="stand-in (not Amazon)"),
            contender("acme", None, "third-party", reason="It gave no list for 2 of 6.", **lost),
        ],
        comparisons=[
            against("two-stage", 0.03, "better", over=True),
            against("als", 0.001, "inconclusive"),
            against("stand-in", 0.05, "better"),
        ],
    )  # fmt: skip


def in_windows(document: BakeoffDocument) -> BakeoffDocument:
    """The same bake-off over two windows, with a drift told for one contender."""
    base = document.contender("popular").metrics
    others = [c for c in document.contenders if c.status == "scored" and c.name != "popular"]
    each = [
        WindowResult(
            begin=begin,
            end=end,
            users=USERS // 2,
            truths=100,
            training_events=900,
            metrics={c.name: c.metrics for c in document.contenders if c.metrics},
            differences={c.name: _shifted(c, base, shift) for c in others},
        )
        for begin, end, shift in ((1_700_000_000, 1_710_000_000, 0.01), (1_710_000_000, None, 0.0))
    ]
    told = Drift(
        contender="two-stage", baseline="popular", metric="ndcg@10", p=0.6, p_adjusted=0.6,
        certain=False,
        change=Interval(value=-0.01, low=-0.03, high=0.01), sentence="Two-stage does not drift.",
    )  # fmt: skip
    manifest = {**document.manifest, "split": "windows:2", "split_note": "", "people": USERS}
    update = {"id": "windows", "manifest": manifest, "windows": each, "drift": [told]}
    return document.model_copy(update=update)


def _shifted(one: ContenderResult, base: dict[str, Interval], shift: float) -> dict[str, Interval]:
    """Differences in the main metrics, moved by `shift`."""
    found = {}
    for metric in (f"{name}@{k}" for name in MAIN for k in KS):
        by = one.metrics[metric].value - base[metric].value + shift
        found[metric] = Interval(value=by, low=by - 0.02, high=by + 0.02)
    return found


def declared_on(metric: str, document: BakeoffDocument) -> BakeoffDocument:
    """The same bake-off, had it been declared on a metric that falls where NDCG rises."""
    contenders, comparisons = [], []
    for c in document.contenders:
        found = c.metrics.get("ndcg@10")
        turned = {} if found is None else {metric: _turned(found)}
        contenders.append(c.model_copy(update={"metrics": {**c.metrics, **turned}}))
    for one in document.comparisons:
        ends = {"difference": -one.difference, "low": -one.high, "high": -one.low}
        comparisons.append(one.model_copy(update={"metric": metric, **ends}))
    manifest = {**document.manifest, "metric": metric}
    update = {"contenders": contenders, "comparisons": comparisons, "manifest": manifest}
    return document.model_copy(update=update)


def _turned(found: Interval) -> Interval:
    return Interval(value=1 - found.value, low=1 - found.high, high=1 - found.low)


GAINS = {"popular": 0.0, "als": 0.1, "two-stage": 0.2, "stand-in": 0.02}


def values(name: str, seed: int = 0) -> np.ndarray:
    """A value for each user, (n,): Popular's and a gain, but for every tenth user a loss."""
    base = np.random.default_rng(seed).uniform(0.2, 0.5, USERS)
    gain = np.full(USERS, GAINS[name])
    gain[::10] *= -1
    gain[1::10] = 0.0
    return base + gain


def keep(folder: Path) -> None:
    """Write the bake-off's folder: requests, lists, values."""
    folder.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(1)
    history = Ragged.of([draw.choice(ITEMS, 15, replace=False).tolist() for _ in range(USERS)])
    truth = Ragged.of([draw.choice(ITEMS, 3, replace=False).tolist() for _ in range(USERS)])
    rows = np.arange(len(truth.values), dtype=np.int64)
    now = np.full(USERS, 1_720_000_000, np.int64)
    divide(folder)
    Requests(np.arange(USERS, dtype=np.int32), history, truth, rows, now).save(folder)
    for name in GAINS:
        here = folder / "contenders" / name
        here.mkdir(parents=True)
        lists = np.array([draw.choice(ITEMS, WIDTH, replace=False) for _ in range(USERS)])
        # Every contender lists the first user's held-out items at the top.
        others = np.setdiff1d(np.arange(ITEMS), truth.row(0))
        lists[0] = [*truth.row(0), *others[: WIDTH - 3]]
        np.savez_compressed(here / "answer.npz", items=lists.astype(np.int32))
        columns = {f"{m}@{k}": values(name) for m in (*MAIN, "novelty") for k in KS}
        columns |= {f"calibration@{k}": 1 - values(name) for k in KS}
        users = [f"u{n:03d}" for n in range(USERS)]
        pd.DataFrame({"user_id": users, **columns}).to_parquet(here / "per_user.parquet")


def divide(folder: Path) -> None:
    """Two halves of the users, and each item in one of two kinds."""
    users, items = DimensionBuilder(), DimensionBuilder()
    half = pd.Categorical(["early" if n < USERS // 2 else "late" for n in range(USERS)])
    users.add(Dimension("time", "time of day", "user", "A note.", "asked {}"), half)
    three = pd.Categorical(["few" if n < 10 else "many" for n in range(USERS)])
    users.add(Dimension("history", "events before", "user", "", "with {} events"), three)
    by = Dimension("kind", "kind of item", "target", "", "of kind {}", per_item=True)
    items.add(by, pd.Categorical(["red" if n % 2 else "green" for n in range(ITEMS)]))
    users.frame(USERS).to_parquet(folder / SLICES)
    items.frame(ITEMS).to_parquet(folder / ITEM_SLICES)
