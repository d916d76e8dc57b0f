"""Six metrics of 100,000 users × 20 recommended items × 10 truths: Assay beside RecTools."""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

USERS, PLACES, TRUTHS, ITEMS, K, RUNS = 100_000, 20, 10, 20_000, 10, 5


def lists(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Items recommended (USERS, PLACES) and taken up (USERS, TRUTHS), no copies in a row."""
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, ITEMS, (USERS, 1))
    steps = rng.integers(1, 50, (USERS, PLACES + TRUTHS)).cumsum(axis=1)
    drawn = ((starts + steps) % ITEMS).astype(np.int32)
    # Half of the truths are taken from the list, so that there is something to hit.
    truth = np.concatenate([drawn[:, : TRUTHS // 2], drawn[:, PLACES : PLACES + TRUTHS // 2]], 1)
    order = rng.permuted(np.tile(np.arange(PLACES), (USERS, 1)), axis=1)
    return np.take_along_axis(drawn[:, :PLACES], order, axis=1), truth


PEER = """
import sys, time
import pandas as pd
from rectools.metrics import MAP, MRR, NDCG, HitRate, Precision, Recall, calc_metrics
reco, truth = (pd.read_parquet(p) for p in sys.argv[1:3])
k, runs = int(sys.argv[3]), int(sys.argv[4])
metrics = {"ndcg": NDCG(k=k, divide_by_achievable=True), "recall": Recall(k=k),
           "precision": Precision(k=k), "map": MAP(k=k, divide_by_k=False), "mrr": MRR(k=k),
           "hit_rate": HitRate(k=k)}
for _ in range(runs + 1):
    began = time.perf_counter()
    found = calc_metrics(metrics, reco=reco, interactions=truth)
    print(time.perf_counter() - began, *(found[name] for name in sorted(metrics)))
"""


def run(peer_python: Path) -> None:
    import pandas as pd

    from pipelines.evaluation.metrics.accuracy import per_user
    from pipelines.schema import Ragged

    shown, taken = lists()
    truth = Ragged(np.arange(USERS + 1, dtype=np.int64) * TRUTHS, taken.ravel())
    ours = []
    for _ in range(RUNS + 1):
        began = time.perf_counter()
        found = per_user(shown, truth, (K,))
        ours.append(time.perf_counter() - began)
    values = [found[f"{name}@{K}"].mean() for name in sorted(n.partition("@")[0] for n in found)]
    users = np.arange(USERS)
    with tempfile.TemporaryDirectory() as folder:
        reco, history = Path(folder) / "reco.parquet", Path(folder) / "truth.parquet"
        pd.DataFrame(
            {
                "user_id": np.repeat(users, PLACES),
                "item_id": shown.ravel(),
                "rank": np.tile(np.arange(1, PLACES + 1), USERS),
            }
        ).to_parquet(reco)
        pd.DataFrame({"user_id": np.repeat(users, TRUTHS), "item_id": taken.ravel()}).to_parquet(
            history
        )
        command = [str(peer_python), "-c", PEER, str(reco), str(history), str(K), str(RUNS)]
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    rows = [[float(x) for x in line.split()] for line in told.splitlines()]
    theirs = [row[0] for row in rows]
    # The first run of each is a warm-up: imports and compilation.
    mine, peer = float(np.median(ours[1:])), float(np.median(theirs[1:]))
    gap = max(abs(a - b) for a, b in zip(values, rows[0][1:], strict=True))
    print(f"Assay, from codes, per-user values: {mine:.4f} s (median of {RUNS})")
    print(f"RecTools 0.19 calc_metrics, means only: {peer:.3f} s (median of {RUNS})")
    print(f"ratio {peer / mine:.0f}; largest difference of a mean {gap:.1e}")
