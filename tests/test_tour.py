"""The notebook docs/tour.ipynb runs as it stands, in a kernel of its own."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import pipelines
from pipelines.runtime import paths

pytestmark = pytest.mark.slow

FILE = paths.CHECKOUT / "docs" / "tour.ipynb"
MOST_CELLS = 12


@pytest.fixture(scope="module")
def tour() -> nbformat.NotebookNode:
    return nbformat.read(FILE, as_version=4)


def code(tour: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in tour.cells if cell.cell_type == "code"]


def test_it_is_short_and_kept_without_outputs(tour: nbformat.NotebookNode) -> None:
    nbformat.validate(tour)
    assert 8 <= len(code(tour)) <= MOST_CELLS
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code(tour))


def test_it_uses_every_name_of_the_door(tour: nbformat.NotebookNode) -> None:
    text = "\n".join(cell.source for cell in code(tour))
    assert [name for name in pipelines.__all__ if f"assay.{name}" not in text] == []


@pytest.mark.long
@pytest.mark.usefixtures("mlflow_store")
def test_it_runs_from_the_file_to_the_memo(
    tour: nbformat.NotebookNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    client = NotebookClient(tour, timeout=280, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    memo = (tmp_path / "memo.html").read_text(encoding="utf-8")
    assert memo.lower().startswith("<!doctype html>")
    shown = {cell.source: str(cell.outputs) for cell in code(tour)}
    (scored,) = [text for source, text in shown.items() if "assay.evaluate" in source]
    ours, theirs = scored.split("Interval(")[1:3]
    value = "value="
    assert ours.split(value)[1][:9] == theirs.split(value)[1][:9]
    (mistake,) = [text for source, text in shown.items() if "no-such-case" in source]
    assert "There is no case" in mistake
