"""Two stages against tuned single models on the bundled sample.

ALS and EASE stand here with the settings that `python -m benchmarks tuning` finds on a
validation window inside the training data; two-stage is the spec as it ships.
"""

import pytest

from pipelines.data import dataset as stored
from pipelines.data.samples import materialize
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.run import run_bakeoff
from pipelines.evaluation.comparison.comparison import compare
from pipelines.evaluation.results.fit_values import paired_fits
from pipelines.evaluation.results.folder import BakeoffFolder

TUNED = [
    {
        "schema": 1,
        "name": "als-tuned",
        "candidates": [
            {"stage": "als", "k": 100, "factors": 64, "regularization": 10.0, "alpha": 2.0}
        ],
    },
    {
        "schema": 1,
        "name": "ease-tuned",
        "candidates": [{"stage": "ease", "k": 100, "l2": 500.0, "half_life": 3.0}],
    },
]


@pytest.mark.long
@pytest.mark.slow
def test_two_stage_beats_popular_and_tuned_als_and_ease(tmp_path):
    folder = tmp_path / "sample"
    materialize("movielens-small", folder)
    data = stored.load(folder)
    request = BakeoffRequest.of(
        {"dataset": data.name, "specs": [*TUNED, "two-stage"], "split": "last-n:5"}
    )
    document = run_bakeoff(data, request, tmp_path / "b", tmp_path / "stages", "b")

    folder = BakeoffFolder(tmp_path / "b")
    ours = folder.fit_values("two-stage", "ndcg@10")
    for other in ("popular", "als-tuned", "ease-tuned"):
        pair = paired_fits(ours, folder.fit_values(other, "ndcg@10"))
        found = compare("two-stage", other, "ndcg@10", *pair, 0.02)
        assert found.low > 0, found.sentence
    assert document.manifest["split_note"] == (
        "benchmark protocol: models train on other users' future events"
    )
