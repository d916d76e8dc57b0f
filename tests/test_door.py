"""`import pipelines as assay`: quick, whole, and seen by type checkers."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import pipelines as assay
from pipelines.runtime import paths
from pipelines.testing.datasets import dataset

HEAVY = ("numpy", "pandas", "pydantic", "sqlalchemy", "numba", "pipelines.api")
LAZY = sorted(
    path
    for path in (paths.CHECKOUT / "pipelines").rglob("__init__.py")
    if "_HOMES" in path.read_text()
)


def package_of(path: Path) -> str:
    return ".".join(path.parent.relative_to(paths.CHECKOUT).parts)


@pytest.mark.parametrize("path", LAZY, ids=package_of)
def test_a_packages_names_are_those_that_type_checkers_see(path: Path) -> None:
    package = importlib.import_module(package_of(path))
    block = next(node for node in ast.parse(path.read_text()).body if isinstance(node, ast.If))
    seen = {}
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        for name in node.names:
            assert name.asname == name.name, "only `as` makes it a name of the package"
            seen[name.name] = node.module
    assert seen == package._HOMES
    assert list(package.__all__) == sorted(package._HOMES)
    for name in package.__all__:
        found = getattr(package, name)
        assert found is not None and name in dir(package)
        assert getattr(found, "__doc__", None), f"{name} has no docstring"
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        package.nothing  # noqa: B018


def test_importing_it_loads_nothing_else() -> None:
    code = f"import sys, pipelines; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr


@pytest.fixture
def workspace(tmp_path: Path) -> assay.Workspace:
    """A workspace with a small dataset, its files named by text."""
    data = dataset(n_users=40, n_items=30, events=10)
    it = data.interactions
    frame = pd.DataFrame(
        {
            "user_id": data.users.decode(it.user),
            "item_id": data.catalogue.items.decode(it.item),
            "timestamp": it.time,
        }
    )
    frame.to_csv(tmp_path / "events.csv", index=False)
    data.catalogue.frame.to_csv(tmp_path / "items.csv", index=False)
    workspace = assay.Workspace.open(str(tmp_path / "home"))
    workspace.import_dataset(
        str(tmp_path / "events.csv"), "shop", items=str(tmp_path / "items.csv")
    )
    return workspace


@pytest.mark.usefixtures("mlflow_store")
def test_each_step_from_data_to_memo(workspace: assay.Workspace, tmp_path: Path) -> None:
    shop: assay.Dataset = workspace.dataset("shop")
    by_name = assay.readiness("shop", workspace=workspace)
    assert by_name.verdict == assay.readiness(shop).verdict
    document = assay.bakeoff(
        shop,
        [{"schema": 1, "name": "steps", "candidates": [{"stage": "transitions", "k": 20}]}],
        split="last-n:2",
        k=5,
        budget={"p95_ms": 1000},
        workspace=workspace,
    )
    assert document.manifest["metric"] == "ndcg@5"
    assert document.manifest["budget"]["p95_ms"] == 1000
    assert [one.status for one in document.contenders] == ["scored"] * 3
    # Without `workspace`, ASSAY_HOME decides: that one is empty.
    with pytest.raises(assay.AssayError, match="There is no bake-off"):
        assay.recommend(document, "steps", users=["u001"])
    lists = assay.recommend(document.id, "steps", users=["u001"], k=3, workspace=workspace)
    assert list(lists["rank"]) == [1, 2, 3] and lists["title"].str.startswith("Title").all()
    opened = assay.open_contender(document, "steps", workspace=workspace)
    pd.testing.assert_frame_equal(
        opened.recommend(users=["u001"], k=3), lists.drop(columns="title")
    )
    folder = workspace.bakeoff_folder(document.id)
    files = folder / "contenders" / "steps" / "lists.parquet", str(folder / "truth.parquet")
    found = assay.evaluate(*files, ks=[5])
    again = assay.evaluate(*map(pd.read_parquet, files), ks=[5])
    expected = document.contenders[2].metrics["ndcg@5"]
    assert found.metrics["ndcg@5"].value == again.metrics["ndcg@5"].value
    assert found.metrics["ndcg@5"].value == pytest.approx(expected.value)
    decision = assay.decide("shop", document.id, workspace=workspace)
    assert decision == assay.decide("shop", document)
    html = assay.memo("shop", document)
    assert decision.document()["sentence"].split(".")[0].split(";")[0][:40] in html


def test_a_sample_is_there_without_being_registered() -> None:
    assert assay.Workspace.open().datasets() == []
    assert "Ready" in assay.readiness("movielens-small").sentence
    assert [one.name for one in assay.Workspace.open().datasets()] == ["movielens-small"]


def test_registering_samples_again_takes_no_write_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = assay.Workspace.open()
    workspace.register_samples()

    def locked() -> None:
        raise AssertionError("the write lock was taken")

    monkeypatch.setattr(workspace.database, "write", locked)
    workspace.register_samples()
    with pytest.raises(assay.AssayError, match="There is no dataset 'shop'"):
        workspace.dataset("shop")


def test_mistakes_are_one_sentence(workspace: assay.Workspace) -> None:
    frame = pd.DataFrame({"user_id": ["a"], "item_id": ["b"]})
    with pytest.raises(assay.AssayError, match="as files, or all as data frames"):
        assay.evaluate(frame, "truth.csv")
    with pytest.raises(assay.AssayError, match="Name a case"):
        assay.decide()
    with pytest.raises(assay.AssayError, match="There is no bake-off 'x'"):
        assay.open_contender("x", "als", workspace=workspace)
    with pytest.raises(assay.AssayError, match="There is no dataset 'other'"):
        assay.bakeoff("other", workspace=workspace)
    stale = workspace.dataset("shop")
    stale.about.__dict__["fingerprint"] = "0"
    with pytest.raises(assay.AssayError, match="not the newest version of 'shop'"):
        assay.bakeoff(stale, workspace=workspace)
