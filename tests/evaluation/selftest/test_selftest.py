"""Every planted fault is named, and no honest bake-off flagged."""

from dataclasses import replace

import pytest

from pipelines.data import dataset as stored
from pipelines.data.samples import materialize
from pipelines.evaluation.selftest import document
from pipelines.evaluation.selftest.run import FAULTS, selftest
from pipelines.testing.datasets import dataset


@pytest.mark.long
@pytest.mark.timeout(600)
def test_every_planted_fault_is_named_and_no_honest_bakeoff_flagged(tmp_path):
    materialize("movielens-small", tmp_path / "data")
    found = selftest(stored.load(tmp_path / "data"), tmp_path / "home", FAULTS)
    assert [f"{one.fault}: {one.sentence}" for one in found.missed] == []
    assert [f"{one.name}: {one.sentence}" for one in found.alarms] == []
    assert found.passed


def test_small_data_too_and_a_fault_that_is_not_named_fails_the_selftest(tmp_path):
    """The last fault changes nothing, so that no check can name it."""
    names = ("past-cut-off", "rotated-values", "missing-users", "reads-truth")
    faults = [fault for fault in FAULTS if fault.name in names]
    harmless = replace(FAULTS[0], name="none", plant=lambda bench: bench.copy())
    found = selftest(dataset(), tmp_path / "home", [*faults, harmless])
    assert [one.fault for one in found.missed] == ["none"] and found.alarms == []
    assert not found.passed
    assert found.sentence == "4 of 5 planted faults named; no check flagged 1 honest bake-off."


def test_there_are_at_least_twenty_faults_with_names_of_their_own():
    assert len(FAULTS) >= 20 and len({fault.name for fault in FAULTS}) == len(FAULTS)


def test_the_tables_are_those_of_the_checks_and_faults():
    """Where this fails: python -m pipelines.evaluation.selftest.document."""
    text = document.FILE.read_text()
    assert document.filled(text) == text


def test_the_command_says_which_faults_there_are(assay):
    code, _, err = assay("selftest", "--fault", "no-such-fault")
    assert code == 2 and "There is no fault 'no-such-fault'; use one of past-cut-off," in err
