"""Tables to lists, against a reading in plain Python and with every oddity by itself."""

from __future__ import annotations

import math
from collections import Counter
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import AssayError
from pipelines.evaluation.evaluate_file import evaluate_frames
from pipelines.reading.problems import Problems
from pipelines.reading.read import Read, read
from pipelines.reading.rows import of_frame

Row = tuple[str | None, str | None, float | None]


def frame(rows: list[Any], *names: str) -> pd.DataFrame:
    columns = ["user_id", "item_id", *names]
    made = pd.DataFrame(rows, columns=columns)
    return made.astype({"user_id": object, "item_id": object})


def read_frames(
    reco: pd.DataFrame, truth: pd.DataFrame, train: pd.DataFrame | None = None, **more: Any
) -> Read:
    trained = None if train is None else of_frame(train, "train")
    return read(of_frame(reco, "recommendations"), of_frame(truth, "truth"), trained, **more)


def shown(found: Read) -> dict[str, list[str]]:
    """Each user's list, as ids."""
    users = map(str, found.users.to_pylist())
    lists = found.lists.items
    return {
        user: found.items.texts(row[row >= 0].astype(np.int64)).to_pylist()
        for user, row in zip(users, lists, strict=True)
    }


def truths(found: Read) -> dict[str, list[str]]:
    truth = found.lists.ground_truth.truth
    users = map(str, found.users.to_pylist())
    return {
        user: found.items.texts(truth.row(r).astype(np.int64)).to_pylist()
        for r, user in enumerate(users)
    }


# --- in plain Python


def by_hand(
    reco: list[Row], truth: list[Row], train: list[Row] | None, by: str, depth: int, seen: str
) -> tuple[dict[str, list[str]], dict[str, list[str]], Counter[str]]:
    """What docs/evaluate.md says, row by row."""
    counts: Counter[str] = Counter()

    def usable(rows: list[Row], what: str) -> list[tuple[str, str, float | None]]:
        out = [(u, i, x) for u, i, x in rows if u and i]
        counts[what] += len(rows) - len(out)
        return out

    lists, answers = usable(reco, "unusable_rows"), usable(truth, "unusable_truth_rows")
    past = usable(train or [], "unusable_train_rows")
    if by != "rows" and all(x is None for _, _, x in reco):
        by = "rows"
    had: dict[str, set[str]] = {}
    for user, item, _ in past:
        had.setdefault(user, set()).add(item)
    known = {item for _, item, _ in past}
    wanted: dict[str, list[str]] = {}
    for user, item, _ in answers:
        mine = wanted.setdefault(user, [])
        if seen == "exclude" and item in had.get(user, ()):
            counts["seen_truths"] += 1
        elif item in mine:
            counts["truth_duplicates"] += 1
        else:
            mine.append(item)
    counts["extra_users"] = len({user for user, _, _ in lists} - wanted.keys())
    counts["users_without_new_truths"] = sum(not mine for mine in wanted.values())
    wanted = {user: mine for user, mine in wanted.items() if mine}
    given: dict[str, list[str]] = {}
    for user, mine in wanted.items():
        rows = [(item, x) for u, item, x in lists if u == user]
        if by != "rows":
            sign = 1 if by == "rank" else -1
            keys = {
                id(row): (row[1] is None, 0 if row[1] is None else sign * row[1]) for row in rows
            }
            rows.sort(key=lambda row: (keys[id(row)], row[0]))
            counts["unranked"] += sum(x is None for _, x in rows)
            counts["ties"] += sum(
                keys[id(a)] == keys[id(b)] < (True, 0) and a[0] != b[0] for a, b in pairwise(rows)
            )
        kept: list[str] = []
        for item, _ in rows:
            again = item in had.get(user, ())
            if train is not None and item not in known:
                counts["unknown_items"] += 1
            elif again and seen == "exclude":
                counts["seen_items"] += 1
            elif item in kept:
                counts["duplicates"] += 1
            else:
                counts["seen_items"] += again
                kept.append(item)
        counts["missing_users"] += not rows
        counts["short_lists"] += bool(rows) and len(kept) < depth
        counts["empty_lists"] += bool(rows) and not kept
        counts["unknown_truths"] += sum(i not in known for i in mine) if train is not None else 0
        given[user] = kept[:depth]
    return given, wanted, counts


