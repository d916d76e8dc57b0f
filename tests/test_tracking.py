"""MLflow: the right runs, parameters, metrics and files, and a model that answers by itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipelines import tracking
from pipelines.data.dataset import About, Dataset
from pipelines.data.split import Protocol
from pipelines.evaluation.results.document import BakeoffDocument, Comparison, ContenderResult
from pipelines.recommender.fitted import FittedPipeline
from pipelines.recommender.fitting import fit_pipeline
from pipelines.recommender.pipeline import Pipeline
from pipelines.recommender.spec import Spec
from pipelines.recommender.stage_store import StageStore
from pipelines.runtime import paths
from pipelines.schema import Catalogue, Interactions, Vocabulary
from pipelines.statistics.interval import Interval
from pipelines.tracking.fields import flat, metric_name

IN_A_FRESH_PROCESS = """
import sys, mlflow, pandas as pd
from pipelines.runtime import paths
mlflow.set_tracking_uri(paths.tracking_uri())
model = mlflow.pyfunc.load_model(f"runs:/{sys.argv[1]}/model")
asked = pd.DataFrame({"user_id": ["u3", None, "u1", None], "history": [None, "a|b", None, ["f"]]})
model.predict(asked, params={"k": 3}).to_json(sys.stdout, orient="records")
"""


@pytest.fixture
def dataset() -> Dataset:
    items, users = Vocabulary.of("abcdef"), Vocabulary.of(["u1", "u2", "u3", "u4"])
    interactions = Interactions.build(
        np.repeat(np.arange(4), 3),
        [0, 1, 2, 1, 2, 3, 2, 3, 4, 3, 4, 5],
        time=np.tile([10, 20, 30], 4),
        n_users=4,
        n_items=6,
    )
    frame = pd.DataFrame({"item_id": items.ids})
    about = About(name="tiny", fingerprint="f" * 64)
    catalogue = Catalogue(items, frame, np.ones(6, bool))
    return Dataset(about, interactions, catalogue, users, pd.DataFrame({"user_id": users.ids}))


@pytest.fixture
def fitted(dataset: Dataset, tmp_path: Path) -> FittedPipeline:
    pipeline = Pipeline(Spec.load("popular"))
    fit_pipeline(
        pipeline,
        dataset.interactions,
        dataset.catalogue,
        protocol=Protocol.parse("time:0.9"),
        seen="exclude",
        store=StageStore(tmp_path / "stages", "tiny"),
    )
    items = dataset.catalogue.items
    now = np.full(4, 31, np.int64)
    return FittedPipeline(
        pipeline, dataset.interactions, dataset.users, items, items.ids, now, 31, "exclude"
    )


@pytest.fixture
def folder(fitted: FittedPipeline, tmp_path: Path) -> Path:
    """A bake-off's folder with one contender that was built."""
    here = tmp_path / "bakeoff" / "contenders" / "popular"
    here.mkdir(parents=True)
    fitted.save(here / "pipeline.assay", here.parents[1] / "arrays")
    values = pd.DataFrame({"user_id": ["u1", "u2"], "ndcg@10": [0.5, 1.0]})
    values.to_parquet(here / "per_user.parquet", index=False)
    return tmp_path / "bakeoff"


@pytest.fixture
def document() -> BakeoffDocument:
    spec = Spec.load("popular")
    scored = ContenderResult(
        name="popular",
        title="Popular",
        kind="baseline",
        status="scored",
        metrics={"ndcg@10": Interval(value=0.75, low=0.5, high=1.0)},
        fit_seconds=0.1,
        spec=spec.document(),
        spec_hash=spec.hash,
    )
    failed = ContenderResult(
        name="vendor", title="Vendor", kind="third-party", status="failed", reason="It broke."
    )
    comparison = Comparison(
        contender="vendor",
        baseline="popular",
        metric="ndcg@10",
        difference=0.1,
        low=-0.1,
        high=0.3,
        smallest_useful=0.02,
        outcome="inconclusive",
        sentence="",
    )
    return BakeoffDocument(
        id="20261123-2155-ab12",
        dataset="tiny",
        created="2026-11-23T21:55:00+00:00",
        manifest={"hash": "abc", "fingerprint": "f" * 64, "k": 10, "budget": {"p95_ms": None}},
        contenders=[scored, failed],
        comparisons=[comparison],
    )


