"""The whole bake-off with real child processes, on a small dataset."""

import json
import os
import signal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff import BakeoffRequest, entries, run_bakeoff
from pipelines.evaluation.metrics import per_user
from pipelines.evaluation.results import BakeoffDocument
from pipelines.progress import Cancelled
from pipelines.recommend import evaluated_users, open_contender
from pipelines.schema import Ragged
from tests.synthetic import TWO_STAGE, dataset

DATA = dataset()


def request(**changes):
    given = {
        "dataset": DATA.name,
        "specs": [TWO_STAGE],
        "split": "last-n:2",
        "k": 5,
        "metric": "ndcg@5",
    }
    return BakeoffRequest.of(given | changes)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bakeoff")
    document = run_bakeoff(DATA, request(), folder / "b", folder / "stages", "b")
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
    assert outcome.status == "failed"
    assert "signal 9" in outcome.reason and "memory" in outcome.reason
    assert document.contender("popular").status == "scored"


def _children():
    pid = os.getpid()
    return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_cancelled_bakeoff_leaves_no_process(tmp_path):
    def stop(share, message):
        if "Popular" in message:
            raise Cancelled

    before = set(_children())
    with pytest.raises(Cancelled):
        run_bakeoff(DATA, request(), tmp_path / "b", tmp_path / "stages", "b", stop)
    assert set(_children()) <= before


def test_a_budget_makes_a_better_one_too_dear(tmp_path):
    document = run_bakeoff(
        DATA, request(budget={"p95_ms": 0.001}), tmp_path / "b", tmp_path / "stages", "b"
    )
    outcome = next(c for c in document.comparisons if c.contender == "small-two-stage")
    assert outcome.outcome == "better" and outcome.over_budget
    assert "over budget" in outcome.sentence


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"specs": ["nothing-like-it"]}, "no spec 'nothing-like-it'"),
        ({"third_party": ["acme:x"]}, "acme"),
        ({"baseline": "als"}, "does not take part"),
        ({"specs": [TWO_STAGE, TWO_STAGE | {"rankers": []}]}, "named 'small-two-stage'"),
        ({"metric": "ndcg@7"}, "ndcg@7"),
        ({"metric": "speed@5"}, "speed@5"),
    ],
)
def test_a_wrong_request_is_one_sentence(changes, says, tmp_path):
    with pytest.raises(AssayError, match=says):
        run_bakeoff(DATA, request(**changes), tmp_path / "b", tmp_path / "stages", "b")
    assert not (tmp_path / "b").exists()


def test_the_same_spec_twice_is_one_contender():
    assert len(entries(request(specs=[TWO_STAGE, TWO_STAGE, "popular"]))) == 3
