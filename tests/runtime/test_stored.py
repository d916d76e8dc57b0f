"""Values with large arrays on disk, in files that hold no code."""

import json
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from pipelines.runtime import npy, stored
from pipelines.runtime.npy import Pool
from pipelines.runtime.values import DEPTH, Unstorable, encoded


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
        "nothing by columns": np.zeros((5, 0), np.float32, order="F"),
        "one": np.array(3, np.int8),
        "names": np.array(["a", "é"], "<U2"),
        "moments": np.array(["2026-01-01", "NaT"], "M8[D]"),
        "texts": np.array([["a", "\udcff"], [None, 7]], object),
    }


PLAIN = {
    "nothing": None,
    "numbers": [True, 0, 2**70, -1.5, float("inf")],
    "text": "\udcff\0é",
    "tuple": (1, ("a",), []),
    "keys": {1: "one", "1": "text", None: {}, 2.5: ()},
    "bytes": b"\0\xff",
}


def test_what_comes_back_is_equal_to_the_bit(tmp_path, value):
    stored.dump(value, tmp_path / "file", b"a header\n")
    with (tmp_path / "file").open("rb") as file:
        assert file.readline() == b"a header\n"
        found = stored.read(file)
    assert list(found) == list(value)
    for name, array in value.items():
        assert type(found[name]) is np.ndarray
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
        same = found[name].tolist() if array.dtype == object else found[name].tobytes()
        assert same == (array.tolist() if array.dtype == object else array.tobytes())
    assert found["columns"].flags.f_contiguous
    assert found["again"] is found["rows"]


def test_plain_values_keep_their_types(tmp_path):
    stored.dump(PLAIN, tmp_path / "file")
    assert repr(stored.load(tmp_path / "file")) == repr(PLAIN)


@pytest.mark.parametrize(
    "number", [np.float32(0.1), np.int64(-3), np.bool_(True), np.float64("nan")]
)
def test_a_number_of_numpy_keeps_its_type(tmp_path, number):
    stored.dump(number, tmp_path / "file")
    found = stored.load(tmp_path / "file")
    assert type(found) is type(number) and found.tobytes() == number.tobytes()


@pytest.mark.parametrize("kind", ["csr_matrix", "csc_matrix", "csr_array", "csc_array"])
def test_a_sparse_matrix_keeps_its_arrays(tmp_path, kind):
    matrix = getattr(sp, kind)(sp.random(20, 30, 0.2, "csr", np.float32, rng=1))
    matrix.indices = matrix.indices.astype(np.int64)
    matrix.indptr = matrix.indptr.astype(np.int64)
    stored.dump(matrix, tmp_path / "file")
    found = stored.load(tmp_path / "file")
    assert type(found) is type(matrix) and found.shape == matrix.shape
    for part in ("data", "indices", "indptr"):
        one, other = getattr(found, part), getattr(matrix, part)
        assert one.dtype == other.dtype and one.tobytes() == other.tobytes()
    assert not found.data.flags.owndata  # it is read where it lies


class Thing:
    """Of a class that no file may name."""


def nested(depth):
    return [nested(depth - 1)] if depth else []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"a": [1, Thing()]}, r"^x\['a'\]\[1\] is of type .*Thing; only arrays"),
        ({Thing(): 1}, "^a key of x is of type"),
        (np.array(["a", Thing()], object), "^an element of x is of type"),
        (sp.eye(3, format="coo"), "^x is of type scipy.sparse.*coo"),
        (np.zeros(2, [("a", int)]), "^x is of type numpy.ndarray"),
        (np.ma.array([1, 2], mask=[0, 1]), "^x is of type numpy.ma"),
        ({1, 2}, "^x is of type set;"),
        (nested(DEPTH + 2), "is of type list"),
    ],
)
def test_what_has_no_such_form_is_told_with_its_place(wrong, told):
    with pytest.raises(Unstorable, match=told):
        encoded(wrong, "x")


def test_arrays_are_aligned_and_changes_stay_in_memory(tmp_path):
    stored.dump([np.arange(3, dtype=np.int8), np.ones(5)], tmp_path / "file")
    first = stored.load(tmp_path / "file")
    assert all(array.flags.aligned and array.flags.writeable for array in first)
    assert first[1].ctypes.data % stored.ALIGNMENT == 0
    first[1][:] = 7
    assert stored.load(tmp_path / "file")[1].tolist() == [1.0] * 5


def test_a_loaded_array_outlives_its_file(tmp_path):
    path = tmp_path / "file"
    stored.dump(np.arange(100_000), path)
    loaded = stored.load(path)
    stored.dump(np.zeros(3), path)  # another file of that name
    path.unlink()
    assert loaded[-1] == 99_999


@pytest.mark.parametrize("cut", [1, 100, 4_000, 70_000])
def test_a_file_that_was_cut_short_is_not_loaded(tmp_path, cut):
    path = tmp_path / "file"
    stored.dump([np.arange(5_000), np.arange(5_000)], path)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(ValueError, match="shorter than it says"):
        stored.load(path)