def test_specs_are_flattened():
    spec = {"name": "x", "candidates": [{"stage": "als", "k": 5}], "rules": []}
    assert dict(flat(spec)) == {
        "name": "x",
        "candidates.0.stage": "als",
        "candidates.0.k": "5",
        "rules": "[]",
    }


def test_names_of_metrics_are_legal():
    assert metric_name("ndcg@10") == "ndcg_at_10"
    assert re.fullmatch(r"[\w ./:-]+", metric_name("popularity_share@20"))


def test_links_need_no_mlflow(assay_home, monkeypatch):
    assert tracking.ui_command().endswith(f"sqlite:///{assay_home}/mlruns/mlflow.db")
    assert tracking.run_url("abc") == "http://127.0.0.1:5000/#/runs/abc"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://mlflow.example/")
    assert tracking.run_url("abc") == "https://mlflow.example/#/runs/abc"
    code = "import sys, pipelines.tracking; print('mlflow' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "False\n"


@pytest.mark.slow
def test_a_bakeoff_is_written_with_runs_metrics_files_and_a_model(
    document, folder, dataset, fitted
):
    tracking.warm_up().join()
    done = tracking.log_bakeoff(document, folder)

    from mlflow import MlflowClient

    client = MlflowClient(paths.tracking_uri())
    experiment = client.get_experiment_by_name("tiny")
    assert experiment.artifact_location == (paths.mlruns() / "artifacts" / "tiny").as_uri()
    parent = client.get_run(done.mlflow_run_id)
    assert parent.info.run_name == document.id and parent.info.status == "FINISHED"
    assert parent.data.tags["assay.fingerprint"] == "f" * 64
    assert parent.data.metrics["scored"] == 1
    names = {f.path for f in client.list_artifacts(parent.info.run_id)}
    assert names == {"manifest.json", "comparisons.json", "document.json"}

    built, failed = (client.get_run(c.mlflow_run_id) for c in done.contenders)
    for child in (built, failed):
        assert child.data.tags["mlflow.parentRunId"] == parent.info.run_id
    assert built.data.params["candidates.0.stage"] == "popular"
    assert built.data.params["manifest.k"] == "10"
    interval = {k: v for k, v in built.data.metrics.items() if k.startswith("ndcg")}
    assert interval == {"ndcg_at_10": 0.75, "ndcg_at_10_low": 0.5, "ndcg_at_10_high": 1.0}
    files = {f.path for f in client.list_artifacts(built.info.run_id)}
    assert {"manifest.json", "spec.json", "spec.toml", "per_user.parquet"} <= files
    assert failed.info.status == "FAILED"
    assert failed.data.tags["assay.reason"] == "It broke."
    assert failed.data.metrics["ndcg_at_10_difference_low"] == -0.1

    run = [sys.executable, "-c", IN_A_FRESH_PROCESS, built.info.run_id]
    answer = pd.DataFrame(json.loads(subprocess.check_output(run, text=True)))
    known = fitted.recommend(users=["u3", "u1"], k=3)
    made_up = fitted.recommend(histories=[["a", "b"], ["f"]], k=3)
    for rows, wanted in ((answer.request.isin([0, 2]), known), (answer.request % 2 == 1, made_up)):
        got = answer[rows]
        assert got.item_id.tolist() == wanted.item_id.tolist()
        assert got["rank"].tolist() == wanted["rank"].tolist()
        assert np.allclose(got.score, wanted.score)
    assert answer[answer.request == 0].user_id.unique().tolist() == ["u3"]