USERS = st.sampled_from(["1", "2", "10", "u", None])
ITEMS = st.sampled_from(["a", "b", "B", "é", "10", "9", "x y", ""])
ODD = [0.5, -1e9, math.inf, -math.inf]
NUMBER = st.one_of(st.none(), st.integers(0, 4).map(float), st.sampled_from(ODD))
WHOLE = st.integers(0, 30).map(float)
RECO = st.one_of(st.lists(st.tuples(USERS, ITEMS, kind), max_size=40) for kind in (NUMBER, WHOLE))
PAIRS = st.lists(st.tuples(USERS, ITEMS, st.none()), max_size=15)


@settings(max_examples=400, deadline=None)
@given(
    RECO,
    PAIRS,
    st.one_of(st.none(), PAIRS),
    st.sampled_from(["rank", "score", "rows"]),
    st.integers(1, 8),
    st.sampled_from(["keep", "exclude"]),
)
def test_it_reads_as_plain_python_does(
    reco: list[Row], truth: list[Row], train: list[Row] | None, by: str, depth: int, seen: str
) -> None:
    seen = seen if train is not None else "keep"
    given, wanted, counts = by_hand(reco, truth, train, by, depth, seen)
    table = frame(reco, by if by != "rows" else "note")
    trained = None if train is None else frame([row[:2] for row in train])
    answers = frame([row[:2] for row in truth])
    try:
        found = read_frames(table, answers, trained, depth=depth, seen=seen)
    except AssayError:
        usable = [[(u, i) for u, i, _ in rows if u and i] for rows in (reco, truth, train or [])]
        others = {i for rows in usable[1:] for _, i in rows}
        in_common = any(given.values()) and others & {i for _, i in usable[0]}
        assert not (in_common and (train is None or usable[2]))
        return
    assert shown(found) == given
    assert truths(found) == wanted
    assert found.problems.document() == dict.fromkeys(Problems().document(), 0) | dict(counts)
    again = table.sample(frac=1, random_state=0)
    if by != "rows" and found.ordered_by != "rows":
        other = read_frames(again, answers, trained, depth=depth, seen=seen)
        assert shown(other) == given and other.problems == found.problems


# --- one oddity at a time

TRUTH = frame([("u1", "a"), ("u1", "b"), ("u2", "c")])


def problems(rows: list[Any], *names: str, **more: Any) -> dict[str, int]:
    more = {"depth": 2} | more
    found = read_frames(
        frame(rows, *names), more.pop("truth", TRUTH), more.pop("train", None), **more
    )
    return {name: count for name, count in found.problems.document().items() if count}


FULL = [("u1", "a", 1), ("u1", "b", 2), ("u2", "c", 1), ("u2", "d", 2)]


def test_whole_lists_have_no_problem() -> None:
    assert problems(FULL, "rank") == {}


@pytest.mark.parametrize(
    ("more", "counted"),
    [
        ([("u9", "a", 1)], {"extra_users": 1}),
        ([("u1", "a", 3), ("u1", "b", 4), ("u2", "c", 9)], {"duplicates": 3}),
        ([("u1", "z", 2), ("u1", "y", 2)], {"ties": 2}),
        ([("u1", "b", 2)], {"duplicates": 1}),  # a copy with the same rank is no tie
        ([("u1", "z", None)], {"unranked": 1}),
        ([(None, "a", 1), ("u1", None, 1), ("", "a", 1)], {"unusable_rows": 3}),
    ],
)
def test_each_oddity_is_counted(more: list[Any], counted: dict[str, int]) -> None:
    assert problems([*FULL, *more], "rank") == counted


def test_missing_users_and_short_lists() -> None:
    assert problems(FULL[:2], "rank") == {"missing_users": 1}
    assert problems(FULL[:3], "rank") == {"short_lists": 1}
    assert problems(FULL, "rank", depth=3) == {"short_lists": 2}


def test_with_training_rows_unknown_and_seen_items_are_found() -> None:
    train = frame([("u1", "a"), ("u3", "b"), ("u2", "d")])
    counted = problems(FULL, "rank", train=train)
    assert counted == {"unknown_items": 1, "seen_items": 2, "short_lists": 1, "unknown_truths": 1}
    left_out = problems(FULL, "rank", train=train, seen="exclude")
    assert left_out == {
        "unknown_items": 1, "seen_items": 2, "short_lists": 2, "empty_lists": 1,
        "unknown_truths": 1, "seen_truths": 1,
    }  # fmt: skip


def test_what_follows_moves_up() -> None:
    rows = [("u1", "z", 1), ("u1", "a", 2), ("u1", "a", 3), ("u1", "b", 4), ("u2", "c", 7)]
    train = frame([("u3", "a"), ("u3", "b"), ("u3", "c")])
    assert shown(read_frames(frame(rows, "rank"), TRUTH, train, depth=2))["u1"] == ["a", "b"]


