"""Stages that break their contract, and what a bake-off says of them."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.data.split import split
from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff.stage_checks import broken_lists, broken_promises
from pipelines.recommender.fitting import fit_pipeline
from pipelines.recommender.merge import check_usable
from pipelines.recommender.pipeline import Pipeline
from pipelines.recommender.spec import Spec
from pipelines.schema import NO_ITEM, Candidates, Change, Slate
from pipelines.stages.candidates.popular import Popular
from pipelines.stages.contract import Ranker, Rule
from pipelines.testing.datasets import TWO_STAGE, dataset, with_prices_and_offers

DATA = dataset()
CUT = split(DATA.interactions, "last-n:2", seen="exclude")
KNOWN = CUT.known.copy()
KNOWN[7] = False
CATALOGUE = DATA.catalogue.at(KNOWN)


class Honest(Popular):
    name = "honest"
    calls = 0

    def retrieve(self, queries, k):
        found = super().retrieve(queries, k)
        return self.change(queries, Candidates(found.items.copy(), found.scores.copy()))

    def change(self, queries, found):
        return found


class Unknown(Honest):
    def change(self, queries, found):
        found.items[found.items == found.items[0, 0]] = 7
        return found


class NotThere(Honest):
    def change(self, queries, found):
        found.items[:, 0] = queries.n_items
        return found


class Seen(Honest):
    def change(self, queries, found):
        for row in range(len(queries)):
            found.items[row, :1] = queries.exclude.row(row)[:1]
        return found


class Twice(Honest):
    def change(self, queries, found):
        found.items[:, 1] = found.items[:, 0]
        return found


class Unordered(Honest):
    def change(self, queries, found):
        found.scores[:, 0] = found.scores[:, 1] - 1
        return found


class Ties(Honest):
    def change(self, queries, found):
        found.items[:, :2] = found.items[:, 1::-1]
        found.scores[:, 0] = found.scores[:, 1]
        late = found.items[:, 0] < found.items[:, 1]
        found.items[late, :2] = found.items[late][:, 1::-1]
        return found


class Gap(Honest):
    def change(self, queries, found):
        found.items[:, 0] = NO_ITEM
        found.scores[:, 0] = -np.inf
        return found


class Nan(Honest):
    def change(self, queries, found):
        found.scores[:, 3] = np.nan
        return found


class Wide(Honest):
    def change(self, queries, found):
        return Candidates(found.items.astype(np.int64), found.scores)


class Short(Honest):
    def change(self, queries, found):
        return Candidates(found.items[:, :3], found.scores[:, :3])


class Moody(Honest):
    def change(self, queries, found):
        self.calls += 1
        return Candidates(found.items, found.scores - np.float32(self.calls))


class Sociable(Honest):
    def change(self, queries, found):
        return Candidates(found.items, found.scores - np.float32(len(queries)))


class SaysPersonal(Honest):
    answers_empty = False


class SaysItAnswers(Honest):
    def change(self, queries, found):
        empty = queries.lengths == 0
        found.items[empty], found.scores[empty] = NO_ITEM, -np.inf
        return found


class Breaks(Honest):
    def change(self, queries, found):
        if len(queries) == 1:
            raise ZeroDivisionError("one")
        return found


GENERATORS = {
    Honest: None,
    Unknown: "items that are not known at the cut-off (in ",
    NotThere: "item codes that do not exist (in 32 of 32 lists looked at)",
    Seen: "items that `queries.exclude` leaves out (in ",
    Twice: "an item twice (in 32 of 32 lists looked at)",
    Unordered: "not ordered by score",
    Ties: "not ordered by score, then item code",
    Gap: "an empty place before an item",
    Nan: "not finite for items",
    Wide: "its lists are int64 and float32, not int32 and float32",
    Short: "its lists have shape (32, 3), scores (32, 3), not (32, 20)",
    Moody: "asked twice, it gives different lists",
    Sociable: "another list when it is asked alone",
    SaysPersonal: "`answers_empty` False",
    SaysItAnswers: "its class says `answers_empty`",
    Breaks: "it raised ZeroDivisionError: one",
}


def fitted(spec=None):
    spec = spec or {"schema": 1, "name": "m", "candidates": [{"stage": "popular", "k": 20}]}
    pipeline = Pipeline(Spec.of(spec))
    return fit_pipeline(pipeline, CUT.train, CATALOGUE, protocol=CUT.protocol, seen="exclude")


@pytest.mark.parametrize("stage", GENERATORS, ids=lambda stage: stage.__name__)
def test_a_generator_that_breaks_its_contract_is_told(stage):
    pipeline = fitted()
    pipeline.generators[0] = stage().fit(CUT.train, CATALOGUE)
    found = broken_promises(pipeline, CUT.queries, KNOWN)
    expected = GENERATORS[stage]
    if expected is None:
        assert found == []
    else:
        assert len([one for one in found if expected in one]) == 1, found
        assert all(one.startswith("The candidate generator honest breaks ") for one in found)


class Scores(Ranker):
    name = "scores"
    calls = 0

    def fit(self, queries, candidates, features, labels):
        return self

    def score(self, queries, candidates, features):
        return -candidates.items.astype(np.float32)


class Flat(Scores):
    def score(self, queries, candidates, features):
        return np.zeros(len(queries), np.float32)


class Infinite(Scores):
    def score(self, queries, candidates, features):
        return np.full(candidates.items.shape, np.inf, np.float32)


class MoodyScores(Scores):
    def score(self, queries, candidates, features):
        self.calls += 1
        return super().score(queries, candidates, features) + np.float32(self.calls)


class SociableScores(Scores):
    def score(self, queries, candidates, features):
        return super().score(queries, candidates, features) + np.float32(len(queries))


RANKERS = {
    Scores: None,
    Flat: "its scores have shape (32,) and type float32",
    Infinite: "scores that are not finite",
    MoodyScores: "asked twice, it gives different scores",
    SociableScores: "other scores when it is asked alone",
}


@pytest.fixture(scope="module")
def ranked():
    one = TWO_STAGE | {"rankers": TWO_STAGE["rankers"][:1]}
    return fitted(one)


@pytest.mark.parametrize("stage", RANKERS, ids=lambda stage: stage.__name__)
def test_a_ranker_that_breaks_its_contract_is_told(stage, ranked):
    ranked.rankers[0] = stage()
    found = broken_promises(ranked, CUT.queries, KNOWN)
    expected = RANKERS[stage]
    assert found == [] if expected is None else expected in found[0], found


class Keeps(Rule):
    name = "keeps"

    def apply(self, queries, slate, k):
        return slate


class Drops(Keeps):
    def apply(self, queries, slate, k):
        return Slate(slate.items[:, 1:].copy(), slate.scores[:, 1:].copy(), slate.changes)


class Inserts(Keeps):
    def apply(self, queries, slate, k):
        items = slate.items.copy()
        items[:, 0] = 7
        rows = np.arange(len(items))
        gone = Change(self.name, "removed", "no reason", rows, slate.items[:, 0])
        return Slate(items, slate.scores, (*slate.changes, gone))


class InPlace(Keeps):
    def apply(self, queries, slate, k):
        slate.items[:, :2] = slate.items[:, 1::-1].copy()
        return slate


RULES = {
    Keeps: [],
    Drops: ["it removes items and does not record it"],
    Inserts: ["items that are not known", "it inserts items and does not record it"],
    InPlace: ["it changes the slate that it is given"],
}


@pytest.mark.parametrize("stage", RULES, ids=lambda stage: stage.__name__)
def test_a_rule_that_breaks_its_contract_is_told(stage):
    pipeline = fitted()
    pipeline.rules = [stage()]
    found = broken_promises(pipeline, CUT.queries, KNOWN)
    assert all(one.startswith("The rule keeps breaks its contract: ") for one in found)
    for expected in RULES[stage]:
        assert len([one for one in found if expected in one]) == 1, found
    assert bool(found) == bool(RULES[stage])


@pytest.mark.parametrize("name", ["als", "ease-recent", "two-stage-sponsored", "random"])
def test_what_ships_keeps_its_contract(name):
    data = with_prices_and_offers(DATA)
    pipeline = Pipeline(Spec.load(name))
    fit_pipeline(
        pipeline, CUT.train, data.catalogue.at(KNOWN), protocol=CUT.protocol, seen="exclude"
    )
    assert broken_promises(pipeline, CUT.queries, KNOWN) == []
    lists = pipeline.recommend(CUT.queries, 10).items
    assert broken_lists(lists, CUT.queries, KNOWN) == []
    lists[3, 0] = 7
    assert broken_lists(lists, CUT.queries, KNOWN) == [
        "A stage breaks its contract: it proposes items that are not known at the cut-off (in 1 "
        f"of {len(lists)} lists looked at)."
    ]


def test_nobody_asked_is_nothing_to_tell():
    assert broken_promises(fitted(), CUT.queries.take(np.arange(0)), KNOWN) == []


@pytest.mark.parametrize(
    ("items", "scores", "says"),
    [
        (np.zeros((1, 3), np.int32), np.zeros((1, 3), np.float32), "for 2 requests"),
        (np.zeros((2, 3), np.int32), np.zeros((2, 2), np.float32), "shape"),
        (np.zeros((2, 3), np.float32), np.zeros((2, 3), np.float32), "item codes"),
        (np.full((2, 3), 9, np.int32), np.zeros((2, 3), np.float32), "below 9"),
    ],
)
def test_lists_that_no_array_can_hold_are_refused(items, scores, says):
    with pytest.raises(AssayError, match=f"The stage s gave .*{says}"):
        check_usable(Candidates(items, scores), "s", 2, 9)
