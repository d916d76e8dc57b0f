"""A bake-off of honest contenders on small data: what its document says of its checks."""

import pytest

from pipelines.evaluation.bakeoff.checks.examine import CHECKS
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.run import run_bakeoff
from pipelines.evaluation.results.folder import read_document
from pipelines.testing.datasets import dataset


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    folder = tmp_path_factory.mktemp("honest")
    data = dataset()
    spec = {"schema": 1, "name": "als", "candidates": [{"stage": "als", "k": 30, "factors": 8}]}
    given = {"dataset": data.name, "specs": [spec], "split": "last-n:4", "refits": 2}
    run_bakeoff(data, BakeoffRequest.of(given), folder / "b", folder / "stages", "b")
    return read_document(folder / "b")


def test_every_check_is_in_the_document_and_none_flags_an_honest_contender(document):
    evidence = document.evidence
    assert [check.name for check in evidence.checks] == [check.name for check in CHECKS]
    assert [f"{check.name}: {check.sentence}" for check in evidence.flagged] == []
    assert evidence.grade == "passed in part"


def test_what_could_not_run_says_why(document):
    states = {c.name: (c.state, c.sentence) for c in document.evidence.checks}
    assert states["training-date"] == ("could not run", "No third party takes part.")
    assert states["strangers"][0] == "could not run"
    assert states["too-good"][1].startswith("Under this split contenders train on other users'")
    left_out = next(c.not_run for c in document.evidence.checks if c.name == "test-period")
    assert left_out["als"] == "Its lists are personal."