def test_people_whose_truths_were_all_seen_are_not_asked() -> None:
    train = frame([("u2", "c"), ("u3", "a"), ("u3", "b")])
    found = read_frames(frame(FULL, "rank"), TRUTH, train, depth=2, seen="exclude")
    assert found.users.to_pylist() == ["u1"]
    assert found.problems.users_without_new_truths == 1
    assert found.problems.extra_users == 0
    everything = frame([("u1", "a"), ("u1", "b"), ("u2", "c")])
    with pytest.raises(AssayError, match=r"^All held-out interactions in the truth are already in"):
        read_frames(frame(FULL, "rank"), TRUTH, everything, depth=2, seen="exclude")
    with pytest.raises(AssayError, match="For the users of the recommendations, all held-out"):
        read_frames(frame(FULL[2:], "rank"), TRUTH, train, depth=2, seen="exclude")
    with pytest.raises(AssayError, match="No user of the recommendations"):
        read_frames(frame([("u9", "c", 1)], "rank"), TRUTH, train, depth=2, seen="exclude")


# --- what orders a list


def order(rows: list[Any], *names: str) -> list[str]:
    truth = frame([("u", "a")])
    return shown(read_frames(frame([("u", *row) for row in rows], *names), truth, depth=9))["u"]


def test_gaps_and_the_start_of_ranks_do_not_matter() -> None:
    for ranks in ([1, 2, 3], [0, 1, 2], [5, 70, 900], [-4, 0, 1], [0.5, 0.75, 8]):
        rows = [("b", ranks[1]), ("c", ranks[2]), ("a", ranks[0])]
        assert order(rows, "rank") == ["a", "b", "c"]


def test_the_rank_decides_before_the_score_and_the_score_before_the_rows() -> None:
    rows = [("c", 3, 0.9), ("a", 1, 0.1), ("b", 2, 0.5)]
    assert order(rows, "rank", "score") == ["a", "b", "c"]
    assert order([(i, s) for i, _, s in rows], "score") == ["c", "b", "a"]
    assert order([(i,) for i, _, _ in rows]) == ["c", "a", "b"]
    empty = [(item, None, score) for item, _, score in rows]
    assert order(empty, "rank", "score") == ["c", "b", "a"]


def test_equals_are_ordered_by_their_ids_as_text() -> None:
    assert order([("9", 1), ("10", 1), ("a", 0)], "rank") == ["a", "10", "9"]
    numbers = pd.DataFrame({"user_id": 1, "item_id": [9, 10, 3], "score": [0.5, 0.5, 0.9]})
    truth = pd.DataFrame({"user_id": [1], "item_id": [9]})
    assert shown(read_frames(numbers, truth, depth=9))["1"] == ["3", "10", "9"]


def test_what_cannot_be_read_comes_last_and_what_is_infinite_has_its_place() -> None:
    rows = [("d", "?"), ("a", math.inf), ("b", "2"), ("c", None), ("e", -math.inf)]
    assert order(rows, "score") == ["a", "b", "e", "c", "d"]
    ranks = [("a", None), ("c", math.inf), ("b", math.inf), ("d", 1)]
    assert order(ranks, "rank") == ["d", "b", "c", "a"]


@pytest.mark.parametrize(
    ("by", "last", "first"), [("score", -math.inf, 1), ("rank", math.inf, 1), ("score", 1, 2)]
)
def test_infinite_equals_are_ties_as_others_are(by: str, last: float, first: float) -> None:
    rows = [("u1", "b", last), ("u1", "a", last), ("u1", "z", first), ("u2", "c", first)]
    for table in (rows, rows[::-1]):
        assert problems(table, by, depth=1) == {"ties": 1}
        found = read_frames(frame(table, by), TRUTH, depth=3)
        assert shown(found)["u1"] == ["z", "a", "b"]


def test_long_lists_are_sorted_too() -> None:
    rng = np.random.default_rng(0)
    scores = rng.integers(0, 300, 1000)
    rows = [(f"i{n:04d}", float(score)) for n, score in enumerate(scores)]
    truth = frame([("u", "i0000")])
    found = read_frames(frame([("u", *row) for row in rows], "score"), truth, depth=1000)
    assert shown(found)["u"] == [i for i, _ in sorted(rows, key=lambda row: (-row[1], row[0]))]


