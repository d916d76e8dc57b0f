"""Popular, item neighbors, ALS and EASE on MovieLens 1M under last-n:10: Assay beside RecTools.

Each is one command in a process of its own: read the ratings, split, fit, recommend ten items,
score. Assay's command also draws Random, intervals, comparisons, slices and behavioral tests, times
single requests, stores each pipeline and writes to MLflow. RecTools runs on the CPU with the same
settings, as far as it has them; its lists are not weighed by recency.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from statistics import median

from benchmarks.checkouts import ROUNDS, spent

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
    # RecTools fits each model once, on the events as they stand.
    mine += ["--split", "last-n:10", "--refits", "1", "--tie-orders", "0", "--json"]
    theirs = [str(peer_python), "-W", "ignore", "-c", PEER, str(folder / "ratings.parquet")]
    print("four models: seconds of the clock, and of processor time")
    clock, processor = [], []
    for number in range(rounds):
        for stage in (home / "stages").glob("*.assay"):
            stage.unlink()
        ours, peer = spent(mine, environment), spent(theirs, environment)
        clock.append(ours.seconds / peer.seconds)
        processor.append(ours.processor / peer.processor)
        print(
            f"round {number + 1}: Assay {ours.seconds:.1f} and {ours.processor:.1f}, RecTools "
            f"{peer.seconds:.1f} and {peer.processor:.1f}; {clock[-1]:.2f} and {processor[-1]:.2f}",
            flush=True,
        )
    print(
        f"median ratio {median(clock):.2f} by the clock, {median(processor):.2f} of the processor"
    )
    told = json.loads(ours.output)["contenders"]
    found = {c["name"]: c["metrics"]["ndcg@10"]["value"] for c in told}
    for line in peer.output.splitlines():
        name, value = line.split()
        print(f"  {name:10} ndcg@10 {found[name]:.4f}, RecTools {float(value):.4f}")


def _spec(home: Path, stage: str) -> Path:
    path = home / f"{stage}.toml"
    block = f'[[candidates]]\nstage = "{stage}"\nk = 100\n'
    path.write_text(f'schema = 1\nname = "{stage}"\n\n{block}')
    return path
