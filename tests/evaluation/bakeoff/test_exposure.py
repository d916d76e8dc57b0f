"""Whether a log can correct for what was shown: what it holds, what that is worth, what to log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from pipelines import registry
from pipelines.cli.bakeoff import print_bakeoff
from pipelines.data import dataset as stored
from pipelines.data.dataset import Dataset
from pipelines.evaluation.bakeoff.exposure import exposure_of, trusted
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.run import run_bakeoff
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.reading.lists import GroundTruth
from pipelines.schema import Ragged
from pipelines.testing.datasets import dataset

BARE = dataset()


def key(propensity: Any) -> GroundTruth:
    """One truth for each of the propensities given, or 300 without any."""
    n = 300 if propensity is None else len(propensity)
    truth = Ragged(np.arange(n + 1, dtype=np.int64), np.zeros(n, np.int32))
    return GroundTruth(
        truth, propensity=None if propensity is None else np.array(propensity, float)
    )


def with_context(folder: Path, **columns: Any) -> Dataset:
    """The synthetic events with more columns beside them, stored and read back."""
    folder.mkdir()
    stored.save(BARE, folder, pa.table(columns))
    return stored.load(folder)


def test_a_log_without_propensities_is_told_what_to_log(tmp_path: Path) -> None:
    found = exposure_of(key(None), BARE)
    assert (found.truths, found.propensities, found.ess, found.corrected) == (300, 0, None, False)
    assert found.sentence == (
        "Offline metrics reward items that were already shown: users could choose only from what "
        "they were shown, and the log has no propensity (probability of being shown) for any of "
        "the 300 held-out interactions. From now on, log the position and the propensity of each "
        "item shown, and show some items at random (`assay readiness two-tastes --plan FOLDER` "
        "writes a plan). `assay data audit two-tastes` measures how much a leaking split inflates "
        "the metrics."
    )
    placed = with_context(tmp_path / "d", position=np.ones(len(BARE.interactions), np.int32))
    assert " log the propensity of each item shown," in exposure_of(key(None), placed).sentence


@pytest.mark.parametrize("tiny", [1e-6, 1e-160, 5e-324])
def test_one_tiny_propensity_outweighs_all_others(tiny: float) -> None:
    found = exposure_of(key([0.5] * 300 + [tiny]), BARE)
    assert not found.corrected and found.ess == pytest.approx(1.0, abs=1e-2)
    assert "their effective sample size is 1, and 100 are needed" in found.sentence


def test_enough_propensities_are_told_with_their_worth() -> None:
    found = exposure_of(key([0.25] * 200 + [0.5] * 100 + [np.nan] * 50), BARE)
    # (200 × 4 + 100 × 2)² ÷ (200 × 16 + 100 × 4) = 1,000,000 ÷ 3,600
    assert found.ess == pytest.approx(277.7777777)
    assert (found.truths, found.propensities, found.corrected) == (350, 300, True)
    assert "logged for 300 of 350 held-out interactions (the others are left out)" in found.sentence
    assert "effective sample size of 278" in found.sentence and "debiased_ndcg" in found.sentence
    whole = exposure_of(key([0.25] * 200), BARE)
    assert "logged for 200 of 200 held-out interactions, with" in whole.sentence


@pytest.mark.parametrize(
    ("propensity", "corrected", "says"),
    [
        ([0.5] * 100, True, "100 of 100"),
        ([0.5] * 99, False, "size is 99, and 100 are needed"),
        # One truth with a weight of 1e6 among 20,000 with 2: (1,040,000)² ÷ (1e12 + 80,000) = 1.08.
        ([0.5] * 20_000 + [1e-6], False, "size is 1, and 200 are needed"),
        ([1.0] * 151 + [0.5] * 149, False, "50.3% of them are 1 (a fixed order)"),
        ([1.0] * 150 + [0.5] * 150, True, "300 of 300"),
        ([1.0] * 300, False, "100% of them are 1 (a fixed order)"),
        ([0.0, -1.0, 1.5, np.inf, np.nan] * 60, False, "for any of the 300 held-out"),
        ([0.5] * 200 + [0.0, 1.5] * 50, True, "200 of 300"),
    ],
)
def test_the_refusal_comes_below_the_documented_minimum(
    propensity: list[float], corrected: bool, says: str
) -> None:
    asked = key(propensity)
    found = exposure_of(asked, BARE)
    assert found.corrected is corrected
    assert says in found.sentence
    assert ("assay data audit" in found.sentence) is not corrected
    assert (trusted(asked, found).propensity is None) is not corrected


def ran(data: Dataset, folder: Path) -> BakeoffDocument:
    request = BakeoffRequest.of({"dataset": data.name, "split": "last-n:3"})
    return run_bakeoff(data, request, folder / "b", folder / "stages", "b")


def test_a_bakeoff_says_so_in_one_note(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = ran(BARE, tmp_path)
    assert document.exposure is not None and not document.exposure.corrected
    assert document.exposure.truths == document.manifest["truths"]
    assert document.notes == [document.exposure.sentence]
    print_bakeoff(document, as_json=False)
    printed = " ".join(capsys.readouterr().out.split())
    assert printed.count(document.exposure.sentence) == 1
    older = document.model_dump(mode="json")
    del older["exposure"]
    assert BakeoffDocument.model_validate(older).exposure is None


def test_a_bakeoff_on_a_log_with_propensities(tmp_path: Path) -> None:
    n = len(BARE.interactions)
    chance = np.random.default_rng(5).uniform(0.2, 0.9, n)
    chance[::10] = np.nan
    data = with_context(tmp_path / "d", position=np.ones(n, np.int32), propensity=chance)
    document = ran(data, tmp_path)
    found = document.exposure
    assert found is not None and found.corrected and found.ess is not None
    assert 0 < found.propensities < found.truths == document.manifest["truths"]
    assert 100 < found.ess < found.propensities
    assert document.notes == [found.sentence]


@pytest.mark.skipif(
    "debiased_ndcg" not in registry.names("metrics"), reason="there are no debiased metrics"
)
def test_debiased_metrics_are_there_where_they_are_trusted(tmp_path: Path) -> None:
    n = len(BARE.interactions)
    for name, chance in (("drawn", 0.5), ("fixed", 1.0)):
        data = with_context(tmp_path / name, propensity=np.full(n, chance))
        popular = ran(data, tmp_path / f"of-{name}").contender("popular")
        assert popular is not None
        assert ("debiased_ndcg@10" in popular.metrics) is (name == "drawn")