def test_columns_that_order_nothing_are_said() -> None:
    rows = [("u1", "b", "0,5", None), ("u1", "a", "0,9", 2), ("u2", "c", "0,7", 1)]
    by_rows = evaluate_frames(frame([row[:3] for row in rows], "score"), TRUTH, ks=(2,))
    assert shown(by_rows.found)["u1"] == ["b", "a"]
    assert "The column score has no numbers, so it is not used to order the lists." in by_rows.notes
    by_score = evaluate_frames(frame(rows, "rank", "score"), TRUTH, ks=(2,))
    assert shown(by_score.found)["u1"] == ["a", "b"]
    assert [note for note in by_score.notes if note.startswith("The column rank has no numbers")]
    by_rank = evaluate_frames(frame(rows, "score", "rank"), TRUTH, ks=(2,))
    assert not [note for note in by_rank.notes if "has no numbers" in note]


@pytest.mark.parametrize(
    "ranks",
    [
        pd.to_datetime(pd.Series([None, "2020-01-02", "2020-01-01"])),
        pd.to_timedelta(pd.Series([None, 2, 1])),
        pd.Series([None, Decimal("2"), Decimal("1.5")], dtype=pd.ArrowDtype(pa.decimal128(9, 2))),
        pd.Series(pd.arrays.SparseArray([np.nan, 2, 1])),
    ],
    ids=lambda ranks: str(ranks.dtype),
)
def test_a_gap_comes_last_whatever_the_type(ranks: pd.Series) -> None:
    table = pd.DataFrame({"user_id": "u", "item_id": ["a", "b", "c"], "rank": ranks})
    found = read_frames(table, frame([("u", "a")]), depth=3)
    assert shown(found)["u"] == ["c", "b", "a"]
    assert found.problems == Problems(unranked=1)


def test_the_largest_ranks_come_last() -> None:
    ranks = np.array([2**64 - 1, 5], np.uint64)
    table = pd.DataFrame({"user_id": "u", "item_id": ["b", "a"], "rank": ranks})
    assert shown(read_frames(table, frame([("u", "a")]), depth=2))["u"] == ["a", "b"]


@pytest.mark.parametrize("kind", ["int8", "uint16", "int32", "float32", "float64", "Int64", "str"])
def test_ranks_of_any_type(kind: str) -> None:
    table = frame(FULL, "rank").iloc[[2, 1, 3, 0]].astype({"rank": kind})
    assert shown(read_frames(table, TRUTH, depth=2)) == {"u1": ["a", "b"], "u2": ["c", "d"]}


# --- whole frames


def test_rows_in_another_order_and_other_types_give_the_same_values() -> None:
    rng = np.random.default_rng(3)
    reco = pd.DataFrame(
        {
            "user_id": np.repeat(np.arange(200), 12),
            "item_id": rng.integers(0, 60, 2400),
            "rank": np.tile(np.arange(12), 200),
        }
    )
    truth = pd.DataFrame(
        {"user_id": np.repeat(np.arange(200), 4), "item_id": rng.integers(0, 60, 800)}
    )
    expected = evaluate_frames(reco, truth, ks=(3, 10)).per_user.set_index("user_id").sort_index()
    for kind in (
        "int32",
        "float64",
        "str",
        "object",
        "category",
        "int64[pyarrow]",
        "string[pyarrow]",
        "Sparse[int64]",
    ):
        parts = [
            table.sample(frac=1, random_state=4).astype({"user_id": kind, "item_id": kind})
            for table in (reco, truth)
        ]
        found = evaluate_frames(*parts, ks=(3, 10)).per_user
        found["user_id"] = found["user_id"].astype(int)
        pd.testing.assert_frame_equal(
            found.set_index("user_id").sort_index(),
            expected,
            check_exact=True,
            check_index_type=False,
        )


def test_the_six_by_hand() -> None:
    rows = [("u1", "x", 1), ("u1", "b", 2), ("u2", "c", 1), ("u2", "x", 2)]
    truth = pd.concat([TRUTH, frame([("u3", "a")])])
    found = evaluate_frames(frame(rows, "rank"), truth, ks=(2,))
    gain = 1 / math.log2(3)
    expected = {
        "ndcg@2": [gain / (1 + gain), 1, 0],
        "recall@2": [0.5, 1, 0],
        "precision@2": [0.5, 0.5, 0],
        "map@2": [0.25, 1, 0],
        "mrr@2": [0.5, 1, 0],
        "hit_rate@2": [1, 1, 0],
    }
    values = found.per_user.set_index("user_id")
    assert set(expected) <= set(values)
    for name, numbers in expected.items():
        assert values.loc[["u1", "u2", "u3"], name].tolist() == pytest.approx(numbers)
        assert found.metrics[name].value == pytest.approx(sum(numbers) / 3)
    assert found.found.problems == Problems(missing_users=1)


# --- bad tables


