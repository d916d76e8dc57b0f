"""A whole bake-off: each contender's behavior, and a required set that is honored."""

import json
from dataclasses import replace

import pytest

from pipelines import registry
from pipelines.cli.bakeoff import print_bakeoff
from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.run import run_bakeoff
from pipelines.evaluation.behavior.probes import Probes
from pipelines.evaluation.results.document import BakeoffDocument, ContenderResult
from pipelines.testing.datasets import TWO_STAGE, dataset, with_prices_and_offers

SHOP = with_prices_and_offers(dataset())
FRAME = SHOP.catalogue.frame.assign(brand=[f"brand {i % 3}" for i in range(60)])
DATA = replace(SHOP, catalogue=replace(SHOP.catalogue, frame=FRAME))


def request(**changes):
    given = {
        "dataset": DATA.name,
        "specs": [TWO_STAGE],
        "third_party": ["stand-in"],
        "split": "last-n:2",
        "k": 5,
        "metric": "ndcg@5",
        "required": ["similar-users", "small-change=0.4", "one-item=0.9"],
    }
    return BakeoffRequest.of(given | changes)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bakeoff")
    return folder / "b", run_bakeoff(DATA, request(), folder / "b", folder / "stages", "b")


def of(document, contender, test):
    return next(b for b in document.contender(contender).behavior if b.name == test)


def test_each_contender_has_a_verdict_on_each_test(finished):
    _, document = finished
    assert document.manifest["required"] == ["one-item=0.9", "similar-users", "small-change=0.4"]
    for contender in document.contenders:
        assert contender.status == "scored", contender.reason
        assert [b.name for b in contender.behavior] == list(registry.names("behavior"))
        for found in contender.behavior:
            assert found.sentence.endswith(".")
            assert (found.value is None) == (found.state == "not run") == bool(found.reason)


def test_contenders_behave_as_they_are_built(finished):
    _, document = finished
    assert of(document, "popular", "similar-users").state == "fail"
    assert of(document, "random", "small-change").state == "fail"
    assert of(document, "small-two-stage", "similar-users").state == "pass"
    assert of(document, "small-two-stage", "one-item").state == "pass"
    for name in ("random", "popular", "small-two-stage"):
        assert of(document, name, "input-order").state == "pass"
        assert of(document, name, "price").value > 0
        assert of(document, name, "brand").state == "value"


def test_a_third_party_is_not_asked_for_made_up_histories(finished):
    folder, document = finished
    for test in ("small-change", "input-order"):
        found = of(document, "stand-in", test)
        assert found.state == "not run" and "a made-up history" in found.reason
    assert of(document, "stand-in", "one-item").state in ("pass", "fail")
    assert "made-up" in Probes.load(folder / "contenders" / "stand-in").why_not


def test_who_fails_a_required_test_is_no_clean_winner(finished):
    _, document = finished
    ours = document.contender("small-two-stage")
    declared = {c.contender: c for c in document.comparisons if c.metric == "ndcg@5"}
    assert ours.failed_required == []
    assert declared["small-two-stage"].outcome == "better"
    assert not declared["small-two-stage"].failed_required
    theirs = document.contender("stand-in")
    (told,) = theirs.failed_required
    assert told.startswith("Fails the required test small-change: Not run: The stand-in recommends")
    assert declared["stand-in"].failed_required
    assert "fails a required test." in declared["stand-in"].sentence
    assert all(c.failed_required for c in document.comparisons if c.contender == "stand-in")


def test_the_command_line_has_a_line_per_contender_that_fails(finished, capsys):
    _, document = finished
    print_bakeoff(document, as_json=False)
    said = " ".join(capsys.readouterr().out.split())
    assert "Popular fails behavioral tests: similar-users (required)" in said
    assert "fails behavioral tests: small-change (required, not run)" in said
    required = {name.partition("=")[0] for name in document.manifest["required"]}
    for contender in document.contenders:
        states = [(b.state, b.name in required) for b in contender.behavior]
        fails = any(state == "fail" or (state == "not run" and must) for state, must in states)
        assert (f"{contender.title} fails behavioral tests" in said) == fails


def test_the_document_comes_back_and_an_older_one_loads(finished):
    folder, document = finished
    text = (folder / "document.json").read_text()
    assert BakeoffDocument.model_validate_json(text) == document
    older = json.loads(text)
    for contender in older["contenders"]:
        del contender["behavior"], contender["failed_required"]
    for comparison in older["comparisons"]:
        del comparison["failed_required"]
    found = BakeoffDocument.model_validate(older)
    assert found.contenders[0].behavior == [] and not found.comparisons[0].failed_required
    assert ContenderResult(name="a", title="A", kind="built", status="failed").behavior == []


def test_what_cannot_be_required_is_told_before_anything_runs(tmp_path):
    with pytest.raises(AssayError, match="require one of"):
        _ = request(required=["nothing"]).entries
    with pytest.raises(AssayError, match="require one of"):
        run_bakeoff(DATA, request(required=["nothing"]), tmp_path / "b", tmp_path / "s", "b")
    assert not (tmp_path / "b").exists()
