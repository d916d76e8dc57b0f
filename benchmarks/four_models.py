"""Popular, item neighbors, ALS and EASE on MovieLens 1M under last-n:10: Assay beside RecTools.

Each is one command in a process of its own: read the ratings, split, fit, recommend ten items,
score. Assay's command also draws Random, intervals, comparisons, slices and behavioral tests, times
single requests, stores each pipeline and writes to MLflow. RecTools runs on the CPU with the same
settings, as far as it has them; its lists are not weighed by recency.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.checkouts import ROUNDS

SPECS = ("item-knn", "ease")
"""Specs that do not ship: one stage with its defaults."""

PEER = """
import sys
import pandas as pd
from implicit.als import AlternatingLeastSquares
from implicit.nearest_neighbours import TFIDFRecommender
from rectools.columns import Columns
from rectools.dataset import Dataset, Interactions
from rectools.metrics import MAP, MRR, NDCG, HitRate, Precision, Recall, calc_metrics
from rectools.model_selection import LastNSplitter
from rectools.models import (
    EASEModel, ImplicitALSWrapperModel, ImplicitItemKNNWrapperModel, PopularModel,
)
ratings = pd.read_parquet(sys.argv[1])
events = ratings.rename(
    columns={"userID": "user_id", "movieID": "item_id", "timestamp": "datetime"})
events["weight"] = 1.0
events["datetime"] = pd.to_datetime(events["datetime"], unit="s")
events = events[["user_id", "item_id", "weight", "datetime"]]
models = {
    "popular": PopularModel(),
    "item-knn": ImplicitItemKNNWrapperModel(TFIDFRecommender(K=101)),
    "als": ImplicitALSWrapperModel(
        AlternatingLeastSquares(factors=64, iterations=15, regularization=10, alpha=2.0,
                                random_state=0, use_gpu=False)),
    "ease": EASEModel(regularization=1000),
}
k = 10
metrics = {"ndcg": NDCG(k=k, divide_by_achievable=True), "recall": Recall(k=k),
           "precision": Precision(k=k), "map": MAP(k=k, divide_by_k=False), "mrr": MRR(k=k),
           "hit_rate": HitRate(k=k)}
split = LastNSplitter(n=10, n_splits=1, filter_cold_users=True, filter_cold_items=True)
(train, test, _), = split.split(Interactions(events))
train, test = events.iloc[train], events.iloc[test]
dataset = Dataset.construct(train)
for name, model in models.items():
    model.fit(dataset)
    reco = model.recommend(test["user_id"].unique(), dataset, k=k, filter_viewed=True)
    print(name, calc_metrics(metrics, reco=reco, interactions=test)["ndcg"])
"""


def beside(
    folder: Path, home: Path, peer_python: Path, assay: list[str], rounds: int = ROUNDS
) -> None:
    """Both commands in turn; `home` is a workspace that has the data as ml-1m."""
    specs = [str(_spec(home, stage)) for stage in SPECS]
    environment = {**os.environ, "ASSAY_HOME": str(home)}
    # What a run before has fitted is not used again: each begins with an empty store.
    mine = [*assay, "bakeoff", "popular", "als", *specs, "--data", "ml-1m"]
    # RecTools fits each model once.
    mine += ["--split", "last-n:10", "--refits", "1", "--json"]
    theirs = [str(peer_python), "-W", "ignore", "-c", PEER, str(folder / "ratings.parquet")]
    print(f"{'four models':12} {'Assay, s':>9} {'RecTools, s':>12} {'ratio':>6}")
    ratios = []
    for number in range(rounds):
        for stage in (home / "stages").glob("*.assay"):
            stage.unlink()
        ours_s, told = _timed(mine, environment)
        theirs_s, said = _timed(theirs, environment)
        print(f"round {number + 1:<6} {ours_s:9.1f} {theirs_s:12.1f} {ours_s / theirs_s:6.2f}")
        ratios.append(ours_s / theirs_s)
    print(f"median ratio {median(ratios):.2f}")
    found = {c["name"]: c["metrics"]["ndcg@10"]["value"] for c in json.loads(told)["contenders"]}
    for line in said.splitlines():
        name, value = line.split()
        print(f"  {name:10} ndcg@10 {found[name]:.4f}, RecTools {float(value):.4f}")


def _spec(home: Path, stage: str) -> Path:
    path = home / f"{stage}.toml"
    block = f'[[candidates]]\nstage = "{stage}"\nk = 100\n'
    path.write_text(f'schema = 1\nname = "{stage}"\n\n{block}')
    return path


def _timed(command: list[str], environment: dict[str, str]) -> tuple[float, str]:
    began = time.perf_counter()
    done = subprocess.run(
        command, check=True, env=environment, stdout=subprocess.PIPE, text=True, stderr=sys.stderr
    )
    return time.perf_counter() - began, done.stdout
