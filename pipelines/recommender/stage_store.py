"""Fitted stages on disk: what several contenders share is fitted and stored once."""

from __future__ import annotations

import hashlib
import inspect
import json
import logging
import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from pipelines.recommender.features.builder import FeatureBuilder
from pipelines.runtime import memory, processes, stored
from pipelines.schema import Catalogue, Interactions
from pipelines.stages import loading
from pipelines.stages.contract import CandidateGenerator, Ranker, Stage
from pipelines.stages.states import check, restored, state_of

CODE_VERSION = 4
"""Raised when stored stages would answer differently from stages fitted now because of a change
outside the stage's file."""
SUFFIX = ".assay"
_WRITER = re.compile(r"\.(\d+)\.part$")
"""The process that writes a file, in its name until it is whole."""
_BLOCK = 1 << 20
_DIGEST = hashlib.sha256().digest_size

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fit:
    """What was fitted, now or for another contender, and what its fit took.

    Its cost is stored with it, so that every contender is charged for the fit.
    """

    fitted: Any
    """A stage, or the list of those that were fitted together."""
    seconds: dict[str, float]
    """Seconds of each part of the fit, by the part's name."""
    peak_mb: float
    """The largest memory of the process that fitted it, up to the end of the fit; 0 for a
    generator, whose process may have fitted others before it."""


class StageStore:
    """A folder of fitted stages; file names hash everything that a fit depends on.

    `data_key` stands for the training data: dataset fingerprint, split and seen-policy.
    """

    def __init__(self, folder: Path, data_key: str) -> None:
        self.folder = folder
        self.data_key = data_key

    def generator(
        self,
        stage: CandidateGenerator,
        train: Interactions,
        catalogue: Catalogue,
        window: str,
        name: str,
    ) -> Fit:
        """The fitted generator; its seconds are under `name`."""

        def fit() -> dict[str, float]:
            began = time.perf_counter()
            stage.fit(train, catalogue)
            return {"": time.perf_counter() - began}

        parts = {"stage": _identity(stage), "window": window}
        found = self._stored(stage.name, parts, [stage], fit, catalogue.n_items)
        return Fit(found.fitted[0], {name: found.seconds[""]}, 0.0)

    def rankers(
        self,
        generators: Sequence[tuple[CandidateGenerator, int]],
        rankers: Sequence[tuple[Ranker, int]],
        fit: Callable[[], dict[str, float]],
        n_items: int,
    ) -> Fit:
        """All rankers of a pipeline, fitted on the candidates of its generators.

        Each stage comes with the number of items that it proposes or keeps; `fit` fits the rankers
        and returns its seconds. They are the first that a process fits, so their memory is the
        same for every pipeline that has them.
        """
        parts = {
            "generators": [_identity(stage) | {"k": k} for stage, k in generators],
            "rankers": [_identity(stage) | {"keep": keep} for stage, keep in rankers],
            "features": _source_hash(FeatureBuilder),
        }
        stages = [stage for stage, _ in rankers]
        return self._stored("-".join(s.name for s in stages), parts, stages, fit, n_items)

    def _stored(
        self,
        name: str,
        parts: dict[str, Any],
        stages: Sequence[Stage],
        fit: Callable[[], dict[str, float]],
        n_items: int,
    ) -> Fit:
        given = {"code": CODE_VERSION, "data": self.data_key, **parts}
        digest = hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()
        path = self.folder / f"{name[:60]}-{digest[:24]}{SUFFIX}"
        found = _load(path, stages, n_items)
        if found is not None:
            return found
        seconds = fit()
        made = Fit(list(stages), seconds, memory.peak_mb())
        states = [state_of(stage) for stage in stages]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _dump({"states": states, "seconds": seconds, "peak_mb": made.peak_mb}, path)
        except OSError as error:  # the next contender fits it again
            log.warning("the fitted stage %s cannot be stored: %s", path.name, error)
        return made

    def drop_older(self, most_mb: float) -> None:
        """Keep the newest files, at most `most_mb` in all; delete those of writers that ended."""
        for part in self.folder.glob(".*.part"):
            writer = _WRITER.search(part.name)
            if writer is not None and not processes.alive(int(writer[1])):
                part.unlink(missing_ok=True)
        for older in self.folder.glob("*.pickle"):  # of versions that stored pickles
            older.unlink(missing_ok=True)
        files = self.folder.glob(f"*{SUFFIX}")
        total = 0.0
        for path in sorted(files, key=lambda p: p.stat().st_mtime, reverse=True):
            total += path.stat().st_size / 1e6
            if total > most_mb:
                path.unlink(missing_ok=True)


def _load(path: Path, stages: Sequence[Stage], n_items: int) -> Fit | None:
    """The fit in a file; None where there is none, or a damaged one, which is then replaced.

    A file ends with the SHA-256 of all before. The stages are new ones, of the classes and with
    the settings of those given.
    """
    try:
        with path.open("rb") as file:
            if not _whole(file):
                raise ValueError("its content does not have the hash that it ends with")
        found = stored.load(path)
        pairs = zip(stages, found["states"], strict=True)
        fitted = [restored(_new(stage), state) for stage, state in pairs]
        for stage in fitted:
            check(stage, n_items)
        return Fit(fitted, found["seconds"], found["peak_mb"])
    except FileNotFoundError:  # not fitted yet, or dropped by another bake-off just now
        return None
    except Exception as error:  # whatever comes of it: a stage can be fitted again
        log.warning("the stored stage %s cannot be used and is fitted again: %s", path.name, error)
        return None


def _new(stage: Stage) -> Stage:
    again = loading.make(type(stage), stage.config)
    again.draw = stage.draw
    return again


def _dump(made: dict[str, Any], path: Path) -> None:
    """Write the fit and its hash, whole or not at all."""
    beside = path.with_name(f".{path.name}.hashed.{os.getpid()}.part")
    try:
        stored.dump(made, beside)
        with beside.open("r+b") as file:
            digest = hashlib.file_digest(file, "sha256").digest()
            file.seek(0, os.SEEK_END)
            file.write(digest)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _whole(file: BinaryIO) -> bool:
    left = file.seek(0, os.SEEK_END) - _DIGEST
    if left < 0:
        return False
    file.seek(0)
    found = hashlib.sha256()
    while left > 0:
        read = file.read(min(left, _BLOCK))
        if not read:
            return False
        found.update(read)
        left -= len(read)
    return file.read() == found.digest()


def _identity(stage: Stage) -> dict[str, Any]:
    """What a stage's fit depends on besides the data."""
    drawn = {"draw": stage.draw} if type(stage).draws else {}
    return drawn | {
        "class": f"{type(stage).__module__}.{type(stage).__qualname__}",
        "source": _source_hash(type(stage)),
        "config": stage.config.model_dump(mode="json"),
    }


def _source_hash(cls: type) -> str:
    """SHA-256 (hex) of the file that a class is written in.

    A user-defined stage whose code has changed must be fitted again.
    """
    source = inspect.getsourcefile(cls)
    return hashlib.sha256(Path(source).read_bytes() if source else b"").hexdigest()
