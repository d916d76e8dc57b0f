"""Files that a person names: no pipe, no device, no bottomless nesting."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines import errors
from pipelines.economics.case_files import load_case
from pipelines.errors import AssayError
from pipelines.recommender.spec import Spec
from pipelines.runtime import written

DEEP = "x = " + "[" * 100_000


@pytest.fixture(params=["pipe", "device"])
def endless(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """What never ends: nobody writes into the pipe."""
    if request.param == "device":
        return Path("/dev/zero")
    os.mkfifo(tmp_path / "spec.toml")
    return tmp_path / "spec.toml"


def test_what_is_no_file_is_refused_at_once(endless: Path) -> None:
    with pytest.raises(AssayError, match="is not a file"):
        Spec.load(endless)
    with pytest.raises(AssayError):
        load_case(endless)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    large = tmp_path / "large.toml"
    with large.open("wb") as file:
        file.truncate(written.MOST_BYTES + 1)
    with pytest.raises(AssayError, match="larger than 10 MB"):
        Spec.load(large)


@pytest.mark.parametrize("load", [Spec.load, load_case])
def test_deep_nesting_is_a_sentence(load: Callable[[Path], Any], tmp_path: Path) -> None:
    path = tmp_path / "deep.toml"
    path.write_text(DEEP)
    with pytest.raises(AssayError, match=r"deep\.toml .*nested too deeply"):
        load(path)


def test_deep_json_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        written.json_of("[" * 100_000)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full"),
        (OSError("Error writing bytes: No space left on device"), "The disk is full"),
        (OSError(errno.EROFS, "Read-only file system", "/x"), "/x cannot be used"),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), "(Permission denied)"),
        (MemoryError(), "not enough memory"),
        (RecursionError(), "nested too deeply"),
    ],
)
def test_what_the_machine_causes_is_no_defect(
    error: Exception, told: str, assay: Callable[..., tuple[Any, str, str]], monkeypatch: Any
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("pipelines.workspace.Workspace.datasets", fail)
    code, out, err = assay("data", "list")
    assert (code, out) == (2, "") and told in err and len(err.splitlines()) == 1


def test_a_defect_is_none_of_them() -> None:
    for error in (KeyError("x"), OSError(errno.ENOENT, "gone"), ValueError("x")):
        assert errors.of_the_system(error) is None
