"""A fitted pipeline that another version of Assay stored: one sentence at each way to it.

The Explore page is tested with its page (tests/app/test_explore.py).
"""

import re

import pytest

from pipelines.data import dataset as stored
from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.runtime import paths
from pipelines.testing.datasets import dataset
from pipelines.tracking.models import model_uri
from pipelines.workspace import Workspace
from pipelines.workspace.bakeoffs import run

WHY = r"it has format 0, and this version of Assay reads format \d+\. Run the bake-off again"


@pytest.fixture
def older(mlflow_store):
    """A bake-off whose fitted pipelines have format 0."""
    workspace, data = Workspace.open(), dataset()
    folder = workspace.home / "datasets" / data.name / "1"
    folder.mkdir(parents=True)
    stored.save(data, folder)
    workspace.add_dataset(folder)
    request = BakeoffRequest.of({"dataset": data.name, "specs": ["popular"], "split": "last-n:2"})
    document = run(workspace, request)
    assert document.contender("popular").mlflow_run_id
    for file in workspace.bakeoff_folder(document.id).glob("contenders/*/pipeline.assay"):
        content = b"assay-pipeline 0\n" + file.read_bytes().partition(b"\n")[2]
        file.write_bytes(content)  # in place: MLflow's model is a link to the same file
    return document


@pytest.mark.parametrize("asked", [("--user", "u1"), ("--history", "i003,i007"), ("--all",)])
def test_on_the_command_line(older, assay, tmp_path, asked):
    out_file = tmp_path / "lists.csv"
    words = ["--out", out_file] if asked == ("--all",) else []
    code, out, err = assay(
        "recommend", "--bakeoff", older.id, "--contender", "popular", *asked, *words
    )
    assert (code, out) == (2, "")
    (line,) = err.splitlines()
    assert re.search(WHY, line)
    assert not out_file.exists()


def test_as_mlflows_model(older):
    import mlflow

    mlflow.set_tracking_uri(paths.tracking_uri())
    with pytest.raises(AssayError, match=WHY):
        mlflow.pyfunc.load_model(model_uri(older.contender("popular").mlflow_run_id))
