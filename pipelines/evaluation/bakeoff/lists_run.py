"""All contenders on a further split, for their lists alone: earlier windows, other orders of ties.

Nothing is timed, asked again or stored to be opened later, as is done on a bake-off's own split.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipelines.data.dataset import Dataset
from pipelines.data.split import Split
from pipelines.evaluation.bakeoff.exposure import exposure_of, trusted
from pipelines.evaluation.bakeoff.ground_truth import ground_truth_of
from pipelines.evaluation.bakeoff.process import run_in_child
from pipelines.evaluation.bakeoff.refits import Refits
from pipelines.evaluation.bakeoff.request import Entry
from pipelines.evaluation.bakeoff.scoring import Scored, score
from pipelines.evaluation.bakeoff.task import TASK
from pipelines.evaluation.bakeoff.task_files import write_task
from pipelines.evaluation.manifest.manifest import Manifest
from pipelines.evaluation.results.document import ContenderResult
from pipelines.runtime.progress import Progress, part


@dataclass(frozen=True)
class Answered:
    """What all contenders answered on one split."""

    cut: Split
    users: npt.NDArray[np.object_]
    """The evaluated users' ids, (n,)."""
    results: dict[str, ContenderResult]
    scored: dict[str, Scored]
    """By contender; those that were not scored are left out."""


def lists_run(
    dataset: Dataset,
    cut: Split,
    entries: Sequence[Entry],
    manifest: Manifest,
    folder: Path,
    stages: Path,
    progress: Progress,
    *,
    refits: int = 1,
    order: str = "",
) -> Answered:
    """Fit the contenders on `cut` and score their lists, with files in `folder`.

    None of them holds answers: other contenders may still run (`afterwards`). `manifest` is the
    bake-off's own; `order` names another order of events whose times tie.
    """
    key = ground_truth_of(cut, dataset)
    key = trusted(key, exposure_of(key, dataset))
    write_task(dataset, cut, manifest, folder, order)
    users = dataset.users.decode(cut.queries.user)
    results: dict[str, ContenderResult] = {}
    scored: dict[str, Scored] = {}
    shares = shares_of(entries, refits, progress)
    for entry in entries:
        here = folder / "contenders" / entry.name
        outcome = run_in_child(entry, folder, here, stages, next(shares), lists_only=True)
        result, detail = score(entry.name, entry.title, entry.kind, outcome, here, key, manifest)
        if detail is not None:
            scored[entry.name] = detail
        results[entry.name] = result
    further = Refits(folder, stages, key, manifest, refits)
    for entry in entries:
        mine = next(shares)
        if first := scored.get(entry.name):
            results[entry.name], scored[entry.name] = further.add(
                entry, results[entry.name], first, mine
            )
    (folder / TASK).unlink(missing_ok=True)
    return Answered(cut, users, results, scored)


def shares_of(entries: Sequence[Entry], refits: int, progress: Progress) -> Iterator[Progress]:
    """The progress of each contender's first fit, then of its others, which do less."""
    further = [(refits - 1) / 2 * bool(e.spec is not None and e.spec.draws) for e in entries]
    ends = np.cumsum([0.0, *(1.0 for _ in entries), *further])
    for begin, end in pairwise(0.02 + 0.95 * ends / ends[-1]):
        yield part(progress, float(begin), float(end))
