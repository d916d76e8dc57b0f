from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipelines.adapters.contract import NotComparable, Task
from pipelines.adapters.training import Claim, moment, require_comparable, rows_hash
from pipelines.errors import AssayError


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2016-09-01", seconds("2016-09-01T23:59:59")),
        ("2016-09-01T12:00:00", seconds("2016-09-01T12:00:00")),
        ("2016-09-01T12:00:00Z", seconds("2016-09-01T12:00:00")),
        ("2016-09-01T12:00:00+02:00", seconds("2016-09-01T10:00:00")),
        (20160901, seconds("2016-09-01T23:59:59")),
        (90, 90),
        (1472731200, 1472731200),
        (1472731200.75, 1472731200),
        ("1472731200", 1472731200),
        (1472731200000, 1472731200),
    ],
)
def test_moments_are_read_as_people_write_them(value: object, expected: int) -> None:
    assert moment(value) == expected


@pytest.mark.parametrize("value", ["", "soon", "2016-13-01", float("nan"), True, [], {}, -5])
def test_nonsense_is_refused_with_a_sentence(value: object) -> None:
    with pytest.raises(AssayError, match="2016-09-01"):
        moment(value)


def claim_and_check(task: Task, claim: Claim) -> str:
    return require_comparable(claim, task, source="lists.csv", how="write the day")


def test_training_up_to_the_cutoff_is_comparable_and_later_is_not(task: Task) -> None:
    assert task.cutoff is not None
    assert claim_and_check(task, Claim(task.cutoff)).startswith("Trained through")
    assert "3 days before" in claim_and_check(task, Claim(task.cutoff - 3 * 86_400))
    with pytest.raises(NotComparable, match="after the cut-off"):
        claim_and_check(task, Claim(task.cutoff + 1))
    with pytest.raises(NotComparable, match="write the day"):
        claim_and_check(task, Claim())


def test_without_a_cutoff_only_the_very_rows_are_comparable(task: Task) -> None:
    last_n = replace(task, cutoff=None)
    with pytest.raises(NotComparable, match=r"handover\.json"):
        claim_and_check(last_n, Claim(through=1))
    with pytest.raises(NotComparable, match="other rows"):
        claim_and_check(last_n, Claim(split="last-n:5", train_sha256="0" * 64))
    assert "exactly" in claim_and_check(last_n, Claim(train_sha256=rows_hash(task.train)))


def test_the_hash_knows_rows_not_their_order(task: Task) -> None:
    train = task.train
    assert rows_hash(train.sample(frac=1, random_state=1)) == rows_hash(train)
    for column, value in (("user_id", "x"), ("item_id", "x"), ("weight", 2.0), ("timestamp", 7)):
        other = train.copy()
        other.loc[3, column] = value
        assert rows_hash(other) != rows_hash(train)
    assert rows_hash(train.iloc[1:]) != rows_hash(train)
