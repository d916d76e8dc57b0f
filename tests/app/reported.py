"""The small bake-off of the Compare page, with costs and notes for a report."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from pipelines.evaluation.results.document import BakeoffDocument, BehaviorResult
from pipelines.evaluation.results.folder import BakeoffFolder
from tests.app import compared
from tests.app.compared import USERS, against, contender
from tests.evaluation.slices.folders import of_values

VENDOR = "vendor"
NOTICE = "Data of ACME, for research alone."


def bakeoff(more: int = 0) -> BakeoffDocument:
    """With a third party that charged, `more` built ones of two steps, and notes."""
    document = compared.bakeoff()
    steps = next(c.waterfall for c in document.contenders if c.waterfall)
    charged = contender(VENDOR, 0.105, "third-party", cost_usd=0.2, requested=USERS, answered=USERS)
    added = [charged, *(contender(f"model-{n}", 0.1, waterfall=steps) for n in range(more))]
    noted = [
        c.model_copy(update={"notes": ["3 of 80 requests had no history"]})
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
    """Write the folder of `bakeoff()`; the third party gives Popular's lists."""
    compared.keep(folder)
    shutil.copytree(folder / "contenders" / "popular", folder / "contenders" / VENDOR)


def divided(folder: Path, kinds: tuple[str, str] = ("new", "regular")) -> BakeoffFolder:
    """120 users, half of each kind: ALS and Two-stage are ahead in the first kind only, the
    stand-in is behind; the third party is ahead in the second."""
    draw = np.random.default_rng(4)
    first = np.arange(120) % 2 == 0
    base = draw.uniform(0.2, 0.4, 120)
    gains = {"als": (0.1, -0.01), "two-stage": (0.2, 0.0), "stand-in": (-0.1, 0.0)}
    gains |= {"popular": (0.0, 0.0), VENDOR: (0.0, 0.15)}
    values = {
        name: base + np.where(first, *gain) + draw.normal(0, 0.02, 120)
        for name, gain in gains.items()
    }
    return of_values(folder, values, {"visits": np.where(first, *kinds)})


def behaved(
    document: BakeoffDocument, sentence: str = "12% of lists have Heat."
) -> BakeoffDocument:
    """The same with two behavioral tests; Two-stage fails a required one."""
    contenders = []
    for c in document.contenders:
        failed = c.name == "two-stage"
        tests = [
            BehaviorResult(
                name="one-item",
                title="No item is in most lists",
                state="fail" if failed else "pass",
                value=0.6 if failed else 0.12,
                threshold=0.5,
                condition="at most 50% of lists",
                unit="share of lists",
                sentence=sentence,
            ),
            BehaviorResult(
                name="price",
                title="Recommended items cost what people pay",
                state="not run",
                unit="ratio",
                sentence="",
                reason="No item has a price.",
            ),
        ]
        required = [f"Fails the required test one-item: {sentence}"] if failed else []
        update = {"behavior": tests, "failed_required": required}
        contenders.append(c.model_copy(update=update if c.status == "scored" else {}))
    manifest = {**document.manifest, "required": ["one-item"]}
    return document.model_copy(update={"contenders": contenders, "manifest": manifest})