@pytest.mark.parametrize(
    ("reco", "truth", "says"),
    [
        (frame([]), TRUTH, "No row of the recommendations has a user and an item"),
        (frame(FULL, "rank"), frame([]), "No row of the truth has a user and an item"),
        (frame([("x", "a", 1)], "rank"), TRUTH, "No user of the recommendations .*'x'.*'u1', 'u2'"),
        (frame([("u1", "q", 1)], "rank"), TRUTH, "No item of the recommendations"),
        (frame(FULL, "rank").drop(columns="item_id"), TRUTH, "no column item_id in the recomm"),
        (frame(FULL, "rank"), TRUTH.drop(columns="user_id"), "no column user_id in the truth"),
        (
            frame(FULL, "rank").rename(columns={"user_id": "uid"}).assign(customer=1),
            TRUTH,
            "'uid', 'customer' of the recommendations fit user_id equally well",
        ),
    ],
)
def test_bad_tables_are_one_sentence(reco: pd.DataFrame, truth: pd.DataFrame, says: str) -> None:
    with pytest.raises(AssayError, match=says):
        evaluate_frames(reco, truth)


@pytest.mark.parametrize("other", [None, {"user_id": ["u1"]}, [1], TRUTH["user_id"]])
def test_what_is_no_frame_is_said(other: Any) -> None:
    lists = frame(FULL, "rank")
    for frames, name in (((other, TRUTH), "recommendations"), ((lists, other), "truth")):
        with pytest.raises(AssayError, match=f"^The argument {name} must be a pandas DataFrame, "):
            evaluate_frames(*frames)


@pytest.mark.parametrize(
    "ks",
    [(), (0,), (-1, 5), (1001,), (10**30,), [10.5], [1.9], [2.0], [np.float64(2)], [True], ["5"]],
)
def test_bad_lengths_are_one_sentence(ks: Any) -> None:
    with pytest.raises(AssayError, match="whole numbers from 1 to 1,000"):
        evaluate_frames(frame(FULL, "rank"), TRUTH, ks=ks)


@pytest.mark.parametrize("ks", [10, "10", None])
def test_one_length_by_itself_is_no_list_of_them(ks: Any) -> None:
    with pytest.raises(AssayError, match=r"ks must be a list of lengths, such as .*, not"):
        evaluate_frames(frame(FULL, "rank"), TRUTH, ks=ks)


@pytest.mark.parametrize(
    "ks", [iter((1, 2)), np.array([2, 1]), pd.Series([1, 2]), range(1, 3), {1, 2}]
)
def test_lengths_may_be_anything_that_gives_whole_numbers(ks: Any) -> None:
    found = evaluate_frames(frame(FULL, "rank"), TRUTH, ks=ks).per_user
    assert {name for name in found if str(name).startswith("ndcg")} == {"ndcg@1", "ndcg@2"}


@pytest.mark.parametrize("seen", ["Exclude", "drop", "", None, ["keep"]])
def test_another_policy_is_not_taken_for_keep(seen: Any) -> None:
    with pytest.raises(AssayError, match="seen must be 'exclude' or 'keep', not"):
        evaluate_frames(frame(FULL, "rank"), TRUTH, TRUTH, seen=seen)


def test_seen_items_cannot_be_left_out_of_nowhere() -> None:
    with pytest.raises(AssayError, match="needs the training data"):
        evaluate_frames(frame(FULL, "rank"), TRUTH, seen="exclude")


def test_predictions_of_surprise_order_the_lists_and_what_is_not_read_is_noted() -> None:
    lists = pd.DataFrame(
        [("u", "a", 3.0, 2.5), ("u", "b", 5.0, 4.5), ("u", "c", 1.0, 3.5)],
        columns=["uid", "iid", "r_ui", "est"],
    )
    found = evaluate_frames(lists, pd.DataFrame({"uid": ["u"], "iid": ["b"]}), ks=[1])
    assert found.metrics["ndcg@1"].value == 1
    assert "Not read in the recommendations: 'r_ui'." in found.notes
    assert not any("whatever its rating" in note for note in found.notes)


@pytest.mark.parametrize("column", ["rating", "Book-Rating", "weight", "overall"])
def test_a_truth_with_ratings_is_noted(column: str) -> None:
    lists = frame([("u", "1", 1), ("u", "2", 2)], "rank")
    found = evaluate_frames(lists, frame([("u", "1", 0), ("u", "2", 5)], column), ks=[2])
    assert f"Not read in the truth: '{column}'." in found.notes
    assert any(note.startswith("Every row of the truth counts as a hit") for note in found.notes)
