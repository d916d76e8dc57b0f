"""Similar people, strangers, and contenders that tell them apart or do not."""

import numpy as np
import pytest

from pipelines.errors import AssayError
from pipelines.evaluation.behavior.pairs import PAIRS, Pairs, similar_pairs
from pipelines.evaluation.behavior.similar_users import SimilarUsers, in_common
from pipelines.schema import Ragged
from tests.evaluation.behavior.scene import (
    answer,
    asked,
    background,
    best,
    counting,
    jumping,
    popular,
)


def twins(groups=30, n_items=200):
    """Two people a group, with four items in common and one of their own."""
    rng = np.random.default_rng(5)
    histories = []
    for _ in range(groups):
        items = rng.choice(n_items, 6, replace=False).tolist()
        histories += [items[:5], items[:4] + items[5:]]
    return histories


def test_pairs_are_the_most_alike_and_nobody_is_in_two():
    histories = twins()
    found = similar_pairs(Ragged.of(histories), 200, seed=0)
    pairs = set(zip(found.first.tolist(), found.second.tolist(), strict=True))
    assert {(2 * g, 2 * g + 1) for g in range(30)} <= pairs
    assert np.allclose(found.overlap[:30], 4 / 6)
    everyone = np.concatenate([found.first, found.second])
    assert len(set(everyone.tolist())) == len(everyone)
    assert sorted(found.other) == sorted(found.second)
    assert (found.other != found.second).all()


def test_pairs_are_found_by_brute_force_too():
    rng = np.random.default_rng(3)
    histories = [rng.choice(30, rng.integers(1, 9)).tolist() for _ in range(50)]
    found = similar_pairs(Ragged.of(histories), 30, seed=1)
    sets = [set(h) for h in histories]
    alike = {
        (a, b): len(sets[a] & sets[b]) / len(sets[a] | sets[b])
        for a in range(50)
        for b in range(a + 1, 50)
        if min(len(sets[a]), len(sets[b])) >= 3
    }
    assert found.overlap[0] == pytest.approx(max(alike.values()))
    for a, b, overlap in zip(found.first, found.second, found.overlap, strict=True):
        assert overlap == pytest.approx(alike[a, b])
    assert (np.diff(found.overlap) <= 1e-12).all()


def test_of_many_people_a_draw_is_compared_by_their_newest_events():
    histories = [list(range(300)), *[[r % 7, 7 + r % 5, 12 + r % 3, 299] for r in range(1_500)]]
    found = similar_pairs(Ragged.of(histories), 300, seed=0)
    assert len(found) == PAIRS
    again = similar_pairs(Ragged.of(histories), 300, seed=0)
    assert (again.first == found.first).all() and (again.other == found.other).all()


def test_a_contender_that_looks_at_histories_passes():
    world = background(twins(), n_items=200)
    found = SimilarUsers().run(asked(world, counting))
    assert found.state == "pass" and 0 < found.low <= found.value <= found.high <= 1
    assert found.sentence.startswith("Similar users get similar lists: two users with similar")
    assert found.condition == "the whole interval is above 0"
    example = found.examples[0]
    assert {"user_id", "other_user_id", "history_overlap", "shared", "list", "other_list"} == set(
        example
    )
    assert example["list"][0].keys() == {"item_id", "title"}


@pytest.mark.parametrize("exclude_seen", [False, True])
def test_one_list_for_everyone_fails_and_says_so(exclude_seen):
    """What each had before makes strangers' lists differ; that must not pass for taste."""
    world = background(twins(), n_items=200, exclude_seen=exclude_seen)
    found = SimilarUsers().run(asked(world, popular))
    assert (found.state, found.value) == ("fail", 0.0)
    assert found.sentence.startswith("All users get the same list")


def test_lists_by_chance_fail():
    found = SimilarUsers().run(asked(background(twins(), n_items=200), jumping))
    assert found.state == "fail" and found.low <= 0
    assert found.sentence.startswith("Similar users' lists are hardly more similar")


def test_a_higher_threshold_is_harder_to_pass():
    given = asked(background(twins(), n_items=200), counting)
    found = SimilarUsers(0.99).run(given)
    assert found.state == "fail" and found.threshold == 0.99


def test_too_few_pairs_is_no_verdict():
    with pytest.raises(AssayError, match="only 0 pairs"):
        SimilarUsers().run(asked(background([[0, 1]] * 50), counting))


def test_lists_are_compared_over_what_all_three_may_get():
    """By hand: what one of the three had before counts for none of them."""
    histories = [[0, 1, 2], [0, 1, 3], [7, 8, 9]]
    world = background(histories, k=3, exclude_seen=True)
    given = answer(world, [[7, 4, 5, 3, 6], [4, 2, 8, 6, -1], [0, 5, 4, -1, -1]])
    row = np.array([0])
    pairs = Pairs(row, row + 1, row + 2, np.array([0.5]))
    first, second, other = in_common(given, pairs)
    assert first.tolist() == [[4, 5, -1]]  # 6 would be the third, but the stranger has two left
    assert second.tolist() == [[4, 6, -1]]
    assert other.tolist() == [[5, 4, -1]]


@pytest.mark.parametrize("exclude_seen", [False, True])
def test_lists_that_only_follow_popularity_pass_no_more_often_than_chance_allows(exclude_seen):
    """What each person had before makes lists differ; that alone must not look like taste."""
    rng = np.random.default_rng(7)
    odds = np.log(1 / np.arange(1, 121))

    def drawn(n, size, without=()):
        scores = odds + rng.gumbel(size=(n, len(odds)))
        for row, items in enumerate(without):
            scores[row, items] = -np.inf
        return best(scores, size)

    passed = 0
    for _ in range(100):
        histories = drawn(120, 8).tolist()
        world = background(histories, n_items=120, k=5, exclude_seen=exclude_seen)
        lists = drawn(120, 10, histories if exclude_seen else ())
        passed += SimilarUsers().run(answer(world, lists)).state == "pass"
    assert passed <= 7  # 2.5 expected of a true null
