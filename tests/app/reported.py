"""The small bake-off of the Compare page with what a report tells besides: costs, notes."""

from __future__ import annotations

import shutil
from pathlib import Path

from pipelines.evaluation.results import BakeoffDocument
from tests.app import compared
from tests.app.compared import against, contender

VENDOR = "vendor"
NOTICE = "Data of ACME, for research alone."


def bakeoff(more: int = 0) -> BakeoffDocument:
    """With a third party that charged, `more` built ones of two steps, and notes."""
    document = compared.bakeoff()
    steps = next(c.waterfall for c in document.contenders if c.waterfall)
    charged = contender(VENDOR, 0.105, "third-party", cost_usd=0.2, requested=40, answered=40)
    added = [charged, *(contender(f"model-{n}", 0.1, waterfall=steps) for n in range(more))]
    noted = [
        c.model_copy(update={"notes": ["3 of 40 requests had no history"]})
        if c.name == "als"
        else c
        for c in document.contenders
    ]
    return document.model_copy(
        update={
            "contenders": [*noted, *added],
            "comparisons": [
                *document.comparisons,
                *(against(c.name, 0.005, "inconclusive") for c in added),
            ],
            "notes": ["Not written to MLflow: it was away."],
        }
    )


def keep(folder: Path) -> None:
    """What the folder of `bakeoff()` holds; the third party answered as Popular did."""
    compared.keep(folder)
    shutil.copytree(folder / "contenders" / "popular", folder / "contenders" / VENDOR)
