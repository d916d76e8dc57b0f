"""Objects with large arrays on disk."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from pipelines.runtime import pickles


@pytest.fixture
def value():
    rng = np.random.default_rng(0)
    shared = rng.random((300, 7))
    return {
        "rows": shared,
        "again": shared,
        "columns": np.asfortranarray(rng.random((50, 40), np.float32)),
        "every second": np.arange(100)[::2],
        "flags": rng.random(31) > 0.5,
        "nothing": np.zeros((0, 5), np.int32),
        "texts": np.array(["a", "é", None], object),
        "matrix": sp.random(20, 30, 0.2, "csr", np.float32, random_state=rng),
        "frame": pd.DataFrame({"x": [1.5, 2.5], "name": ["a", "b"]}),
    }


def test_what_comes_back_is_equal_to_the_bit(tmp_path, value):
    pickles.dump(value, tmp_path / "file", b"a header\n")
    with (tmp_path / "file").open("rb") as file:
        assert file.readline() == b"a header\n"
        found = pickles.read(file)
    for name in ("rows", "columns", "every second", "flags", "nothing", "texts"):
        assert type(found[name]) is np.ndarray
        assert found[name].dtype == value[name].dtype
        assert found[name].shape == value[name].shape
        assert found[name].tolist() == value[name].tolist()
    assert found["columns"].flags.f_contiguous
    assert found["again"] is found["rows"]
    assert (found["matrix"] != value["matrix"]).nnz == 0
    assert found["frame"].equals(value["frame"])


def test_arrays_are_aligned_and_changes_stay_in_memory(tmp_path):
    pickles.dump([np.arange(3, dtype=np.int8), np.ones(5)], tmp_path / "file")
    first = pickles.load(tmp_path / "file")
    assert all(array.flags.aligned and array.flags.writeable for array in first)
    assert first[1].ctypes.data % pickles.ALIGNMENT == 0
    first[1][:] = 7
    assert pickles.load(tmp_path / "file")[1].tolist() == [1.0] * 5


def test_a_loaded_array_outlives_its_file(tmp_path):
    path = tmp_path / "file"
    pickles.dump(np.arange(100_000), path)
    loaded = pickles.load(path)
    pickles.dump(np.zeros(3), path)  # another file of that name
    path.unlink()
    assert loaded[-1] == 99_999


@pytest.mark.parametrize("cut", [1, 100, 4_000, 70_000])
def test_a_file_that_was_cut_short_is_not_loaded(tmp_path, cut):
    path = tmp_path / "file"
    pickles.dump([np.arange(5_000), np.arange(5_000)], path)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(ValueError, match="shorter than it says"):
        pickles.load(path)


def test_what_cannot_be_pickled_leaves_the_old_file(tmp_path):
    path = tmp_path / "file"
    pickles.dump(1, path)
    with pytest.raises((TypeError, AttributeError)):
        pickles.dump((value for value in "ab"), path)
    assert pickles.load(path) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
