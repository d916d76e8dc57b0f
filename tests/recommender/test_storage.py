"""What a stored pipeline that cannot be used says: one sentence, and what to do."""

import pickle

import pytest

from pipelines.errors import AssayError
from pipelines.recommender import storage


class Shelf:
    """Stands for what is stored; the loader must find its class again."""

    def __init__(self) -> None:
        self.items = list(range(1000))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "pipeline.pickle"
    storage.save({"a": [1, 2, 3]}, path)
    return path


def refused(path, kind=dict):
    with pytest.raises(
        AssayError, match=r"^The fitted pipeline .* Run the bake-off again"
    ) as caught:
        storage.load(path, kind)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_was_saved_is_loaded_and_nothing_else_is_left_behind(file):
    assert storage.load(file, dict) == {"a": [1, 2, 3]}
    assert [p.name for p in file.parent.iterdir()] == ["pipeline.pickle"]


def test_another_format_is_told_by_its_number_before_anything_is_unpickled(file):
    stored = file.read_bytes()
    number = str(storage.FORMAT).encode()
    newer = stored.replace(b"pipeline " + number, b"pipeline 99", 1)
    file.write_bytes(newer[: newer.index(b"\n") + 1])  # nothing to unpickle follows
    assert f"format 99, and this version of Assay reads format {storage.FORMAT}" in refused(file)


def test_a_file_from_before_formats_is_told(tmp_path):
    path = tmp_path / "pipeline.pickle"
    path.write_bytes(pickle.dumps({"a": 1}))
    assert "another version of Assay wrote it" in refused(path)


@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 0.99])
def test_a_torn_file_is_told(tmp_path, share):
    path = tmp_path / "pipeline.pickle"
    storage.save(list(range(5000)), path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    refused(path, list)


def test_a_class_that_is_gone_is_told(file):
    storage.save(Shelf(), file)
    file.write_bytes(file.read_bytes().replace(b"Shelf", b"Shelv"))
    assert "needs a class that is not installed here" in refused(file)


def test_a_package_that_is_gone_is_told(file):
    storage.save(Shelf(), file)
    module = Shelf.__module__.encode()
    file.write_bytes(file.read_bytes().replace(module, b"x" * len(module)))
    assert "needs a class that is not installed here" in refused(file)


def test_something_else_and_nothing_at_all_are_told(file, tmp_path):
    assert "it holds something else" in refused(file, list)
    assert "cannot be read" in refused(tmp_path / "none.pickle")


def test_a_disk_that_is_full_leaves_the_old_file(file):
    class Unwritable:
        def __reduce__(self):
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError):
        storage.save(Unwritable(), file)
    assert storage.load(file, dict) == {"a": [1, 2, 3]}
    assert [p.name for p in file.parent.iterdir()] == ["pipeline.pickle"]
