"""Further fits: what one of them lacks is told, and the others still count."""

from pathlib import Path

import numpy as np
import pytest

from pipelines.evaluation.bakeoff import refits as module
from pipelines.evaluation.bakeoff.afterwards import write_values
from pipelines.evaluation.bakeoff.outcome import Outcome
from pipelines.evaluation.bakeoff.refits import Refits
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.scoring import scored_of
from pipelines.evaluation.manifest.manifest import Manifest
from pipelines.evaluation.results.document import ContenderResult
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.reading.lists import GroundTruth
from pipelines.runtime.progress import silent
from pipelines.schema import Ragged
from pipelines.statistics.interval import Interval

USERS = np.array([f"u{n}" for n in range(40)], object)
MANIFEST = Manifest(
    dataset="made-up", fingerprint="f", users=40, users_hash="u", items=9, catalogue_hash="c",
    ks=(5, 10), metric="ndcg@10",
)  # fmt: skip
RANDOM, POPULAR = BakeoffRequest(dataset="made-up").entries


def fit(value: float, *names: str) -> dict[str, np.ndarray | Interval]:
    """The metrics of one fit: per-user values around `value`, and one over all lists."""
    values = np.linspace(value - 0.1, value + 0.1, len(USERS))
    return dict.fromkeys(names, values) | {
        "coverage@10": Interval(value=value, low=value - 0.1, high=value + 0.1)
    }


def test_a_metric_that_fails_in_one_fit_is_told_and_the_others_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    further = iter([fit(0.4, "ndcg@10"), fit(0.6, "ndcg@10", "own@10")])

    def answered(entry, folder, here, stages, progress, number):  # type: ignore[no-untyped-def]
        here.mkdir(parents=True)
        np.savez(here / "answer.npz", items=np.zeros((len(USERS), 10), np.int32))
        return Outcome()

    def evaluated(lists, ks, notes):  # type: ignore[no-untyped-def]
        found = next(further)
        if "own@10" not in found:
            notes.append("The metric own failed and is left out: it broke.")
        return found

    monkeypatch.setattr(module, "run_in_child", answered)
    monkeypatch.setattr(module, "evaluate", evaluated)
    monkeypatch.setattr(module, "Lists", lambda items, key: items)
    first = scored_of(fit(0.2, "ndcg@10", "own@10"))
    one = ContenderResult(name="random", title="Random", kind="baseline", status="scored")
    key = GroundTruth(Ragged.empty(len(USERS)))
    refits = Refits(tmp_path, tmp_path, key, MANIFEST, 3)
    result, scored = refits.add(RANDOM, one, first, silent)
    assert result.notes == ["Fit 2 of 3: The metric own failed and is left out: it broke."]
    assert scored.per_user["ndcg@10"].fits == (0, 1, 2) and scored.per_user["own@10"].fits == (0, 2)
    assert result.metrics["ndcg@10"].value == pytest.approx(0.4)
    assert result.metrics["own@10"].value == pytest.approx(0.4)
    assert result.metrics["coverage@10"].value == pytest.approx(0.4)
    write_values(scored, USERS, tmp_path / "contenders" / "random")
    stored = BakeoffFolder(tmp_path)
    for name, values in scored.per_user.items():
        again = stored.fit_values("random", name)
        assert again.fits == values.fits and np.array_equal(again.values, values.values)


def test_what_does_not_draw_is_not_fitted_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(module, "run_in_child")
    first = scored_of(fit(0.2, "ndcg@10"))
    one = ContenderResult(name="popular", title="Popular", kind="baseline", status="scored")
    key = GroundTruth(Ragged.empty(len(USERS)))
    refits = Refits(tmp_path, tmp_path, key, MANIFEST, 3)
    result, scored = refits.add(POPULAR, one, first, silent)
    assert result.spread is not None and not result.spread.draws
    assert (result.spread.sd, result.spread.seconds) == (0.0, 0.0)
    assert scored.per_user.keys() == first.per_user.keys()
