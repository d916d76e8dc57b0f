"""Every Python block of the documents runs, or is a file of a package that tests build."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import pipelines as assay
from pipelines.runtime import paths
from tests.outside.packages import PAGES, files_of

DOCUMENTS = sorted([*paths.CHECKOUT.glob("*.md"), *paths.CHECKOUT.glob("docs/**/*.md")])
PYTHON = re.compile(r"^```(?:python|py)\b[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> list[str]:
    return PYTHON.findall(page.read_text(encoding="utf-8"))


RUN = [
    pytest.param(page, at, id=f"{page.name}-{at}")
    for page in DOCUMENTS
    if page.name not in PAGES
    for at in range(len(blocks(page)))
]
"""Blocks of the pages that show no package of one's own, one after another."""


def test_a_block_that_is_not_run_is_a_file_that_is_built() -> None:
    fences = sum(len(re.findall(r"^```py", page.read_text(), re.M)) for page in DOCUMENTS)
    built = [name for page in PAGES for name in files_of(page) if name.endswith(".py")]
    assert len(RUN) + len(built) == fences
    assert len(RUN) >= 4 and len(built) == 2 * len(PAGES)
    for page in PAGES:
        names = list(files_of(page))
        assert "pyproject.toml" in names and any(name.startswith("tests/") for name in names)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a bake-off of the contenders that the documents name."""
    folder = tmp_path_factory.mktemp("docs") / "home"
    workspace = assay.Workspace.open(folder)
    specs = [
        {"schema": 1, "name": name, "candidates": [{"stage": stage, "k": 50}]}
        for name, stage in (("two-stage", "transitions"), ("vendor", "item-knn"))
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASSAY_HOME", str(folder))  # MLflow's store is there too
        assay.bakeoff("movielens-small", specs, split="last-n:5", eval_users=200)
    assert len(workspace.bakeoffs()) == 1
    return folder


@pytest.fixture
def given() -> dict[str, Any]:
    """What a page's text has the reader have: frames of lists and held-out items."""
    frame = pd.DataFrame({"user_id": [1, 1, 2], "item_id": [10, 11, 10]})
    return {"recommendations": frame, "truth": frame[1:], "train": frame[:1]}


@pytest.mark.parametrize(("page", "at"), RUN)
def test_a_block_runs(
    page: Path, at: int, home: Path, given: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSAY_HOME", str(home))
    names = {"__name__": "__main__", **given}
    exec(compile(blocks(page)[at], f"{page.name}, block {at}", "exec"), names)
