from dataclasses import replace

import numpy as np
import pytest

from pipelines.data.split import Protocol, split
from pipelines.errors import AssayError, Refused
from pipelines.evaluation.metrics.accuracy import per_user
from pipelines.recommender.fitted import FittedPipeline
from pipelines.recommender.fitting import fit_pipeline
from pipelines.recommender.merge import merge
from pipelines.recommender.pipeline import CHUNK, FALLBACK, Pipeline, chunks
from pipelines.recommender.spec import Spec
from pipelines.recommender.trace import trace_frame
from pipelines.schema import Candidates, Queries
from pipelines.stages.contract import DataShape
from pipelines.testing.datasets import TWO_STAGE, dataset

LAST = Protocol.parse("last-n:2")
DATA = dataset()
CUT = split(DATA.interactions, LAST)
KNOWN = DATA.catalogue.at(CUT.known)


def fitted(document, store=None):
    return fit_pipeline(
        Pipeline(Spec.of(document)), CUT.train, KNOWN, protocol=LAST, seen="exclude", store=store
    )


@pytest.fixture(scope="module")
def two_stage():
    return fitted(TWO_STAGE)


def test_two_stages_find_the_taste_of_each_person(two_stage):
    items = two_stage.recommend(CUT.queries, 5).items
    half = CUT.queries.n_items // 2
    right = (items < half) == (CUT.queries.user % 2 == 0)[:, None]
    assert right.mean() > 0.9
    popular = fitted({"schema": 1, "name": "p", "candidates": [{"stage": "popular"}]})
    score = [
        per_user(p.recommend(CUT.queries, 5).items, CUT.truth, (5,))["ndcg@5"].mean()
        for p in (two_stage, popular)
    ]
    assert score[0] > score[1]


def test_a_batch_and_its_rows_asked_alone_agree_to_the_bit(two_stage):
    together = two_stage.recommend(CUT.queries, 10)
    for r in range(0, len(CUT.queries), 7):
        alone = two_stage.recommend(CUT.queries.take(np.array([r])), 10)
        assert alone.items[0].tolist() == together.items[r].tolist()
        assert alone.scores[0].tobytes() == together.scores[r].tobytes()


def test_nothing_seen_is_recommended_and_no_item_twice(two_stage):
    items = two_stage.recommend(CUT.queries, 10).items
    for r, row in enumerate(items):
        shown = row[row >= 0]
        assert len(set(shown.tolist())) == len(shown) == 10
        assert not set(shown.tolist()) & set(CUT.queries.exclude.row(r).tolist())


def test_the_models_behind_the_rankers_have_not_seen_their_labels(monkeypatch):
    seen = []
    from pipelines.stages.candidates.ease import Ease

    whole = Ease.fit

    def spy(self, interactions, catalogue):
        seen.append(interactions)
        return whole(self, interactions, catalogue)

    monkeypatch.setattr(Ease, "fit", spy)
    fitted(TWO_STAGE)
    inner, outer = seen
    held = split(CUT.train, LAST)
    assert len(outer) == len(CUT.train)
    pairs = set(zip(inner.user.tolist(), inner.item.tolist(), strict=True))
    for row, user in enumerate(held.queries.user.tolist()):
        assert not pairs & {(user, item) for item in held.truth.row(row).tolist()}


def test_a_visitor_without_history_gets_popular_items_and_the_trace_says_so():
    pipeline = fitted({"schema": 1, "name": "e", "candidates": [{"stage": "ease", "l2": 10.0}]})
    nobody = Queries.of_histories([[]], n_items=CUT.queries.n_items, now=int(CUT.train.time.max()))
    slate = pipeline.recommend(nobody, 5)
    counts = np.bincount(CUT.train.item, minlength=CUT.train.n_items)
    assert slate.items[0].tolist() == np.lexsort((np.arange(len(counts)), -counts))[:5].tolist()
    frame = trace_frame(_named(pipeline), nobody, 5)
    assert set(frame["source"]) == {FALLBACK}


