"""Whether prices and offers help as features: two-stage with and without them, paired by user."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.figures.measuring import cell, short
from pipelines.data import dataset as stored
from pipelines.data.dataset import Dataset
from pipelines.data.samples import materialize
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.run import run_bakeoff
from pipelines.evaluation.comparison.comparison import compare
from pipelines.evaluation.results.fit_values import paired_fits
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.schema import Columns

SAMPLE, SPEC, SPLIT = "complete-journey", "two-stage", "windows:2"
METRICS = ("ndcg@10", "recall@10")


def measure() -> dict[str, Any]:
    """Values with and without the features, and differences, in the last window and before it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        materialize(SAMPLE, path / SAMPLE)
        data = stored.load(path / SAMPLE)
        sides = {
            "without": _bakeoff(_without(data), path / "without"),
            "with": _bakeoff(data, path / "with"),
        }
        before, last = ({side: of.windows[at] for side, of in sides.items()} for at in (0, 1))
        command = f"assay bakeoff {SPEC} --data {SAMPLE} --split {SPLIT}"
        return {"command": command, "last": _compared(last), "before": _compared(before)}


def _without(data: Dataset) -> Dataset:
    frame = data.catalogue.frame.drop(columns=Columns.PRICE, errors="ignore")
    return replace(data, catalogue=replace(data.catalogue, frame=frame, offers=None))


def _bakeoff(data: Dataset, folder: Path) -> BakeoffFolder:
    given = {"dataset": data.name, "specs": [SPEC], "split": SPLIT}
    run_bakeoff(data, BakeoffRequest.of(given), folder / "b", folder / "stages", "b")
    return BakeoffFolder(folder / "b")


def _compared(window: dict[str, BakeoffFolder]) -> dict[str, Any]:
    found: dict[str, Any] = {"users": len(window["with"].users(SPEC))}
    for metric in METRICS:
        values = {side: of.fit_values(SPEC, metric) for side, of in window.items()}
        one = compare("with", "without", metric, *paired_fits(values["with"], values["without"]), 0)
        found[metric] = {
            **{side: float(of.values.mean()) for side, of in values.items()},
            "value": one.difference,
            "low": one.low,
            "high": one.high,
        }
    return found


def tables(found: dict[str, Any]) -> list[str]:
    """Sentences, as the text has them."""
    last, before = found["last"], found["before"]["ndcg@10"]
    ndcg, recall = last["ndcg@10"], last["recall@10"]
    return [
        f"NDCG@10 {short(ndcg['without'])} without and {short(ndcg['with'])} with them, a paired "
        f"difference of {cell(ndcg)}; recall@10 {short(recall['without'])} and "
        f"{short(recall['with'])}, a difference of {cell(recall)}",
        f"On the window before, the difference in NDCG@10 was {cell(before)}",
    ]
