"""Slices of held-out items, and a metric computed again on a slice of them."""

from __future__ import annotations

from dataclasses import replace
from math import log2

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.data.dataset import Dataset
from pipelines.data.split import split
from pipelines.errors import AssayError
from pipelines.evaluation.metrics.names import MAIN
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.evaluation.slices.items import item_slices
from pipelines.evaluation.slices.samples import samples, values
from pipelines.evaluation.slices.stored import described, find
from pipelines.schema import Catalogue, Interactions, Ragged, Vocabulary
from pipelines.testing.datasets import DAY, dataset
from tests.evaluation.slices.folders import of_lists, of_split

DATA = dataset()


def shop(n_items: int, rows: list[tuple[int, int, int]], **columns: object) -> Dataset:
    """Items with these columns, and (user, item, day) events."""
    user, item, day = zip(*rows, strict=True)
    ids = Vocabulary(np.array([f"i{j:03d}" for j in range(n_items)], dtype=object))
    users = Vocabulary.of(f"u{u}" for u in range(max(user) + 1))
    made = Interactions.build(
        user, item, None, np.array(day) * DAY, n_users=len(users), n_items=n_items
    )
    frame = pd.DataFrame({"item_id": ids.ids, **columns})
    return replace(
        DATA,
        interactions=made,
        users=users,
        user_frame=pd.DataFrame({"user_id": users.ids}),
        catalogue=Catalogue(ids, frame, np.ones(n_items, bool)),
    )


def test_popularity_is_by_users_in_training_and_rounds_up() -> None:
    # Item j has 30 - j users in training; each user's held-out item is 29 or 30.
    rows = [(u, j, j) for j in range(30) for u in range(30 - j)]
    rows += [(0, 0, d) for d in (40, 41)]  # again by the same user: no more popular
    rows += [(u, 29 + u % 2, 100 + u) for u in range(1, 30)] + [(1, 0, 99)]
    rows += [(u, 3, 100) for u in range(28, 30)] + [(u, 15, 101) for u in range(20, 28)]
    data = shop(31, rows)
    cut = split(data.interactions, "time:1970-04-09", seen="keep")
    frame = item_slices(cut, data)
    found = frame["popularity"]
    # 30 known items: 1 of them is the first slice, 3 are the first tenth, 15 the first half.
    assert found[0] == "most popular 1%"
    assert found[3] == "next 40%" and pd.isna(found[1])  # which no evaluated user interacted with
    assert found[15] == found[29] == "last 50%"
    assert found[30] == "never seen"


def test_an_item_of_several_categories_is_in_each(tmp_path) -> None:  # type: ignore[no-untyped-def]
    cut = split(DATA.interactions, "last-n:3")
    shown = np.tile(np.arange(20, dtype=np.int32), (len(cut.queries), 1))
    kept = of_split(tmp_path, cut, DATA, {"a": shown})
    one = find(kept, "category")
    assert one.several and one.values == ("A", "B", "even")
    given = samples(kept, one)
    half = DATA.catalogue.n_items // 2
    for number, name in enumerate(one.values):
        there = given.user[given.slice == number]
        wanted = [
            r for r in range(len(cut.truth)) if ((cut.truth.row(r) < half) == (name != "B")).any()
        ]
        assert there.tolist() == wanted


def test_columns_of_the_items_are_cut_by_what_was_taken_up() -> None:
    rows = [(u, j, 0) for u in range(4) for j in range(8)] + [(u, u, 10) for u in range(4)]
    data = shop(
        8,
        rows,
        price=[1.5, 2.5, 3.5, 4.5, 100, 200, 300, 400],
        title=[f"T{j}" for j in range(8)],
        brand=["x", "y"] * 4,
        image=["http://example.org"] * 8,
        created_at=pd.to_datetime(["1969-12-30", "1970-01-01"] * 4, utc=True),
        sponsored=[False] * 8,
    )
    cut = split(data.interactions, "time:1970-01-10", seen="keep")
    frame = item_slices(cut, data)
    assert frame["item.price"].tolist()[:4] == ["1.5", "2.5", "3.5", "4.5"]
    assert frame["item.brand"].tolist()[:4] == ["x", "y"] * 2
    alike = dict.fromkeys(("sponsored", "age at the cut-off"), "it has the same value for all")
    assert alike.items() <= frame.attrs["skipped"].items()
    assert not {"item.title", "item.image", "item.created_at"} & set(frame)
    assert all(d.kind == "target" and d.per_item for d in described(frame).values())


