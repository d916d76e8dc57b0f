"""What a stored pipeline that cannot be used says: one sentence, and what to do."""

import errno
import pickle

import numpy as np
import pytest

from pipelines.errors import AssayError
from pipelines.recommender import storage
from pipelines.recommender.pipeline import Pipeline
from pipelines.recommender.spec import Spec
from pipelines.runtime.npy import Pool

VALUE = {"a": [1, 2, 3], "long": np.arange(50_000)}


@pytest.fixture
def pool(tmp_path):
    return Pool(tmp_path / "arrays")


@pytest.fixture
def file(tmp_path, pool):
    path = tmp_path / "pipelines" / "pipeline.assay"
    path.parent.mkdir()
    storage.save(VALUE, path, pool)
    return path


def refused(path, pool, make=dict):
    with pytest.raises(
        AssayError, match=r"^The fitted pipeline .* Run the bake-off again"
    ) as caught:
        storage.load(path, pool, make)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_was_saved_is_loaded_and_nothing_else_is_left_behind(file, pool):
    found = storage.load(file, pool, dict)
    assert found["a"] == VALUE["a"] and np.array_equal(found["long"], VALUE["long"])
    assert [p.name for p in file.parent.iterdir()] == ["pipeline.assay"]
    assert storage.files(file, pool) == [file, *pool.folder.iterdir()]
    assert storage.megabytes(file, pool) > VALUE["long"].nbytes / 1e6


def test_another_format_is_told_by_its_number_before_anything_is_read(file, pool):
    content = file.read_bytes()
    number = str(storage.FORMAT).encode()
    newer = content.replace(b"pipeline " + number, b"pipeline 99", 1)
    file.write_bytes(newer[: newer.index(b"\n") + 1])  # nothing to read follows
    told = refused(file, pool)
    assert f"format 99, and this version of Assay reads format {storage.FORMAT}" in told


def test_a_pipeline_of_the_format_with_pickles_is_told_and_not_run(tmp_path, pool):
    path = tmp_path / "pipeline.pickle"
    mark = tmp_path / "ran"
    path.write_bytes(b"assay-pipeline 2\n[50]\n" + bytes(41) + pickle.dumps(Bomb(mark)))
    assert "it has format 2, and this version of Assay reads format 3" in refused(path, pool)
    assert not mark.exists()


class Bomb:
    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return (type(self.mark).mkdir, (self.mark,))


def test_a_file_from_before_formats_is_told(tmp_path, pool):
    path = tmp_path / "pipeline.pickle"
    path.write_bytes(pickle.dumps({"a": 1}))
    assert "another version of Assay wrote it" in refused(path, pool)


@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 0.99])
def test_a_torn_file_is_told(file, pool, share):
    whole = file.read_bytes()
    file.write_bytes(whole[: int(share * len(whole))])
    refused(file, pool)


def test_an_array_that_is_gone_or_torn_is_told(file, pool):
    (array,) = pool.folder.iterdir()
    array.write_bytes(array.read_bytes()[:-8])
    assert "damaged" in refused(file, pool)
    array.unlink()
    assert f"it cannot be read ({array.name}: No such file" in refused(file, pool)


def test_a_stage_that_is_gone_is_told(file, pool):
    spec = Spec.of({"schema": 1, "name": "p", "candidates": [{"stage": "popular"}]}).document()
    spec["candidates"][0]["stage"] = "shelf"
    state = {"spec": spec, "draw": [0, 0]}
    storage.save(state, file, pool)
    told = refused(file, pool, Pipeline.restored)
    assert "there is no candidate generator named 'shelf'; use one of random" in told


def test_something_else_and_nothing_at_all_are_told(file, pool, tmp_path):
    assert "damaged (KeyError)" in refused(file, pool, Pipeline.restored)
    assert "cannot be read (No such file" in refused(tmp_path / "none", pool)


def test_a_disk_that_is_full_leaves_the_old_file(file, pool, monkeypatch):
    def full(self, array):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Pool, "add", full)
    with pytest.raises(OSError):
        storage.save({"long": np.zeros(50_000)}, file, pool)
    monkeypatch.undo()
    assert storage.load(file, pool, dict)["a"] == VALUE["a"]
    assert [p.name for p in file.parent.iterdir()] == ["pipeline.assay"]