def test_the_trace_shows_sources_and_tiers(two_stage):
    frame = trace_frame(_named(two_stage), CUT.queries.take(np.array([3])), 5)
    assert frame["rank"].tolist() == [1, 2, 3, 4, 5]
    assert frame["heavy_rank"].tolist() == [1, 2, 3, 4, 5]
    assert frame["light_rank"].notna().all()
    assert set(frame["source"]) <= set(two_stage.spec.source_names())
    shown = two_stage.recommend(CUT.queries.take(np.array([3])), 5).items[0]
    assert frame["item_id"].tolist() == DATA.catalogue.items.decode(shown).tolist()


def _named(pipeline):
    moments = np.full(len(DATA.users), int(CUT.train.time.max()), np.int64)
    titles = DATA.catalogue.titles()
    return FittedPipeline(
        pipeline,
        CUT.train,
        DATA.users,
        DATA.catalogue.items,
        titles,
        moments,
        int(moments[0]),
        "exclude",
    )


def test_lists_by_name_are_the_lists_by_code(two_stage, tmp_path):
    named = _named(two_stage)
    named.save(tmp_path / "pipeline.assay")
    again = FittedPipeline.load(tmp_path / "pipeline.assay")
    users = DATA.users.decode(CUT.queries.user[:4]).tolist()
    frame = again.recommend(users=users, k=3)
    assert frame["user_id"].tolist() == np.repeat(users, 3).tolist()
    history = again.recommend(histories=[["i003", "i001"]], k=4)
    assert history["rank"].tolist() == [1, 2, 3, 4]
    assert not {"i003", "i001"} & set(history["item_id"])
    with pytest.raises(AssayError, match="no user 'nobody'"):
        again.recommend(users=["nobody"])
    with pytest.raises(AssayError, match="no item 'nothing'"):
        again.recommend(histories=[["nothing"]])


def test_an_opened_pipeline_is_warm_and_stores_nothing_that_it_derives(two_stage, tmp_path):
    named = _named(two_stage)
    named.warm()
    popular = two_stage.generators[-1]
    assert "ranking" in vars(popular), "warm computed nothing"
    assert "ranking" not in popular.state()
    named.save(tmp_path / "pipeline.assay")
    again = FittedPipeline.load(tmp_path / "pipeline.assay")
    assert "ranking" in vars(again.pipeline.generators[-1])
    assert "trees" in vars(again.pipeline.rankers[-1])
    before, after = (p.answer(CUT.queries, 10) for p in (named, again))
    assert before.items.tobytes() == after.items.tobytes()
    assert before.scores.tobytes() == after.scores.tobytes()


def test_chunks_cover_every_request_once_and_in_order():
    for n in (0, 1, CHUNK, CHUNK + 1, 2 * CHUNK + 3):
        queries = CUT.queries.take(np.arange(n) % len(CUT.queries))
        found = list(chunks(queries))
        assert np.concatenate([rows for rows, _ in found]).tolist() == list(range(n))
        assert max(len(part) for _, part in found) <= CHUNK
        users = np.concatenate([part.user for _, part in found])
        assert users.tolist() == queries.user.tolist()


def test_what_would_not_fit_is_refused_with_a_way_out():
    document = {
        "schema": 1,
        "name": "big",
        "candidates": [{"stage": "ease", "dense_up_to": 100_000}],
    }
    pipeline = Pipeline(Spec.of(document))
    ((_, estimate),) = pipeline.preflight(DataShape(100_000, 60_000, 2_000_000))
    assert estimate.refusal is not None and "sparse form" in estimate.refusal


def test_rankers_without_a_window_of_their_own_are_refused():
    few = dataset(events=3)
    cut = split(few.interactions, LAST)
    with pytest.raises(AssayError, match="spec without rankers"):
        fit_pipeline(
            Pipeline(Spec.of(TWO_STAGE)),
            cut.train,
            few.catalogue.at(cut.known),
            protocol=LAST,
            seen="exclude",
        )
    assert issubclass(Refused, AssayError)