def test_what_cannot_be_stored_leaves_the_old_file(tmp_path):
    path = tmp_path / "file"
    stored.dump(1, path)
    with pytest.raises(Unstorable):
        stored.dump((value for value in "ab"), path)
    assert stored.load(path) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_long_arrays_stand_in_the_pool_once_and_are_mapped_once(tmp_path):
    pool, long = Pool(tmp_path / "arrays"), np.arange(20_000, dtype=np.float32).reshape(2, -1)
    for name in ("a", "b"):
        stored.dump({"long": long, "short": np.arange(3)}, tmp_path / name, pool=pool)
        with (tmp_path / name).open("rb") as file:
            assert stored.names(file) == [p.stem for p in pool.folder.iterdir()]
    (file,) = pool.folder.iterdir()
    assert file.stat().st_size > long.nbytes > (tmp_path / "a").stat().st_size
    first, second = (stored.load(tmp_path / name, pool)["long"] for name in ("a", "b"))
    assert first.tobytes() == long.tobytes() and first.flags.writeable
    assert first.ctypes.data == second.ctypes.data
    assert len(maps(file)) == 1


def test_released_arrays_take_no_memory_until_they_are_read_again(tmp_path):
    pool, long = Pool(tmp_path), np.arange(2_000_000, dtype=np.int64)
    found = pool.get(pool.add(long))
    (file,) = tmp_path.iterdir()
    assert found.sum() == long.sum() and resident_kb(file) > long.nbytes / 2_000
    npy.release()
    assert resident_kb(file) == 0
    assert np.array_equal(found, long)


def resident_kb(file):
    """The resident memory of this process's one map of a file."""
    lines = Path("/proc/self/smaps").read_text().splitlines()
    (at,) = (n for n, line in enumerate(lines) if line.endswith(str(file)))
    return next(int(line.split()[1]) for line in lines[at:] if line.startswith("Rss:"))


def maps(file):
    """This process's maps of a file, as the system tells them."""
    lines = Path("/proc/self/maps").read_text().splitlines()
    return [line for line in lines if line.endswith(str(file))]


@pytest.mark.parametrize("name", ["../secret", "a" * 63, 7, "A" * 64, "/" + "a" * 63])
def test_a_pool_reads_no_other_names(tmp_path, name):
    (tmp_path / "secret.npy").write_bytes(b"".join(map(bytes, npy.parts(np.arange(3)))))
    with pytest.raises(ValueError, match="not a hash"):
        Pool(tmp_path / "arrays").get(name)


def test_a_pool_follows_no_link_and_waits_for_no_pipe(tmp_path):
    pool = Pool(tmp_path / "arrays")
    held = pool.path(pool.add(np.arange(3)))
    link, pipe = "a" * 64, "b" * 64
    pool.path(link).symlink_to(held)
    os.mkfifo(pool.path(pipe))
    for name in (link, pipe):
        with pytest.raises((OSError, ValueError)):
            pool.get(name)


def written(path, parts):
    """A file whose parts are as given: what somebody else may have written."""
    lengths = json.dumps([len(part) for part in parts]).encode() + b"\n"
    out = lengths
    for part in parts:
        out += bytes(-len(out) % stored.ALIGNMENT) + part
    path.write_bytes(out)
    return path


class Bomb:
    """Leaves a mark where it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return (os.mkdir, (str(self.mark),))


def objects_of(thing):
    """An npy file with objects, which numpy writes as a pickle."""
    import io

    file = io.BytesIO()
    np.save(file, np.array([thing], object), allow_pickle=True)
    return file.getvalue()


def test_a_planted_pickle_is_not_run(tmp_path):
    mark = tmp_path / "ran"
    array = b'{"array": 0}'
    for parts in (
        [pickle.dumps(Bomb(mark))],
        [array, pickle.dumps(Bomb(mark))],
        [array, objects_of(Bomb(mark))],
    ):
        with pytest.raises((ValueError, UnicodeDecodeError)):
            stored.load(written(tmp_path / "file", parts))
    assert not mark.exists()


@pytest.mark.parametrize(
    "document",
    [
        b"[" * 100_000,
        b'{"array": 1}',
        b'{"class": "os.system"}',
        b'{"sparse": ["os", [1, 1], 0, 0, 0]}',
        b'{"sparse": ["csr_matrix", [9, 9], 0, 0, 0]}',
        b'{"objects": [[4], 0]}',
        b'{"array": 0, "tuple": []}',
        b"7e",
    ],
)
def test_a_document_that_was_made_up_is_refused(tmp_path, document):
    array = b"".join(map(bytes, npy.parts(np.frombuffer(b'[{"a": 1}]', np.uint8))))
    with pytest.raises((ValueError, TypeError, LookupError, RecursionError)):
        stored.load(written(tmp_path / "file", [document, array]))


@pytest.mark.parametrize("shape", [(4,), (-3,), (2, 2), (2**62, 4)])
def test_an_array_that_is_not_as_long_as_it_says_is_refused(tmp_path, shape):
    header, content = npy.parts(np.arange(3))
    lied = header.replace(b"(3,)", str(shape).encode())[: len(header)]
    with pytest.raises(ValueError, match=r"not as long as it says|magic|header"):
        stored.load(written(tmp_path / "file", [b'{"array": 0}', lied + bytes(content)]))