def test_ages_are_at_the_cutoff_and_items_may_come_after_it() -> None:
    rows = [(u, j, 0) for u in range(4) for j in range(4)] + [(u, u, 40) for u in range(4)]
    created = pd.to_datetime(["1970-01-30", "1970-01-10", None, "1970-02-03"], utc=True)
    data = shop(4, rows, created_at=created)
    cut = split(data.interactions, "time:1970-01-31", seen="keep")
    found = item_slices(cut, data)["age"]
    assert found.tolist() == ["1–6 days", "1–4 weeks", "not known", "not yet created"]


def test_restricted_to_a_slice_a_metric_is_that_of_its_truths_alone(tmp_path) -> None:  # type: ignore[no-untyped-def]
    truth = Ragged.of([[0, 1, 2], [3], [2, 4]])
    kinds = np.array(["head", "head", "tail", "tail", "tail", "head"])
    lists = np.array([[5, 2, 0, 4], [0, 1, 2, 3], [4, 2, 0, 1]])
    kept = of_lists(tmp_path, truth, {"a": lists}, kinds, ks=(4,))
    given = samples(kept, find(kept, "popularity"))
    assert list(zip(given.slice.tolist(), given.user.tolist(), strict=True)) == [
        (0, 0), (1, 0), (1, 1), (1, 2),
    ]  # fmt: skip
    ndcg = values(kept, "a", "ndcg@4", given).by_user
    assert ndcg == pytest.approx([
        (1 / log2(4)) / (1 + 1 / log2(3)),  # items 0 and 1 are head: 0 at rank 3
        (1 / log2(3)) / 1,  # item 2 at rank 2
        1 / log2(5),
        1.0,  # both tail items at the first two ranks
    ])  # fmt: skip
    assert values(kept, "a", "recall@4", given).by_user.tolist() == [0.5, 1, 1, 1]


RAGGED = st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=6, unique=True),
                  min_size=1, max_size=8)  # fmt: skip


@given(RAGGED, st.lists(st.sampled_from(["a", "b", "c"]), min_size=10, max_size=10), st.data())
def test_each_sample_equals_the_metric_of_one_user_with_those_truths(
    tmp_path_factory, rows: list[list[int]], kinds: list[str], data: st.DataObject
) -> None:  # type: ignore[no-untyped-def]
    from pipelines.evaluation.metrics.accuracy import per_user

    lists = np.array([data.draw(st.permutations(range(10))) for _ in rows])[:, :6]
    folder = tmp_path_factory.mktemp("kept")
    kept = of_lists(folder, Ragged.of(rows), {"a": lists}, np.array(kinds), ks=(3,))
    if "popularity" not in kept.item_slices:
        return  # all items are of one kind
    one = find(kept, "popularity")
    given = samples(kept, one)
    expected = {
        (slice_, user): [i for i in rows[user] if kinds[i] == one.values[slice_]]
        for slice_ in range(len(one.values))
        for user in range(len(rows))
    }
    expected = {key: mine for key, mine in expected.items() if mine}
    assert list(zip(given.slice.tolist(), given.user.tolist(), strict=True)) == list(expected)
    for name in MAIN:
        found = values(kept, "a", f"{name}@3", given).by_user
        alone = [
            per_user(lists[[user]], Ragged.of([mine]), (3,))[f"{name}@3"][0]
            for (_, user), mine in expected.items()
        ]
        assert found.tolist() == alone


def test_what_is_not_about_the_truth_has_no_slices_of_it(tmp_path) -> None:  # type: ignore[no-untyped-def]
    kept = of_lists(tmp_path, Ragged.of([[0], [1]]), {"a": np.array([[0], [1]])},
                    np.array(["x", "y"]))  # fmt: skip
    given = samples(kept, find(kept, "popularity"))
    file = tmp_path / "contenders" / "a" / "per_user.parquet"
    pd.read_parquet(file).assign(**{"novelty@5": 1.0}).to_parquet(file)
    with pytest.raises(AssayError, match="novelty@5 cannot be computed on slices of held-out"):
        values(BakeoffFolder(tmp_path), "a", "novelty@5", given)
    with pytest.raises(AssayError, match="There is no dimension 'price' here; use one of popular"):
        find(kept, "price")


def test_a_category_called_as_the_rest_is_there_once(tmp_path) -> None:  # type: ignore[no-untyped-def]
    rows = [(u, j, 0) for u in range(4) for j in range(4)] + [(u, u, 40) for u in range(4)]
    data = shop(4, rows, categories=["other|a", "a", "not known|b", "b"])
    cut = split(data.interactions, "time:1970-01-31", seen="keep")
    kept = of_split(tmp_path, cut, data, {"a": np.zeros((4, 1), np.int32)})
    assert find(kept, "category").values == ("a", "b", "not known", "other")
