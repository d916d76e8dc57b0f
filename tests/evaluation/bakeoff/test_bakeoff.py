"""The whole bake-off with real child processes, on a small dataset."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator

from pipelines.data.split import Protocol, split
from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff.built import step_rows
from pipelines.evaluation.bakeoff.opened import evaluated_users, open_contender
from pipelines.evaluation.bakeoff.outcome import Outcome
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.run import run_bakeoff
from pipelines.evaluation.manifest.document import schema
from pipelines.evaluation.manifest.manifest import Manifest
from pipelines.evaluation.metrics.accuracy import per_user
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.runtime import paths
from pipelines.runtime.progress import Cancelled
from pipelines.schema import Ragged
from pipelines.testing.datasets import TWO_STAGE, dataset

DATA = dataset()


def request(**changes):
    given = {
        "dataset": DATA.name,
        "specs": [TWO_STAGE],
        "split": "last-n:2",
        "k": 5,
        "metric": "ndcg@5",
        "refits": 1,
    }
    return BakeoffRequest.of(given | changes)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bakeoff")
    document = run_bakeoff(DATA, request(refits=2), folder / "b", folder / "stages", "b")
    return folder / "b", document


def test_everyone_answers_the_same_manifest_and_popular_is_always_there(finished):
    _, document = finished
    kinds = {c.name: c.kind for c in document.contenders}
    assert kinds == {"random": "baseline", "popular": "baseline", "small-two-stage": "built"}
    for contender in document.contenders:
        assert contender.status == "scored", contender.reason
        assert contender.requested == contender.answered == document.manifest["users"]
        assert contender.request_ms and contender.request_ms.p50 <= contender.request_ms.p95
        assert contender.peak_mb and contender.fit_seconds is not None
        found = contender.metrics["ndcg@5"]
        assert found.low <= found.value <= found.high
    best = document.contender("small-two-stage")
    assert best.metrics["ndcg@5"].low > document.contender("popular").metrics["ndcg@5"].value
    declared = document.comparisons[0]
    assert (declared.metric, declared.baseline) == ("ndcg@5", "popular")
    outcome = next(c for c in document.comparisons if c.contender == "small-two-stage")
    assert outcome.outcome == "better"


def test_the_metrics_are_those_of_the_lists_on_disk(finished):
    folder, document = finished
    truth = pd.read_parquet(folder / "truth.parquet")
    for contender in document.contenders:
        lists = pd.read_parquet(folder / "contenders" / contender.name / "lists.parquet")
        values = pd.read_parquet(folder / "contenders" / contender.name / "per_user.parquet")
        users = values["user_id"].tolist()
        code = DATA.catalogue.items.encode
        of = lists.sort_values("rank").groupby("user_id")["item_id"].agg(list)
        rows = [code(of.get(u, [])).tolist() for u in users]
        items = np.array([r + [-1] * (20 - len(r)) for r in rows], np.int32)
        taken = truth.groupby("user_id")["item_id"].agg(list)
        again = per_user(items, Ragged.of([code(taken[u]).tolist() for u in users]), (5,))
        assert np.allclose(again["ndcg@5"], values["ndcg@5"], atol=1e-12)
        mean = BakeoffFolder(folder).values(contender.name, "ndcg@5").mean()
        assert mean == pytest.approx(contender.metrics["ndcg@5"].value)


def test_what_draws_is_fitted_again_and_the_spread_is_told(finished):
    folder, document = finished
    stored = BakeoffFolder(folder)
    for contender in document.contenders:
        spread = contender.spread
        assert spread is not None
        draws = contender.name != "popular"
        assert (spread.draws, spread.refits) == (draws, 2 if draws else 1)
        assert stored.fits(contender.name) == ((0, 1) if draws else (0,))
        found = stored.fit_values(contender.name, "ndcg@5").values.mean(axis=0)
        assert (spread.low, spread.high) == pytest.approx((found.min(), found.max()))
        assert spread.sd == pytest.approx(found.std(ddof=1) if draws else 0.0)
        assert (spread.seconds > 0) == draws
    assert (stored.lists("small-two-stage") != stored.lists("small-two-stage", 1)).any()
    first = pd.read_parquet(folder / "contenders" / "random" / "per_user.parquet")["ndcg@5"]
    assert first.tolist() == stored.fit_values("random", "ndcg@5").values[:, 0].tolist()


def test_a_fit_that_fails_is_told_and_the_spread_is_unknown(tmp_path, monkeypatch):
    from pipelines.evaluation.bakeoff import refits as module

    def broken(entry, folder, here, stages, progress, fit):
        return Outcome(status="failed", reason="Its process ended with signal 9.")

    monkeypatch.setattr(module, "run_in_child", broken)
    document = run_bakeoff(
        DATA, request(specs=[], refits=3), tmp_path / "b", tmp_path / "stages", "b"
    )
    random = document.contender("random")
    assert random.status == "scored" and random.spread.refits == 1
    assert random.spread.sd is random.spread.low is random.spread.high is None
    assert "Fit 2 of 3, with another seed, is left out: Its process ended" in random.notes[0]
    assert len(random.notes) == 2
    (declared,) = (c for c in document.comparisons if c.metric == "ndcg@5")
    assert declared.drawn_once == "fit"
    assert "This is for one fit only" in declared.sentence


def test_the_seed_of_a_bakeoff_reaches_what_draws(finished, tmp_path):
    other = run_bakeoff(DATA, request(specs=[], seed=5), tmp_path / "b", tmp_path / "s", "b")
    folder, document = finished
    assert other.manifest["users_hash"] == document.manifest["users_hash"]
    mine, theirs = (BakeoffFolder(f).lists("random") for f in (tmp_path / "b", folder))
    assert (mine != theirs).any()
    same = (BakeoffFolder(f).lists("popular") for f in (tmp_path / "b", folder))
    assert np.array_equal(*same)


def test_the_waterfall_only_ever_loses_truths(finished):
    _, document = finished
    steps = document.contender("small-two-stage").waterfall
    assert [s.stage for s in steps] == ["candidates", "linear", "lambdarank"]
    recalls = [s.recall for s in steps]
    assert recalls == sorted(recalls, reverse=True) and recalls[0] <= 1


def test_asked_again_a_contender_gives_the_list_of_the_bakeoff(finished):
    folder, _ = finished
    stored = folder / "contenders" / "small-two-stage" / "lists.parquet"
    before = pd.read_parquet(stored)
    hidden = stored.rename(stored.with_suffix(".away"))
    try:
        opened = open_contender(folder, "small-two-stage")
        users = evaluated_users(folder)
        batch = opened.recommend(users=users, k=5)
        alone = opened.recommend(users=[users[7]], k=5)
    finally:
        hidden.rename(stored)
    first = before[before["rank"] <= 5].reset_index(drop=True)
    assert batch["item_id"].tolist() == first["item_id"].tolist()
    assert alone["item_id"].tolist() == first[first["user_id"] == users[7]]["item_id"].tolist()


def test_the_document_is_one_json_value_and_comes_back_the_same(finished):
    folder, document = finished
    text = (folder / "document.json").read_text()
    assert BakeoffDocument.model_validate_json(text) == document
    assert set(json.loads(text)) >= {"id", "dataset", "manifest", "contenders", "comparisons"}
    assert not (folder / "task.assay").exists()


def test_the_manifest_on_disk_fits_its_schema_and_is_the_documents(finished):
    folder, document = finished
    stored = json.loads((folder / "manifest.json").read_text())
    assert list(Draft202012Validator(schema()).iter_errors(stored)) == []
    assert Manifest.read(stored) == Manifest.read(document.manifest)
    assert stored.items() <= document.manifest.items()
    facts = set(document.manifest) - set(stored)
    page = (paths.CHECKOUT / "docs" / "manifest.md").read_text()
    assert facts and all(f"`{fact}`" in page for fact in facts)


def test_the_child_is_not_given_the_truth(tmp_path, monkeypatch):
    from pipelines.evaluation.bakeoff import run as module

    seen = {}

    def look(entry, folder, here, stages, progress):
        from pipelines.evaluation.bakeoff.task import ContenderTask

        seen["task"] = ContenderTask.load(folder)
        raise Cancelled

    monkeypatch.setattr(module, "run_in_child", look)
    with pytest.raises(Cancelled):
        run_bakeoff(DATA, request(), tmp_path / "b", tmp_path / "stages", "b")
    assert not (tmp_path / "b" / "truth.parquet").exists()
    cut = split(DATA.interactions, Protocol.parse("last-n:2"), seen=DATA.about.seen)
    task = seen["task"]
    users, items = task.users.ids[task.train.user], task.catalogue.items.ids[task.train.item]
    trained = set(zip(users, items, strict=True))
    who = np.repeat(DATA.users.decode(cut.queries.user), cut.truth.lengths())
    truth = set(zip(who, DATA.catalogue.items.decode(cut.truth.values), strict=True))
    assert len(truth) > 100 and not trained & truth


def test_a_budget_makes_a_better_one_too_dear(tmp_path):
    document = run_bakeoff(
        DATA,
        request(specs=["ease-recent"], budget={"p95_ms": 0.001}),
        tmp_path / "b",
        tmp_path / "stages",
        "b",
    )
    outcome = next(c for c in document.comparisons if c.contender == "ease-recent")
    assert outcome.outcome == "better" and outcome.over_budget
    assert "over budget" in outcome.sentence


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"specs": ["nothing-like-it"]}, "no spec 'nothing-like-it'"),
        ({"third_party": ["acme:x"]}, "acme"),
        ({"baseline": "als"}, "is not a contender"),
        ({"specs": [TWO_STAGE, TWO_STAGE | {"rankers": []}]}, "named 'small-two-stage'"),
        ({"metric": "ndcg@7"}, "ndcg@7"),
        ({"metric": "speed@5"}, "speed@5"),
        ({"rules": [{"stage": "no-such-rule"}]}, "no-such-rule"),
        ({"rules": [{"cap": 2}]}, "A rule of the bake-off is not valid: stage"),
        ({"rules": [{"stage": "category-cap", "cap": 0}]}, "invalid setting: cap"),
    ],
)
def test_a_wrong_request_is_one_sentence(changes, says, tmp_path):
    with pytest.raises(AssayError, match=says):
        run_bakeoff(DATA, request(**changes), tmp_path / "b", tmp_path / "stages", "b")
    assert not (tmp_path / "b").exists()


def test_the_same_spec_twice_is_one_contender():
    assert len(request(specs=[TWO_STAGE, TWO_STAGE, "popular"]).entries) == 3


def test_a_short_list_is_the_first_places_of_the_bakeoffs_also_under_its_rules(tmp_path):
    """Asked for more than a tier keeps, a pipeline weighs more; asked again it must do the same."""
    rules = [{"stage": "category-cap", "cap": 3}]
    changes = {"k": 25, "metric": "ndcg@5", "rules": rules}
    run_bakeoff(DATA, request(**changes), tmp_path / "b", tmp_path / "stages", "b")
    categories = DATA.catalogue.frame.set_index("item_id")["categories"]
    for name in ("random", "small-two-stage"):
        stored = pd.read_parquet(tmp_path / "b" / "contenders" / name / "lists.parquet")
        opened = open_contender(tmp_path / "b", name)
        users = evaluated_users(tmp_path / "b")[:20]
        again = opened.recommend(users=users, k=6)
        first = stored[(stored["rank"] <= 6) & stored["user_id"].isin(users)]
        pd.testing.assert_frame_equal(again, first.reset_index(drop=True))
        shown = stored["item_id"].map(categories).groupby(stored["user_id"])
        assert (shown.agg(lambda parts: parts.value_counts().max()) <= 3).all()
        trace = opened.trace(user=users[0], k=6)
        mine = again[again["user_id"] == users[0]]
        assert trace["item_id"].tolist() == mine["item_id"].tolist()


def test_who_has_nothing_to_give_is_not_scored_rather_than_zero(tmp_path):
    frame = DATA.catalogue.frame.assign(available=False)
    bare = replace(DATA, catalogue=replace(DATA.catalogue, frame=frame))
    spec = {
        "schema": 1,
        "name": "closed",
        "candidates": [{"stage": "popular"}],
        "rules": [{"stage": "available"}],
    }
    document = run_bakeoff(bare, request(specs=[spec]), tmp_path / "b", tmp_path / "stages", "b")
    closed = document.contender("closed")
    assert (closed.status, closed.answered, closed.metrics) == ("not scored", 0, {})
    assert closed.reason == "It gave no list for 80 of 80 users."
    assert document.contender("popular").status == "scored"


def test_steps_are_watched_for_some_requests_where_there_are_many(monkeypatch):
    assert step_rows(3).tolist() == [0, 1, 2]
    monkeypatch.setattr("pipelines.evaluation.bakeoff.built.STEP_REQUESTS", 5)
    assert step_rows(9).tolist() == [0, 2, 4, 6, 8]


def test_people_who_were_held_out_are_asked_again_with_their_own_histories(tmp_path):
    asked = request(split="users:0.2")
    document = run_bakeoff(DATA, asked, tmp_path / "b", tmp_path / "stages", "b")
    assert [c.status for c in document.contenders] == ["scored"] * 3
    assert document.manifest["cold_users"] == document.manifest["users"] == 16
    assert document.manifest["users_without_history"] == 0
    opened = open_contender(tmp_path / "b", "small-two-stage")
    users = evaluated_users(tmp_path / "b")
    lists = pd.read_parquet(tmp_path / "b" / "contenders" / "small-two-stage" / "lists.parquet")
    first = lists[lists["rank"] <= 5].reset_index(drop=True)
    again = opened.recommend(users=users, k=5)
    assert again["item_id"].tolist() == first["item_id"].tolist()


def test_splits_that_must_not_decide_are_refused_before_anything_is_loaded():
    with pytest.raises(AssayError, match="assay data audit"):
        _ = request(split="random:0.1").entries
    with pytest.raises(AssayError, match="users without training events"):
        _ = request(split="users:0.1", third_party=["stand-in"]).entries
