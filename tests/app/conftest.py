"""Workspaces for the app's tests: an empty one, and one with a dataset and two bake-offs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from app import collector
from pipelines.data.dataset import About, Dataset, save
from pipelines.evaluation.results.document import (
    BakeoffDocument,
    Comparison,
    ContenderResult,
    RequestTime,
)
from pipelines.recommender.spec import Spec
from pipelines.runtime import paths
from pipelines.schema import Catalogue, Interactions, Vocabulary
from pipelines.statistics.interval import Interval
from pipelines.workspace import Workspace

Open = Callable[..., AppTest]


@pytest.fixture(scope="session", autouse=True)
def no_collector() -> Iterator[None]:
    """What a test leaves is collected: the workspaces of thousands would keep their files open."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collector, "install", lambda: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def one_scan() -> Iterator[None]:
    """Streamlit looks for components in all installed packages: once, not for each app."""
    with pytest.MonkeyPatch.context() as patch:
        scan = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield


@pytest.fixture
def home(assay_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace folder that the app of this test uses."""
    monkeypatch.chdir(paths.CHECKOUT)  # Streamlit reads its configuration there
    return assay_home


@pytest.fixture
def open_page(home: Path) -> Open:
    """`open_page("data", dataset="shop")`: the page, drawn, with what the address says.

    The workspace is there, perhaps empty; `tests/app/test_shipped.py` opens a new one.
    """
    Workspace.open(home)
    return page_opened


def page_opened(name: str = "overview", **address: str) -> AppTest:
    """A page of the app, drawn in this process."""
    app = AppTest.from_file(str(paths.CHECKOUT / "streamlit_app.py"), default_timeout=60)
    for key, value in address.items():
        app.query_params[key] = value
    if name != "overview":  # as a link to the page does: its address is the file's name
        app.switch_page(str(paths.CHECKOUT / "app" / "pages" / f"{name}.py"))
    return app.run()


@pytest.fixture
def workspace(home: Path) -> Workspace:
    """An empty workspace."""
    return Workspace.open(home)


@pytest.fixture
def filled(workspace: Workspace, tmp_path: Path) -> Workspace:
    """A workspace with the dataset `shop` and two bake-offs that asked the same question."""
    folder = tmp_path / "made"
    folder.mkdir()
    save(small_dataset(), folder)
    workspace.add_dataset(folder)
    for id, gain in (("20261120-1000-aaaa", 0.0), ("20261121-1000-bbbb", 0.012)):
        workspace.save_bakeoff(document(id, gain), dataset_version=1)
    return workspace


def small_dataset(name: str = "shop") -> Dataset:
    """120 people, 30 items, 1,800 events over a year; seeded."""
    draw = np.random.default_rng(0)
    n_users, n_items, n = 120, 30, 1800
    user = draw.integers(0, n_users, n)
    item = np.minimum(draw.geometric(0.12, n) - 1, n_items - 1)
    time = np.sort(draw.integers(1_700_000_000, 1_731_000_000, n))
    users = Vocabulary(np.array([f"u{i:03d}" for i in range(n_users)], dtype=object))
    items = Vocabulary(np.array([f"i{i:02d}" for i in range(n_items)], dtype=object))
    frame = pd.DataFrame(
        {
            "item_id": items.ids,
            "title": [f"Item {i}" for i in range(n_items)],
            "categories": ["a" if i % 2 else "b" for i in range(n_items)],
        }
    )
    about = About(name=name, fingerprint="f" * 64, rows_in=n + 2, kept=n, quarantined=2)
    interactions = Interactions.build(user, item, time=time, n_users=n_users, n_items=n_items)
    catalogue = Catalogue(items, frame, np.ones(n_items, bool))
    return Dataset(about, interactions, catalogue, users, pd.DataFrame({"user_id": users.ids}))


def _around(value: float) -> Interval:
    return Interval(value=value, low=value - 0.01, high=value + 0.01)


def document(id: str, gain: float = 0.0) -> BakeoffDocument:
    """A bake-off of random, popular, als and ease-recent (whose k moves with `gain`)."""
    ease = Spec.load("ease-recent").document()
    if gain:
        ease["candidates"] = [{**ease["candidates"][0], "k": 200}]
    specs = {name: Spec.load(name).document() for name in ("random", "popular", "als")}
    specs["ease-recent"] = ease
    values = {"random": 0.01, "popular": 0.1, "als": 0.12, "ease-recent": 0.13 + gain}
    contenders = [
        ContenderResult(
            name=name,
            title=str(spec.get("title", name)),
            kind="baseline" if name in ("random", "popular") else "built",
            status="scored",
            metrics={"ndcg@10": _around(values[name])},
            fit_seconds=1.5,
            request_ms=RequestTime(p50=1.0, p95=2.0),
            peak_mb=200.0,
            requested=100,
            answered=100,
            spec=spec,
            spec_hash=Spec.of(spec).hash,
        )
        for name, spec in specs.items()
    ]
    comparisons = [
        Comparison(
            contender=name,
            baseline="popular",
            metric="ndcg@10",
            difference=values[name] - 0.1,
            low=values[name] - 0.11,
            high=values[name] - 0.09,
            smallest_useful=0.002,
            outcome="better" if values[name] > 0.11 else "worse",
            sentence=f"{name} against popular.",
        )
        for name in ("random", "als", "ease-recent")
    ]
    return BakeoffDocument(
        id=id,
        dataset="shop",
        created=f"{id[:4]}-{id[4:6]}-{id[6:8]}T10:00:00+00:00",
        manifest={
            "hash": "h" * 64, "fingerprint": "f" * 64, "split": "time:0.9", "k": 10,
            "users": 100, "metric": "ndcg@10", "baseline": "popular", "seen": "exclude",
        },
        contenders=contenders,
        comparisons=comparisons,
    )  # fmt: skip
