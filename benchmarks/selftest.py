"""Whether a check of a bake-off flags an honest contender: twelve contenders, twenty seeds.

Each seed draws other people to evaluate, and reaches every stage that draws. Contenders run in
this process, by the code of their own processes; what does not draw is fitted once per sample.
`ASSAY_SELFTEST_SEEDS` is the number of seeds (20) or a range (5:20), `ASSAY_SELFTEST_SPLITS`
says what is split how ("movielens-small time:0.9,complete-journey time:0.9").
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from pipelines.data import dataset as stored
from pipelines.data.samples import materialize
from pipelines.evaluation.bakeoff.checks.contract import FALSE_ALARM
from pipelines.evaluation.bakeoff.checks.examine import examine
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.selftest.bench import in_process

FIRST, _, LAST = os.environ.get("ASSAY_SELFTEST_SEEDS", "0:20").rpartition(":")
SEEDS = range(int(FIRST or 0), int(LAST))
SPLITS = os.environ.get(
    "ASSAY_SELFTEST_SPLITS",
    "movielens-small time:0.9,movielens-small last-n:5,"
    "complete-journey time:0.9,complete-journey last-n:5",
)
PEOPLE = 200


def one(name: str, stage: str, **settings: Any) -> dict[str, Any]:
    """A contender with a single stage."""
    block = {"stage": stage, "k": 50, **settings}
    return {"schema": 1, "name": name, "candidates": [block]}


CONTENDERS = [
    one("popular-90", "popular", window_days=90),
    one("popular-30", "popular", window_days=30),
    one("knn-tfidf", "item-knn"),
    one("knn-cosine", "item-knn", measure="cosine"),
    one("knn-bm25", "item-knn", measure="bm25"),
    one("transitions", "transitions"),
    one("transitions-short", "transitions", last=3, popularity=0.5),
    one("als", "als", factors=32),
    {
        "schema": 1,
        "name": "two-stage-small",
        "candidates": [
            {"stage": "item-knn", "k": 50},
            {"stage": "transitions", "k": 50},
            {"stage": "popular", "k": 50, "window_days": 90},
        ],
        "rankers": [{"stage": "linear", "keep": 50}, {"stage": "lambdarank", "keep": 20}],
    },
]
"""Beside Random, Popular and a vendor, whose lists are those of an item model in a file."""


def run(peer_python: Path) -> None:
    print(f"a check with a p-value flags one honest bake-off in {1 / FALSE_ALARM:,.0f} at most")
    for what in SPLITS.split(","):
        name, split = what.split()
        began, flags, passed = time.perf_counter(), [], Counter[str]()
        contenders = 0
        with tempfile.TemporaryDirectory() as home:
            materialize(name, Path(home) / name)
            data = stored.load(Path(home) / name)
            for seed in SEEDS:
                folder = Path(home) / f"seed-{seed}"
                folder.mkdir()
                request = BakeoffRequest.of(
                    {
                        "dataset": name,
                        "specs": CONTENDERS,
                        "split": split,
                        "seed": seed,
                        "eval_users": PEOPLE,
                        "refits": 1,
                    }
                )
                planted = in_process(data, request, folder, Path(home) / "stages")
                if planted.material.cut.cutoff is not None:
                    lists = planted.material.lists("knn-tfidf")
                    planted.add_vendor(lists, planted.material.cut.cutoff)
                evidence = examine(planted.material)
                contenders += len(planted.material.scored)
                passed.update(c.name for c in evidence.checks if c.state == "passed")
                flags += [f"seed {seed}, {c.name}: {c.sentence}" for c in evidence.flagged]
                shutil.rmtree(folder)
                print(f"  {what}, seed {seed}: {evidence.sentence}", flush=True)
        seconds = time.perf_counter() - began
        print(
            f"{what}: {contenders} honest contenders in {len(SEEDS)} bake-offs, {len(flags)} "
            f"flagged; {seconds:.0f} s; passed: {dict(passed)}"
        )
        for flag in flags:
            print(f"  FLAGGED {flag}")