def test_merging_keeps_each_sources_word():
    a = Candidates(np.array([[5, 2, -1]], np.int32), np.array([[9.0, 8.0, -np.inf]], np.float32))
    b = Candidates(np.array([[2, 7]], np.int32), np.array([[0.5, 0.25]], np.float32))
    merged = merge([a, b], ("a", "b"))
    assert merged.items.tolist() == [[2, 5, 7]]
    assert merged.source_ranks[0].tolist() == [[2, 1], [1, 0], [0, 2]]
    assert merged.source_scores[0, 0].tolist() == [8.0, 0.5]
    assert np.isnan(merged.source_scores[0, 1, 1])


def test_who_cannot_be_answered_enough_gets_popular_items_that_the_filters_let_through():
    counts = np.bincount(CUT.train.item, minlength=CUT.train.n_items)
    frame = DATA.catalogue.frame.assign(available=True)
    frame.loc[np.argsort(-counts)[:25], "available"] = False
    catalogue = replace(KNOWN, frame=frame)
    document = {
        "schema": 1,
        "name": "few",
        "candidates": [{"stage": "ease", "k": 3, "l2": 10.0}],
        "rules": [{"stage": "available"}],
    }
    pipeline = fit_pipeline(
        Pipeline(Spec.of(document)), CUT.train, catalogue, protocol=LAST, seen="exclude"
    )
    items = pipeline.recommend(CUT.queries, 10).items
    assert (items >= 0).all(), "a list came out short"
    assert frame["available"].to_numpy()[items].all()


def test_a_ranker_that_has_learned_nothing_leaves_the_order_as_it_is():
    document = TWO_STAGE | {"rankers": [{"stage": "linear", "keep": 30}]}
    pipeline = fitted(document)
    pipeline.rankers[0].weights_[:] = 0
    plain = fitted(TWO_STAGE | {"rankers": []})
    items = [p.recommend(CUT.queries, 10).items for p in (pipeline, plain)]
    assert (items[0] == items[1]).all()


def test_no_requests_are_an_empty_slate(two_stage):
    slate = two_stage.recommend(CUT.queries.take(np.arange(0)), 5)
    assert slate.items.shape == slate.scores.shape == (0, 5)


def test_the_changes_of_later_chunks_name_their_own_rows():
    few = Queries.of_histories([[0]] * (CHUNK + 3), n_items=CUT.queries.n_items, now=0)
    rows = {"schema": 1, "name": "p", "candidates": [{"stage": "popular"}]}
    rule = {"stage": "sponsored-slot", "slot": 4}
    slate = fitted(rows | {"rules": [rule]}).recommend(few, 5)
    (*_, last) = slate.changes
    assert last.rows.tolist() == [CHUNK, CHUNK + 1, CHUNK + 2]


@pytest.mark.parametrize(
    "protocol", ["time:0.8", "time:1970-03-15", "leave-one-out", "users:0.3", "random:0.2"]
)
def test_rankers_learn_under_every_kind_of_split(protocol):
    cut = split(DATA.interactions, protocol)
    popular = {"schema": 1, "name": "p", "candidates": [{"stage": "popular"}]}
    two_stage, baseline = (
        fit_pipeline(
            Pipeline(Spec.of(document)),
            cut.train,
            DATA.catalogue.at(cut.known),
            protocol=Protocol.parse(protocol),
            seen="exclude",
        )
        for document in (TWO_STAGE, popular)
    )
    assert two_stage.rankers[0].weights_.any(), "the light ranker was given nothing to learn from"
    ndcg = [
        per_user(p.recommend(cut.queries, 5).items, cut.truth, (5,))["ndcg@5"].mean()
        for p in (two_stage, baseline)
    ]
    assert ndcg[0] > ndcg[1]
