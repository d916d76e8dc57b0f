"""One list, three doors: the bake-off, `recommend`, and MLflow's model in a fresh process."""

import json
import subprocess
import sys

import pandas as pd
import pytest

from pipelines.data import dataset as stored
from pipelines.evaluation.bakeoff.opened import evaluated_users, open_contender
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.testing.datasets import TWO_STAGE, dataset, with_prices_and_offers
from pipelines.workspace import Workspace
from pipelines.workspace.bakeoffs import run

FRESH = """
import sys, json, mlflow, pandas as pd
from pipelines.runtime import paths
mlflow.set_tracking_uri(paths.tracking_uri())
model = mlflow.pyfunc.load_model(f"runs:/{sys.argv[1]}/model")
users = json.loads(sys.argv[2])
rows = [model.predict(pd.DataFrame({"user_id": [u]}), params={"k": 5}) for u in users]
json.dump(pd.concat(rows)["item_id"].tolist(), sys.stdout)
"""


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("shop", [False, True], ids=["bare", "with prices and offers"])
@pytest.mark.usefixtures("mlflow_store")
def test_one_list_through_three_doors_item_by_item(tmp_path, shop):
    workspace = Workspace.open()
    data = with_prices_and_offers(dataset()) if shop else dataset()
    folder = workspace.home / "datasets" / data.name / "1"
    folder.mkdir(parents=True)
    stored.save(data, folder)
    workspace.add_dataset(folder)
    request = BakeoffRequest.of(
        {
            "dataset": data.name,
            "specs": [TWO_STAGE],
            "split": "last-n:2",
            "k": 5,
            "metric": "ndcg@5",
        }
    )
    document = run(workspace, request)
    assert document.notes == [document.exposure.sentence]
    folder = workspace.bakeoff_folder(document.id)
    name = TWO_STAGE["name"]
    lists = pd.read_parquet(folder / "contenders" / name / "lists.parquet")
    first = lists[lists["rank"] <= 5]
    users = evaluated_users(folder)[::7]
    expected = [item for u in users for item in first[first["user_id"] == u]["item_id"]]
    assert len(expected) == 5 * len(users)
    # Computed anew: nobody can look the answer up.
    for path in folder.glob("contenders/*/lists.parquet"):
        path.unlink()
    for path in folder.glob("contenders/*/answer.npz"):
        path.unlink()

    opened = open_contender(folder, name)
    assert bool(opened.fitted.pipeline.features.shop_) == shop
    asked = [i for u in users for i in opened.recommend(users=[u], k=5)["item_id"]]
    assert asked == expected

    run_id = document.contender(name).mlflow_run_id
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FRESH, run_id, json.dumps(users)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == expected
