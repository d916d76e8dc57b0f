"""The files that hold answers, written when no contender of the bake-off runs any more.

A contender's process can read the folder that it writes into: until then, the ground truth and
all that tells of it (per-user values, slices) are in the parent's memory alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipelines.data.dataset import Dataset
from pipelines.evaluation.bakeoff.lists_run import Answered
from pipelines.evaluation.bakeoff.scoring import Scored
from pipelines.evaluation.bakeoff.task_files import write_asked
from pipelines.evaluation.results.folder import FITS, WINDOWS, write_per_user
from pipelines.evaluation.slices.writing import write_slices

if TYPE_CHECKING:
    import pandas as pd


def write_answers(
    dataset: Dataset,
    answered: Answered,
    slices: Mapping[str, pd.DataFrame],
    earlier: Sequence[Answered],
    folder: Path,
) -> None:
    """Write them for a bake-off's own split, with its `slices`, and for its `earlier` windows."""
    for at, window in enumerate(earlier, 1):
        _write(dataset, window, folder / WINDOWS / str(at))
    _write(dataset, answered, folder)
    write_slices(slices, folder)


def _write(dataset: Dataset, answered: Answered, folder: Path) -> None:
    write_asked(dataset, answered.cut, folder)
    for name, scored in answered.scored.items():
        write_values(scored, answered.users, folder / "contenders" / name)


def write_values(scored: Scored, users: np.ndarray, here: Path) -> None:
    """Write the values of the users (n,) in each fit into a contender's folder."""
    # A user-defined metric may lack some of the fits.
    for fit in sorted({fit for one in scored.per_user.values() for fit in one.fits}):
        values = {
            metric: one.values[:, one.fits.index(fit)]
            for metric, one in scored.per_user.items()
            if fit in one.fits
        }
        write_per_user(values, users, here / FITS / str(fit) if fit else here)
