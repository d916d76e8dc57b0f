"""An honest bake-off, run for real, and the copies in which faults are planted (`planted`)."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from pipelines.data.dataset import Dataset
from pipelines.data.split import Split, split
from pipelines.evaluation.bakeoff.checks.contract import Material
from pipelines.evaluation.bakeoff.exposure import exposure_of, trusted
from pipelines.evaluation.bakeoff.ground_truth import ground_truth_of
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.run import make_manifest, run_bakeoff
from pipelines.evaluation.manifest.manifest import Manifest
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.evaluation.results.folder import PIPELINE
from pipelines.evaluation.selftest.planted import Planted, task_of
from pipelines.reading.lists import GroundTruth
from pipelines.recommender.fitted import ARRAYS
from pipelines.runtime.progress import Progress, silent

HONEST = ("item-knn", "transitions")
"""Stages of the honest contenders, beside Random and Popular."""


def request_of(dataset: Dataset, split: str, seed: int = 0) -> BakeoffRequest:
    """The honest bake-off's request: each contender a single stage."""
    specs = [
        {"schema": 1, "name": stage, "candidates": [{"stage": stage, "k": 50}]} for stage in HONEST
    ]
    return BakeoffRequest.of(
        {"dataset": dataset.name, "specs": specs, "split": split, "seed": seed, "refits": 1}
    )


@dataclass(frozen=True)
class Bench:
    """A finished honest bake-off in a folder, and room for copies beside it."""

    dataset: Dataset
    request: BakeoffRequest
    document: BakeoffDocument
    home: Path

    @staticmethod
    def run(dataset: Dataset, split: str, home: Path, progress: Progress = silent) -> Bench:
        """Run the honest bake-off in the new folder `home`."""
        home.mkdir(parents=True)
        request = request_of(dataset, split)
        folder = home / "honest"
        document = run_bakeoff(dataset, request, folder, home / "stages", "honest", progress)
        return Bench(dataset, request, document, home)

    @cached_property
    def honest(self) -> Material:
        """What the checks looked at in the honest bake-off."""
        cut = split(
            self.dataset.interactions,
            self.request.split,
            seen=self.dataset.about.seen,
            seed=self.request.seed,
        )
        manifest = Manifest.read(self.document.manifest)
        material = Material(
            dataset=self.dataset,
            cut=cut,
            manifest=manifest,
            key=_key(cut, self.dataset),
            folder=self.home / "honest",
            results=self.document.contenders,
            now=datetime.fromisoformat(self.document.created).timestamp(),
        )
        task_of(material).save(material.folder)
        return material

    def copy(self) -> Planted:
        """A copy to plant a fault in."""
        return Planted(self._copied(self.honest))

    def of_data(self, dataset: Dataset) -> Planted:
        """The baselines on other data, run in this process."""
        request = self.request.model_copy(update={"specs": []})
        return in_process(dataset, request, self._new_folder(), self.home / "others")

    def _copied(self, material: Material) -> Material:
        folder = self._new_folder()
        ignore = shutil.ignore_patterns(PIPELINE, ARRAYS, "log.txt", "scratch")
        shutil.copytree(material.folder, folder, dirs_exist_ok=True, ignore=ignore)
        return replace(material, folder=folder)

    def _new_folder(self) -> Path:
        n = sum(1 for _ in self.home.glob("planted-*"))
        folder = self.home / f"planted-{n}"
        folder.mkdir()
        return folder


def in_process(dataset: Dataset, request: BakeoffRequest, folder: Path, stages: Path) -> Planted:
    """A bake-off whose contenders run in this process, by the code of their own processes."""
    cut = split(
        dataset.interactions,
        request.split,
        seen=dataset.about.seen,
        eval_users=request.eval_users,
        seed=request.seed,
    )
    manifest = make_manifest(request, dataset, cut)
    material = Material(
        dataset, cut, manifest, _key(cut, dataset), folder, [], datetime.now(UTC).timestamp()
    )
    task_of(material).save(folder)
    planted = Planted(material)
    for entry in request.entries:
        planted.answer(entry.name, entry.title, entry.kind, entry.given, stages)
    return planted


def _key(cut: Split, dataset: Dataset) -> GroundTruth:
    key = ground_truth_of(cut, dataset)
    return trusted(key, exposure_of(key, dataset))
