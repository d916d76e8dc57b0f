"""What divides users is known at the request, and is what its name says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.data.dataset import Dataset
from pipelines.data.split import Split, split
from pipelines.evaluation.results.folder import ITEM_SLICES, SLICES, BakeoffFolder
from pipelines.evaluation.slices import dimensions_of
from pipelines.evaluation.slices.cells import Cell
from pipelines.evaluation.slices.dimensions import counted, user_slices
from pipelines.evaluation.slices.sentences import population, slice_phrase
from pipelines.evaluation.slices.stored import (
    DIMENSIONS,
    UNDATED,
    described,
    find,
    ordinals,
    skipped,
)
from pipelines.evaluation.slices.writing import slices_of as frames_of
from pipelines.evaluation.slices.writing import write_slices
from pipelines.schema import Interactions, Vocabulary
from pipelines.testing.datasets import DAY, dataset

DATA = dataset()


def with_users(data: Dataset, **columns: object) -> Dataset:
    return replace(data, user_frame=data.user_frame.assign(**columns))


def events(rows: list[tuple[int, int, int]], data: Dataset = DATA) -> Dataset:
    """The synthetic catalogue with these (user, item, day) events."""
    user, item, day = zip(*rows, strict=True)
    times = np.array(day) * DAY
    made = Interactions.build(
        user, item, None, times, n_users=len(data.users), n_items=data.catalogue.n_items
    )
    return replace(data, interactions=made)


def slices_of(data: Dataset, protocol: str) -> tuple[Split, pd.DataFrame]:
    cut = split(data.interactions, protocol)
    return cut, user_slices(cut, data)


def test_counts_fall_between_the_documented_edges() -> None:
    labels = counted(np.array([0, 1, 2, 3, 5, 6, 20, 21, 100, 101]))
    assert list(labels) == ["0", "1–2", "1–2", "3–5", "3–5", "6–20", "6–20", "21–100", "21–100",
                            "over 100"]  # fmt: skip


def test_histories_returning_and_the_last_event_by_hand() -> None:
    old = [(0, item, day) for item, day in zip(range(4), (1, 2, 3, 90), strict=True)]
    rows = [*old, (0, 9, 101), (1, 5, 10), (1, 6, 130), (2, 7, 102), (3, 8, 0)]
    cut, frame = slices_of(events(rows), "time:1970-04-11")  # day 100
    assert cut.queries.user.tolist() == [0, 1, 2]
    assert frame["history"].tolist() == ["3–5", "1–2", "0"]
    assert frame["returning"].tolist() == ["returning", "returning", "new"]
    assert frame["last_event"].tolist()[:2] == ["1–4 weeks", "1–3 months"]
    assert pd.isna(frame["last_event"][2])  # a new user has none
    # The training data spans 90 days: nine days before the request is day 91.
    assert frame.attrs["skipped"]["recent events"] == "it has the same value for all"


def test_recent_events_lie_in_a_tenth_of_the_training_time_before_the_request() -> None:
    rows = [(0, 0, 0), (0, 1, 95), (0, 2, 100), (0, 3, 101), (1, 4, 50), (1, 5, 102)]
    _, frame = slices_of(events(rows), "time:1970-04-12")  # day 101; recent from day 91 on
    assert frame["recent_events"].tolist() == ["1–2", "0"]
    assert "10 days" in described(frame)["recent_events"].note


def test_people_whom_no_model_was_trained_on_are_told_from_new_ones() -> None:
    cut, frame = slices_of(DATA, "users:0.3")
    assert "returning" not in frame  # all are of one kind
    assert frame.attrs["skipped"]["new or returning"] == "it has the same value for all"
    mixed = replace(cut, train=cut.past)
    assert "returning" not in user_slices(mixed, DATA)


def test_a_users_favorite_category_is_that_of_most_events() -> None:
    cut, frame = slices_of(DATA, "last-n:2")
    # Items of the first half are in both A and even, and A comes first by name.
    expected = ["A" if user % 2 == 0 else "B" for user in cut.queries.user]
    assert frame["favorite"].tolist() == expected


def test_each_request_has_its_moment_where_these_differ() -> None:
    cut, frame = slices_of(DATA, "last-n:2")
    first = pd.to_datetime(cut.queries.now, unit="s").to_period("W").start_time
    weeks = [f"the week from {day:%Y-%m-%d}" for day in first]
    assert frame["time"].tolist() == weeks
    days = pd.to_datetime(cut.queries.now, unit="s").day_name()
    assert frame["weekday"].tolist() == days.tolist()
    assert described(frame)["time"].kind == "user"


def test_under_one_cutoff_the_time_is_that_of_coming_back_which_no_request_knew() -> None:
    cut, frame = slices_of(DATA, "time:0.7")
    first = DATA.interactions.time[cut.truth_rows[cut.truth.indptr[:-1]]]  # nothing is a repeat
    days = pd.to_datetime(first, unit="s").strftime("%Y-%m-%d")
    assert frame["time"].tolist() == days.tolist()
    assert described(frame)["time"].kind == "target"
    assert described(frame)["time"].clause == "who came back on {}"
    assert "weekday" not in frame  # five days are no weeks


def test_who_came_back_for_an_item_of_before_came_back_then() -> None:
    """By hand: user 0 takes up item 0 anew on day 101, and the first new item on day 105."""
    rows = [(0, 0, 1), (0, 0, 101), (0, 5, 105), (1, 1, 50), (1, 6, 103), (1, 1, 104)]
    cut, frame = slices_of(events(rows), "time:1970-04-11")  # day 100
    assert cut.repeats == 2
    assert frame["time"].tolist() == ["1970-04-12", "1970-04-14"]
    assert described(frame)["time"].title == "day of the first event after the cut-off"


def test_a_request_without_a_cutoff_is_at_the_first_item_that_counts_as_later() -> None:
    rows = [(0, 0, 1), (0, 0, 101), (0, 5, 105), (1, 1, 50), (1, 6, 103), (1, 2, 104)]
    cut, frame = slices_of(events(rows), "last-n:2")
    assert (cut.queries.now // DAY).tolist() == [105, 103]
    assert frame["time"].tolist() == ["1970-04-16", "1970-04-14"]
    assert described(frame)["time"].title == "day of the request"
    # The history ends on day 1: the event of day 101 is held out, and no request knows it.
    assert frame["last_event"].tolist() == ["3–12 months", "1–3 months"]


def test_columns_of_the_users_table_and_what_is_skipped() -> None:
    n = len(DATA.users)
    data = with_users(
        DATA,
        plan=["free", "paid"] * (n // 2),
        age=np.linspace(18, 80, n).round(1),
        email=[f"{u}@example.org" for u in range(n)],
        country=["NO"] * n,
    )
    cut, frame = slices_of(data, "last-n:2")
    words = described(frame)
    assert frame["user.plan"].tolist() == ["free", "paid"] * (len(cut.queries) // 2)
    assert words["user.age"].values[0].startswith("up to ")
    assert words["user.plan"].note == UNDATED
    assert words["user.age"].note == (
        f"Divided at the quartiles; a slice includes its upper bound. {UNDATED}"
    )
    assert not any(UNDATED in words[name].note for name in words if name[:5] != "user.")
    assert frame["user.age"].value_counts().tolist() == [20, 20, 20, 20]
    assert frame.attrs["skipped"]["email"] == "its name suggests an id"
    assert frame.attrs["skipped"]["country"] == "it has the same value for all"


@pytest.mark.parametrize("protocol", ["time:0.7", "last-n:3", "users:0.5"])
def test_the_value_of_a_history_is_that_of_its_events_alone(tmp_path, protocol: str) -> None:  # type: ignore[no-untyped-def]
    worth = np.random.default_rng(2).gamma(2.0, 10.0, len(DATA.interactions))
    worth[::9] = np.nan
    pd.DataFrame({"value": worth}).to_parquet(tmp_path / "context.parquet")
    cut, frame = slices_of(replace(DATA, context_file=tmp_path / "context.parquet"), protocol)
    it = DATA.interactions
    total = np.zeros(len(cut.queries))
    for row, user in enumerate(cut.queries.user):
        mine = np.flatnonzero(it.user == user)[: len(cut.queries.history.row(row))]
        total[row] = np.nansum(worth[mine])
    there = cut.queries.lengths > 0
    by_slice = pd.Series(total[there]).groupby(frame["value"].cat.codes.to_numpy()[there])
    assert sorted(by_slice.groups) == [0, 1, 2, 3]
    assert (by_slice.min()[1:].to_numpy() > by_slice.max()[:-1].to_numpy()).all()
    assert by_slice.size().max() - by_slice.size().min() <= 1
    assert frame["value"][~there].isna().all()


def test_no_property_of_a_user_depends_on_what_they_later_took_up() -> None:
    """Other items in the held-out part, drawn anew, leave all user dimensions as they are."""
    data = with_users(DATA, plan=np.where(np.arange(len(DATA.users)) % 3 == 0, "a", "b"))
    for protocol in ("last-n:3", "time:0.7", "users:0.5"):
        cut = split(data.interactions, protocol, seen="keep")
        it = data.interactions
        held = cut.truth_rows
        item = it.item.copy()
        item[held] = np.random.default_rng(1).permutation(item[held])
        other = replace(data, interactions=replace(it, item=item))
        again = split(other.interactions, protocol, seen="keep")
        before, after = user_slices(cut, data), user_slices(again, other)
        users = [name for name, d in described(before).items() if d.kind == "user"]
        assert len(users) >= 3
        assert (cut.queries.user == again.queries.user).all()
        pd.testing.assert_frame_equal(before[users], after[users])


def test_without_times_nothing_is_told_of_time() -> None:
    bare = replace(DATA, interactions=replace(DATA.interactions, time=0 * DATA.interactions.time))
    _, frame = slices_of(bare, "last-n:2")
    assert frame.attrs["skipped"]["time"] == "the events have no times"
    assert not {"last_event", "recent_events", "time", "weekday"} & set(frame)


def test_files_bring_back_the_slices_in_their_order(tmp_path) -> None:  # type: ignore[no-untyped-def]
    data = with_users(DATA, plan=["z", "a"] * (len(DATA.users) // 2))
    frame = DATA.catalogue.frame.assign(brand="one")
    data = replace(data, catalogue=replace(DATA.catalogue, frame=frame))
    cut = split(data.interactions, "time:0.7")
    write_slices(frames_of(cut, data), tmp_path)
    kept = BakeoffFolder(tmp_path)
    frame = user_slices(cut, data)
    pd.testing.assert_frame_equal(kept.slices, frame)
    names = [d.name for d in dimensions_of(kept)]
    assert names[: len(frame.columns)] == list(frame.columns)
    assert "popularity" in names
    for one in dimensions_of(kept)[: len(frame.columns)]:
        place = ordinals(kept.slices[one.name], one.values)
        there = place >= 0
        assert (np.array(one.values)[place[there]] == frame[one.name][there]).all()
    assert skipped(kept) == frame.attrs["skipped"] | {
        "brand (of items)": "it has the same value for all"
    }
    assert (tmp_path / SLICES).exists() and (tmp_path / ITEM_SLICES).exists()


ODD = (
    "size {cm}", "{}", "{0}", "{", "}}", "two\nlines", "“quoted” 'name'", "a, b", "  ", "history",
    "favorite category", "favorite_category", "popularity", "[bold]",
)  # fmt: skip


def test_a_column_of_any_name_is_told_by_it_from_new_files_and_older_ones(tmp_path) -> None:  # type: ignore[no-untyped-def]
    half = ["x", "y {z}"] * (len(DATA.users) // 2)
    halves = ["x", "y {z}"] * (DATA.catalogue.n_items // 2)
    frame = DATA.catalogue.frame.assign(**dict.fromkeys(ODD, halves))
    data = with_users(DATA, **dict.fromkeys(ODD, half))
    data = replace(data, catalogue=replace(DATA.catalogue, frame=frame))
    cut = split(data.interactions, "time:0.7")
    write_slices(frames_of(cut, data), tmp_path)

    def sayings() -> dict[str, str]:
        kept = BakeoffFolder(tmp_path)
        return {name: slice_phrase(find(kept, name), "y {z}") for name in own}

    own = [f"{table}.{column}" for table in ("user", "item") for column in ODD]
    found = sayings()
    assert found["user.size {cm}"] == found["item.size {cm}"] == "with size {cm} “y {z}”"
    assert found["user.{}"] == "with {} “y {z}”"
    assert found["item.}}"] == "with }} “y {z}”"
    assert found["user.two\nlines"] == "with two lines “y {z}”"
    assert found["user.  "] == "with unnamed “y {z}”"
    assert found["user.favorite_category"] == (
        "with favorite category (column 'favorite_category') “y {z}”"
    )
    kept = BakeoffFolder(tmp_path)
    titles = [one.title for one in dimensions_of(kept)]
    assert len(set(titles)) == len(titles) and {"popularity", "popularity (of items)"} < {*titles}
    one = find(kept, "item.size {cm}")
    cell = Cell((one.name,), ("x",), 31)
    assert population(cell, {one.name: one}) == (
        "users (31), counting only held-out items with size {cm} “x”"
    )
    for file in (SLICES, ITEM_SLICES):  # as older versions wrote them
        stored = pd.read_parquet(tmp_path / file)
        for words in stored.attrs[DIMENSIONS].values():
            words["clause"] = words["clause"].replace("{{", "{").replace("}}", "}")
            words["note"] = ""
        stored.to_parquet(tmp_path / file, index=False)
    assert sayings() == found
    assert find(BakeoffFolder(tmp_path), "user.history").note == UNDATED


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 7), st.integers(0, 900)),
        min_size=4,
        max_size=60,
    ),
    st.sampled_from(["last-n:1", "time:0.5", "users:0.5", "leave-one-out"]),
)
def test_any_events_give_slices_that_agree_with_a_loop(
    rows: list[tuple[int, int, int]], protocol: str
) -> None:
    from pipelines.errors import AssayError

    data = events(rows)
    try:
        cut, frame = slices_of(data, protocol)
    except AssayError:
        return  # a split that leaves nobody
    edges = [("0", 0), ("1–2", 2), ("3–5", 5), ("6–20", 20), ("21–100", 100)]
    for row in range(len(cut.queries)):
        length = len(cut.queries.history.row(row))
        if "history" in frame:
            label = next(name for name, most in edges if length <= most)
            assert frame["history"][row] == label
        if "favorite" in frame and length:
            halves = (cut.queries.history.row(row) < DATA.catalogue.n_items // 2).mean()
            assert frame["favorite"][row] == ("A" if halves >= 0.5 else "B")
    for name, one in described(frame).items():
        assert set(frame[name].dropna()) == set(one.values), name
        assert len(one.values) >= 2


def test_many_rows_keep_their_places_whatever_the_order_of_categories() -> None:
    column = pd.Series(pd.Categorical(["b", None, "a"], categories=["a", "b"]))
    assert ordinals(column, ("b", "a")).tolist() == [0, -1, 1]
    with pytest.raises(ValueError):
        ordinals(column, ("b",))


def test_a_vocabulary_of_one_user_is_no_reason_to_fail() -> None:
    lone = replace(
        events([(0, 0, 1), (0, 1, 2)]),
        users=Vocabulary.of(["u"]),
        user_frame=pd.DataFrame({"user_id": ["u"]}),
    )
    lone = replace(lone, interactions=replace(lone.interactions, n_users=1))
    _, frame = slices_of(lone, "last-n:1")
    assert len(frame) == 1 and list(frame.columns) == []
