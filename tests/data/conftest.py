"""Writing small files, and importing them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.data import dataset as store
from pipelines.data.dataset import Dataset
from tests.data.importing import import_file

Write = Callable[[str, str | bytes], Path]
Import = Callable[..., Dataset]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """`write(name, content)`: the path of a new file."""

    def written(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder in which datasets land."""
    return tmp_path / "datasets"


@pytest.fixture
def imported(write: Write, home: Path) -> Import:
    """`imported(content, name="events.csv", **options)`: the dataset that comes of it."""

    def result(content: str | bytes, name: str = "events.csv", **options: Any) -> Dataset:
        return store.load(import_file(write(name, content), "events", home, **options))

    return result
