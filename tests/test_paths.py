"""Where things are: in a checkout, installed from a wheel, and where ASSAY_HOME says."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.runtime import paths


@pytest.fixture
def unnamed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Without ASSAY_HOME, and a user's data folder."""
    monkeypatch.delenv("ASSAY_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "assay"


def test_in_a_checkout_they_lie_in_it(unnamed: Path) -> None:
    assert paths.IN_CHECKOUT
    assert paths.home() == paths.CHECKOUT / "data" / "workspace"
    assert paths.mlruns() == paths.CHECKOUT / "mlruns"
    assert (paths.SAMPLES / "movielens-small" / "LICENSE.txt").is_file()
    assert (paths.APP / "streamlit_app.py").is_file()


@pytest.mark.skipif("sys.platform != 'linux'", reason="another system's data folder is elsewhere")
def test_installed_they_lie_in_the_users_data_folder(
    unnamed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "IN_CHECKOUT", False)
    assert paths.home() == unnamed / "workspace"
    assert paths.mlruns() == unnamed / "mlruns"
    assert paths.tracking_uri() == f"sqlite:///{unnamed}/mlruns/mlflow.db"
    assert not unnamed.exists()


@pytest.mark.parametrize("in_checkout", [True, False])
def test_a_named_folder_wins(
    in_checkout: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "IN_CHECKOUT", in_checkout)
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "mine"))
    assert paths.home() == tmp_path / "mine"
    assert paths.mlruns() == tmp_path / "mine" / "mlruns"
