"""What is asked again, and the two tests that look at it."""

import numpy as np
import pytest

from pipelines.errors import AssayError
from pipelines.evaluation.behavior.input_order import InputOrder
from pipelines.evaluation.behavior.probes import AGAIN, BLOCK, CHANGED, Probes, ask_again, without
from pipelines.evaluation.behavior.small_change import SmallChange, overlap
from tests.evaluation.behavior.scene import (
    answer,
    asked,
    background,
    by_company,
    by_position,
    counting,
    jumping,
    popular,
    queries,
)  # fmt: skip

RNG = np.random.default_rng(8)
WORLD = background([RNG.choice(40, 6, replace=False).tolist() for _ in range(90)])


def test_only_the_history_loses_an_event():
    world = background([[4, 5, 6], [7], [1, 2, 1]], exclude_seen=True)
    requests = queries(world)
    rows, at = np.array([2, 0]), np.array([6, 1])  # the 1 at the end, and the 5
    shorter = without(requests, rows, at)
    assert [shorter.history.row(r).tolist() for r in (0, 1)] == [[1, 2], [4, 6]]
    assert shorter.times.tolist() == requests.times[[4, 5, 0, 2]].tolist()
    assert len(shorter.weights) == 4
    assert [shorter.exclude.row(r).tolist() for r in (0, 1)] == [[1, 2, 1], [4, 5, 6]]
    assert shorter.user.tolist() == [2, 0]
    assert shorter.positions_from_end.tolist() == [1, 0, 1, 0]


def test_who_is_asked_again_is_a_seeded_draw_with_a_limit():
    many = background([[0, 1, 2]] * (CHANGED + 30) + [[3]] * 20)
    found = ask_again(queries(many), counting, seed=4)
    assert len(found.changed_rows) == len(set(found.changed_rows.tolist())) == CHANGED
    assert found.changed_rows.max() < CHANGED + 30  # one event cannot be left out of one
    assert len(found.again_rows) == AGAIN
    same = ask_again(queries(many), counting, seed=4)
    assert (same.changed_rows == found.changed_rows).all()
    assert (same.left_out == found.left_out).all()
    other = ask_again(queries(many), counting, seed=5)
    assert (other.changed_rows != found.changed_rows).any()


def test_without_patience_the_first_of_the_same_draw_are_asked():
    whole, few = (ask_again(queries(WORLD), counting, 0, patience) for patience in (60.0, -1.0))
    assert (len(few.changed_rows), len(few.again_rows)) == (BLOCK, 1)
    assert (few.changed_rows == whole.changed_rows[:BLOCK]).all()
    assert (few.changed == whole.changed[:BLOCK]).all()
    assert (few.alone == whole.alone[:1]).all() and (few.shuffled == few.alone).all()


def test_probes_are_kept_in_a_file(tmp_path):
    found = asked(WORLD, counting).probes
    found.save(tmp_path)
    back = Probes.load(tmp_path)
    for name in ("changed_rows", "left_out", "changed", "again_rows", "alone", "shuffled"):
        assert (getattr(back, name) == getattr(found, name)).all()
        assert getattr(back, name).dtype == getattr(found, name).dtype
    assert back.why_not == ""
    Probes("It was written beforehand.").save(tmp_path)
    assert Probes.load(tmp_path).why_not == "It was written beforehand."


def test_a_contender_that_breaks_when_asked_again_is_told(capsys):
    calls = []

    def breaks(requests):
        calls.append(len(requests))
        raise ValueError("no such history")

    found = ask_again(queries(WORLD), breaks, 0)
    assert found.why_not == "It raised an error on repeated requests: ValueError: no such history."
    assert "no such history" in capsys.readouterr().err
    for test in (SmallChange(), InputOrder()):
        with pytest.raises(AssayError, match="repeated requests"):
            test.run(answer(WORLD, counting(queries(WORLD)), found))


def test_a_list_that_follows_the_history_changes_little():
    found = SmallChange().run(asked(WORLD, counting))
    assert found.state == "pass" and found.value >= 0.5 and found.low < found.value
    assert found.sentence.startswith(
        "Removing one event changes lists little: over 90 users, the mean overlap of the lists"
    )
    assert SmallChange(1.0).run(asked(WORLD, counting)).state == "fail"


def test_a_list_that_turns_over_fails_with_the_worst_cases():
    given = asked(WORLD, jumping)
    found = SmallChange().run(given)
    assert found.state == "fail" and found.value < 0.3
    assert found.sentence.startswith("Removing one event changes lists a lot")
    worst = found.examples[0]
    assert worst["overlap"] == min(example["overlap"] for example in found.examples)
    row = int(worst["user_id"][1:])
    left = int(worst["left_out"]["item_id"][1:])
    assert left in WORLD.history.row(row)
    assert [i["item_id"] for i in worst["before"]] == [f"i{c:03d}" for c in given.lists[row][:5]]


def test_one_list_for_everyone_cannot_change():
    found = SmallChange().run(asked(WORLD, popular))
    assert (found.state, found.value, found.high) == ("pass", 1.0, 1.0)
    assert 0.95 < found.low < 1.0  # of as many people, one in thirty might still differ


def test_without_two_events_nothing_can_be_left_out():
    with pytest.raises(AssayError, match="No user has two events"):
        SmallChange().run(asked(background([[1], [2], []]), counting))


def test_overlap_by_hand():
    a = np.array([[1, 2, 3], [1, 2, -1], [-1, -1, -1], [4, 5, 6]])
    b = np.array([[3, 2, 1], [2, 9, -1], [-1, -1, -1], [-1, -1, -1]])
    assert overlap(a, b).tolist() == [1.0, 1 / 3, 1.0, 0.0]


@pytest.mark.parametrize("contender", [counting, popular, jumping])
def test_lists_that_depend_on_their_history_alone_stay(contender):
    found = InputOrder().run(asked(WORLD, contender))
    assert (found.state, found.value, found.examples) == ("pass", 1.0, [])
    assert found.sentence.startswith(f"All repeated requests ({AGAIN}) got exactly the same list")


@pytest.mark.parametrize("contender", [by_position, by_company])
def test_lists_that_depend_on_the_batch_fail(contender):
    found = InputOrder().run(asked(WORLD, contender))
    assert found.state == "fail" and found.value < 1
    assert "got a different list alone" in found.sentence
    example = found.examples[0]
    assert example["list"] != example["alone"] or example["list"] != example["in_another_order"]


def test_a_difference_in_the_last_place_counts():
    given = asked(WORLD, counting)
    lists = given.lists.copy()
    lists[given.probes.again_rows[7], -1] = -1
    found = InputOrder().run(answer(WORLD, lists, given.probes))
    assert found.state == "fail" and found.value == 1 - 1 / AGAIN
    assert InputOrder(0.9).run(answer(WORLD, lists, given.probes)).state == "pass"
