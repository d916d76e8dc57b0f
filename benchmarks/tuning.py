"""ALS and EASE on the bundled sample, tuned on a validation window inside the training data.

The test window is not looked at while choosing: the training part of `last-n:5` is split
once more by the same protocol, each setting is fitted on the older part and judged on the
newer. The chosen settings stand in `tests/test_sample_quality.py`.
"""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

PROTOCOL = "last-n:5"
GRIDS: dict[str, dict[str, list[object]]] = {
    "als": {
        "factors": [32, 64, 128],
        "regularization": [1.0, 10.0, 30.0],
        "alpha": [1.0, 2.0, 5.0],
    },
    "ease": {
        "l2": [100.0, 200.0, 500.0, 1000.0],
        "half_life": [1.0, 2.0, 3.0, 5.0, 10.0, 20.0, None],
    },
}


def run(peer_python: Path) -> None:
    from pipelines.data import dataset as stored
    from pipelines.data.samples import materialize
    from pipelines.data.split import Protocol, split
    from pipelines.evaluation.metrics.accuracy import per_user
    from pipelines.recommender.fitting import fit_pipeline
    from pipelines.recommender.pipeline import Pipeline
    from pipelines.recommender.spec import Spec

    with tempfile.TemporaryDirectory() as folder:
        materialize("movielens-small", Path(folder))
        data = stored.load(Path(folder))
    outer = split(data.interactions, PROTOCOL)
    inner = split(outer.train, PROTOCOL)
    for stage, grid in GRIDS.items():
        tried = []
        for values in itertools.product(*grid.values()):
            settings = dict(zip(grid, values, strict=True))
            block = {"stage": stage, "k": 20, **settings}
            pipeline = Pipeline(Spec.of({"schema": 1, "name": stage, "candidates": [block]}))
            fit_pipeline(
                pipeline,
                inner.train,
                data.catalogue.at(inner.known),
                protocol=Protocol.parse(PROTOCOL),
                seen="exclude",
            )
            shown = pipeline.recommend(inner.queries, 10).items
            tried.append((float(per_user(shown, inner.truth, (10,))["ndcg@10"].mean()), settings))
        tried.sort(key=lambda pair: -pair[0])
        print(f"{stage}: best of {len(tried)} settings on the validation window, ndcg@10")
        for value, settings in tried[:3]:
            print(f"  {value:.4f}  {settings}")
