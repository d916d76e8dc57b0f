"""The samples: their sizes, their conditions, the same on every machine."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pipelines.data import samples
from pipelines.data.dataset import Dataset, load
from pipelines.errors import AssayError
from pipelines.runtime.paths import SAMPLES
from pipelines.schema import Columns as C


@pytest.fixture(scope="module")
def movielens(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("samples") / "movielens"
    samples.materialize("movielens-small", folder)
    return load(folder)


def test_movielens_is_whole(movielens: Dataset) -> None:
    it, about = movielens.interactions, movielens.about
    assert (it.n_users, it.n_items, len(it)) == (671, 9125, 100_004)
    assert (about.rows_in, about.kept) == (100_004, 100_004)
    assert about.is_sample
    assert about.seen == "exclude"
    frame = movielens.catalogue.frame.set_index(C.ITEM)
    assert frame.loc["1", C.TITLE] == "Toy Story (1995)"
    assert frame.loc["1", "year"] == 1995
    assert "Animation" in frame.loc["1", C.CATEGORIES].split("|")
    assert "Drama" in movielens.catalogue.category_names
    assert "(no genres listed)" not in movielens.catalogue.category_names
    # The first line of the ratings: user 1, movie 31, 2.5 stars.
    user, item = movielens.users.encode(["1"])[0], movielens.catalogue.items.encode(["31"])[0]
    row = (it.user == user) & (it.item == item)
    assert it.weight[row].tolist() == [2.5]
    assert it.time[row].tolist() == [1260759144]


def test_movielens_states_its_conditions(movielens: Dataset) -> None:
    folder = SAMPLES / "movielens-small"
    licence = (folder / "LICENSE.txt").read_text()
    for condition in ("redistribute", "commercial or revenue-bearing", "endorsement", "Konstan"):
        assert condition in " ".join(licence.split())
    assert "no commercial use" in movielens.about.notice
    assert "Harper and Konstan 2015" in movielens.about.notice
    assert "made up" in movielens.about.notice
    assert "LICENSE.txt" in movielens.about.licence


def test_sponsored_movies_are_about_one_in_a_hundred(movielens: Dataset) -> None:
    drawn = movielens.catalogue.frame[C.SPONSORED]
    assert drawn.dtype == bool
    assert 0.005 < drawn.mean() < 0.02


def test_fingerprints_do_not_change(movielens: Dataset) -> None:
    assert movielens.about.fingerprint == (
        "37fa4ed8b1e1fea76277f45c465b157fe1947323321c3b4922513594795c599b"
    )


def test_the_small_sample_takes_under_three_seconds(tmp_path: Path) -> None:
    start = time.process_time()
    samples.materialize("movielens-small", tmp_path / "sample")
    assert time.process_time() - start < 3


def test_an_unknown_sample_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(AssayError, match="movielens-small, complete-journey"):
        samples.materialize("netflix", tmp_path / "x")
    assert not (tmp_path / "x").exists()
