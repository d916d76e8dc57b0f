"""A dataset comes back from its files as it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from pipelines.data.assembly import fingerprint
from pipelines.data.dataset import load, save, size
from pipelines.schema.offers import Offers
from pipelines.testing import datasets as synthetic


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    made = synthetic.dataset()
    save(made, tmp_path)
    back = load(tmp_path)
    for name in ("user", "item", "weight", "time"):
        was, now = getattr(made.interactions, name), getattr(back.interactions, name)
        assert now.dtype == was.dtype
        np.testing.assert_array_equal(now, was)
    assert back.about == made.about
    assert back.users.ids.tolist() == made.users.ids.tolist()
    assert back.catalogue.items.ids.tolist() == made.catalogue.items.ids.tolist()
    assert back.catalogue.titles().tolist() == made.catalogue.titles().tolist()
    assert (back.catalogue.categories != made.catalogue.categories).nnz == 0


def test_the_fingerprint_survives_the_files_and_sees_each_change(tmp_path: Path) -> None:
    made = synthetic.dataset()
    save(made, tmp_path)
    back = load(tmp_path)
    parts = (made.interactions, made.catalogue.frame, made.user_frame)
    assert fingerprint(back.interactions, back.catalogue.frame, back.user_frame) == fingerprint(
        *parts
    )
    fewer = made.interactions.select(np.arange(1, len(made.interactions)))
    renamed = made.catalogue.frame.assign(title="x")
    prints = {
        fingerprint(*parts),
        fingerprint(fewer, *parts[1:]),
        fingerprint(parts[0], renamed, parts[2]),
        fingerprint(parts[0], made.catalogue.frame.rename(columns={"title": "name"}), parts[2]),
    }
    assert len(prints) == 4


def test_the_size_is_told_without_loading(tmp_path: Path) -> None:
    made = synthetic.dataset()
    save(made, tmp_path)
    it = made.interactions
    assert size(tmp_path) == (it.n_users, it.n_items, len(it))


def test_offers_come_back_and_count_in_the_fingerprint_where_there_are_some(
    tmp_path: Path,
) -> None:
    made = synthetic.dataset()
    bare, shop = tmp_path / "bare", tmp_path / "shop"
    bare.mkdir()
    shop.mkdir()
    save(made, bare)
    assert not (bare / "offers.parquet").exists()
    assert load(bare).catalogue.offers is None
    offers = Offers.build([3, 1], [0, 5], [7, 9], [0, 1])
    save(replace(made, catalogue=replace(made.catalogue, offers=offers)), shop)
    back = load(shop).catalogue.offers
    assert back is not None
    parts = (made.interactions, made.catalogue.frame, made.user_frame)
    assert fingerprint(*parts, offers=back) == fingerprint(*parts, offers=offers)
    moved = replace(offers, start=offers.start - 1)
    mailed = replace(offers, kind=1 - offers.kind)
    prints = {fingerprint(*parts, offers=each) for each in (None, offers, moved, mailed)}
    assert len(prints) == 4
