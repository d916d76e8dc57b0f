"""Eight people of the data, each what their name says."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.data.dataset import About, Dataset
from pipelines.data.personas import personas
from pipelines.data.split import split
from pipelines.schema import Catalogue, Interactions, Vocabulary
from pipelines.testing.datasets import DAY
from pipelines.testing.datasets import dataset as synthetic


def made(
    rows: list[tuple[int, int, int]], categories: list[str | None] | None = None, n_items: int = 12
) -> Dataset:
    """A dataset of (user, item, day) rows."""
    user, item, day = (np.array(column) for column in zip(*rows, strict=True))
    n_users = int(user.max()) + 1
    events = Interactions.build(user, item, None, day * DAY, n_users=n_users, n_items=n_items)
    items = Vocabulary.of(f"i{i:02d}" for i in range(n_items))
    users = Vocabulary.of(f"u{u:02d}" for u in range(n_users))
    frame = pd.DataFrame({"item_id": items.ids})
    if categories is not None:
        frame["categories"] = categories
    return Dataset(
        About(name="made", fingerprint="made"),
        events,
        Catalogue(items, frame, np.ones(n_items, bool)),
        users,
        pd.DataFrame({"user_id": users.ids}),
    )


def by_name(data: Dataset, protocol: str) -> dict[str, tuple[str, str]]:
    cut = split(data.interactions, protocol)
    found = personas(data, cut)
    assert len({p.user_id for p in found}) == len(found) <= 8
    return {p.name: (p.user_id, p.why) for p in found}


def test_eight_different_people_where_the_data_has_them() -> None:
    data = synthetic()
    found = by_name(data, "last-n:2")
    assert len(found) == 8
    assert set(found) >= {"The newcomer", "The regular", "The specialist", "The omnivore"}


def test_each_is_what_the_name_says() -> None:
    # 0 has few events, 1 many; 2 stays in one category, 3 goes through all; the last is held out.
    rows = [(0, 0, 0), (0, 11, 90)]
    rows += [(1, i, 3 * i) for i in range(9)] + [(1, 11, 90)]
    rows += [(2, i, 40 + i) for i in (0, 1, 2)] + [(2, 11, 90)]
    rows += [(3, i, 50 + i) for i in (0, 3, 6)] + [(3, 11, 90)]
    categories = ["Drama"] * 3 + ["Comedy"] * 3 + ["Horror"] * 3 + [None] * 3
    found = by_name(made(rows, categories), "last-n:1")
    assert found["The newcomer"] == ("u00", "1 event before the cut-off")
    assert found["The enthusiast"] == ("u01", "9 events before the cut-off")


def test_a_specialist_is_named_by_the_category() -> None:
    rows = [(u, i, i) for u in range(12) for i in range(8)]
    rows += [(12, i, i) for i in (0, 1, 2, 9, 10, 11, 3)]
    categories = ["Drama"] * 3 + ["Comedy"] * 5 + [None] * 4
    found = by_name(made(rows, categories), "last-n:1")
    assert found["The specialist"][1].endswith("% of the history is Comedy")
    assert found["The omnivore"][1] == "2 different categories"


def test_newcomers_of_whom_nothing_is_known() -> None:
    rows = [(0, 0, 0), (1, 1, 1), (2, 2, 50), (3, 1, 51)]
    found = by_name(made(rows), "time:0.5")
    assert found == {"The newcomer": ("u02", "0 events before the cut-off")}


def test_one_user_is_one_person() -> None:
    rows = [(0, i, i) for i in range(5)] + [(1, i, i) for i in (5, 6)]
    assert len(by_name(made(rows), "last-n:2")) == 1


def test_without_categories_nobody_is_a_specialist() -> None:
    rows = [(u, (u + i) % 12, u + 3 * i) for u in range(20) for i in range(5)]
    for categories in (None, [None] * 12):
        found = by_name(made(rows, categories), "last-n:1")
        assert not {"The specialist", "The omnivore"} & set(found)
        assert len(found) == 6


def test_without_times_nobody_is_long_standing() -> None:
    rows = [(u, (u + i) % 12, 0) for u in range(20) for i in range(5)]
    found = by_name(made(rows), "last-n:1")
    assert not {"The long-standing user", "The one-day visitor"} & set(found)


def test_a_one_day_visitor_came_on_one_day() -> None:
    rows = [(u, (u + i) % 12, u + 3 * i) for u in range(20) for i in range(5)]
    assert "The one-day visitor" not in by_name(made(rows), "last-n:1")
    rows += [(20, i, 7) for i in range(5)]
    found = by_name(made(rows), "last-n:1")
    assert found["The one-day visitor"] == ("u20", "4 events within one day")
