"""A workspace from somebody else: what is planted in it is not run and leads nowhere else."""

import json
import os
import pickle
import shutil

import numpy as np
import pytest

from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff.opened import open_contender
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.run import run_bakeoff
from pipelines.evaluation.bakeoff.task import TASK, ContenderTask
from pipelines.evaluation.behavior.probes import Probes
from pipelines.evaluation.results.answer_file import ANSWER
from pipelines.evaluation.results.folder import (
    DOCUMENT,
    PIPELINE,
    BakeoffFolder,
    Requests,
    read_document,
)
from pipelines.recommender.fitted import ARRAYS
from pipelines.testing.datasets import dataset

DATA = dataset()
EASE = {"schema": 1, "name": "linear", "candidates": [{"stage": "ease", "l2": 10.0}]}
AGAIN = {**EASE, "name": "capped", "rules": [{"stage": "category-cap", "cap": 2}]}
REQUEST = BakeoffRequest.of(
    {"dataset": DATA.name, "specs": [EASE, AGAIN], "split": "last-n:2", "k": 5, "metric": "ndcg@5"}
)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    home = tmp_path_factory.mktemp("somebodys")
    run_bakeoff(DATA, REQUEST, home / "b", home / "stages", "b")
    return home


@pytest.fixture
def home(finished, tmp_path):
    return shutil.copytree(finished, tmp_path / "home")


class Bomb:
    """Leaves a mark where it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return (os.mkdir, (str(self.mark),))


def asked(folder, contender):
    """The lists for made-up histories, to the bit."""
    fitted = open_contender(folder, contender).fitted
    slate = fitted.answer(fitted.queries_of_histories([["i000", "i002"], []]), 5)
    return slate.items.tobytes(), slate.scores.tobytes()


def read_everything(home):
    """Each reader of a bake-off's files; those that were refused."""
    folder = BakeoffFolder(home / "b")
    here = home / "b" / "contenders" / "linear"
    refused = []
    for read in (
        lambda: asked(home / "b", "linear"),
        lambda: ContenderTask.load(home / "b"),
        lambda: Requests.load(home / "b"),
        lambda: Probes.load(here),
        lambda: folder.lists("linear"),
        lambda: folder.values("linear", "ndcg@5"),
        lambda: folder.slices,
        lambda: folder.item_slices,
    ):
        try:
            read()
        except (AssayError, ValueError, OSError, KeyError):
            refused.append(read)
    return refused


def test_planted_pickles_run_nowhere(home, tmp_path):
    mark = tmp_path / "ran"
    bomb = pickle.dumps(Bomb(mark))
    np.savez(tmp_path / "bombs.npz", items=np.array([Bomb(mark)], object), user=np.zeros(1))
    archive = (tmp_path / "bombs.npz").read_bytes()
    files = [f for f in home.rglob("*") if f.is_file() and f.name not in (DOCUMENT, "log.txt")]
    assert {PIPELINE, ANSWER} < {file.name for file in files}
    (home / "b" / TASK).write_bytes(bomb)
    for planted in (bomb, archive):
        for file in files:
            head = file.read_bytes().partition(b"\n")[0] + b"\n" if file.suffix == ".assay" else b""
            file.write_bytes(head + planted)
        assert len(read_everything(home)) == 8
    # The stages are fitted again, and the files that somebody planted are replaced.
    (home / "b").rename(home / "before")
    again = run_bakeoff(DATA, REQUEST, home / "b", home / "stages", "b")
    assert {c.status for c in again.contenders} == {"scored"}
    assert asked(home / "b", "linear") and not mark.exists()


def test_a_shared_array_is_stored_once_and_goes_with_the_bakeoff(home):
    arrays = home / "b" / ARRAYS
    inside = {f: f.stat().st_nlink for f in home.rglob("*") if f.parent == arrays}
    assert set(inside.values()) <= {1}
    both = [open_contender(home / "b", name).fitted.pipeline for name in ("linear", "capped")]
    weights = [one.generators[0].weights_ for one in both]
    assert weights[0].nbytes < 1 << 16 or weights[0].ctypes.data == weights[1].ctypes.data
    shutil.rmtree(home / "b")
    assert {p.name for p in home.iterdir()} == {"stages"}


@pytest.mark.parametrize(
    "name", ["../../elsewhere", "/etc", "..", "", "a\0b", "a\\..\\b", "x" * 201]
)
def test_a_name_in_a_document_leads_nowhere_else(home, name):
    path = home / "b" / DOCUMENT
    document = json.loads(path.read_text())
    for change in (
        lambda d: d.update(id=name),
        lambda d: d.update(dataset=name),
        lambda d: d["contenders"][2].update(name=name),
        lambda d: d["comparisons"][0].update(contender=name),
        lambda d: d["comparisons"][0].update(baseline=name),
    ):
        planted = json.loads(json.dumps(document))
        change(planted)
        path.write_text(json.dumps(planted))
        with pytest.raises(AssayError, match="cannot name a folder"):
            read_document(home / "b")
    with pytest.raises(AssayError, match="There is no contender"):
        BakeoffFolder(home / "b").lists(name)
