"""What a contender finds in the bake-off's folder while it runs: no answers."""

import json

import pytest

from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.run import run_bakeoff
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.testing.datasets import dataset
from tests.installed import outside_package

STAGE = """
import json, os
from pathlib import Path
from pipelines.stages.candidates.random import Random

class Spy(Random):
    name = "spy"
    title = "Spy"
    def fit(self, interactions, catalogue):
        folder = Path(os.environ["SPIED_ON"])
        found = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
        with Path(os.environ["SPY_TOLD"]).open("a") as told:
            told.write(json.dumps(found) + chr(10))
        return super().fit(interactions, catalogue)
"""
ANSWERS = ("truth.parquet", "asked.npz", "slices.parquet", "per_user.parquet", "document.json")


@pytest.fixture
def spy(tmp_path, monkeypatch):
    """A user-defined stage that lists the bake-off's folder while it is fitted."""
    monkeypatch.setenv("SPIED_ON", str(tmp_path / "b"))
    monkeypatch.setenv("SPY_TOLD", str(tmp_path / "told"))
    modules = {"my_spy/spy.py": STAGE}
    with outside_package(tmp_path / "site", "assay.candidates", {"spy": "my_spy.spy:Spy"}, modules):
        yield {"name": "spy", "candidates": [{"stage": "spy", "k": 20}]}


@pytest.mark.parametrize("asked", [{"refits": 2, "tie_orders": 1}, {"split": "windows:2"}])
def test_no_contender_finds_answers_in_its_folder(spy, tmp_path, asked):
    data = dataset()
    given = {"dataset": data.name, "specs": [spy], "split": "last-n:2", "k": 5, "refits": 1}
    folder = tmp_path / "b"
    document = run_bakeoff(data, BakeoffRequest.of(given | asked), folder, tmp_path / "stages", "b")
    assert document.contender("spy").status == "scored", document.contender("spy").reason
    told = [json.loads(line) for line in (tmp_path / "told").read_text().splitlines()]
    assert len(told) >= 2 and all("task.assay" in " ".join(found) for found in told)
    for found in told:
        assert not [name for name in found if name.endswith(ANSWERS)]
    for window in BakeoffFolder(folder).windows:
        assert len(window.requests) and window.fits("spy")[0] == 0
        assert window.values("spy", "ndcg@5").shape == (len(window.requests),)
