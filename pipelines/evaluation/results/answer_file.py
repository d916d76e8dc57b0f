"""The file with a contender's lists, `answer.npz`.

The contender's own process writes it, in which its stages run: what is read is checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.evaluation.results.damage import reading
from pipelines.schema import NO_ITEM, Ints, Longs, sound

ANSWER = "answer.npz"
_STEP = "step_{}"
_ROWS = "step_rows"


@dataclass(frozen=True)
class AnswerFile:
    """A contender's lists as item codes, -1 in empty places."""

    items: Ints
    """The final lists, (n, width)."""
    rows: Longs
    """The requests whose lists after each step are kept, (m,), ascending."""
    steps: tuple[Ints, ...] = ()
    """The lists after each step of a pipeline, (m, width of the step)."""

    def write(self, here: Path) -> None:
        """Write it into the folder of a fit."""
        arrays: dict[str, Any] = {_STEP.format(n): step for n, step in enumerate(self.steps)}
        arrays[_ROWS] = self.rows
        np.savez(here / ANSWER, items=self.items, **arrays)

    @staticmethod
    def read(here: Path, n: int, n_items: int | None, n_steps: int | None = None) -> AnswerFile:
        """What was written for `n` requests and `n_items` items, with all steps or `n_steps`.

        An `AssayError` where the file is missing or damaged, or holds other than such lists.
        """
        with reading(here / ANSWER), np.load(here / ANSWER) as arrays:
            items, rows = arrays["items"], arrays[_ROWS]
            if n_steps is None:
                n_steps = len(arrays.files) - 2
            steps = tuple(arrays[_STEP.format(number)] for number in range(n_steps))
            _check("the lists", items, n, n_items)
            sound.codes("the rows of the steps", rows, n)
            if (rows[1:] <= rows[:-1]).any():
                raise ValueError("the rows of the steps do not rise")
            for number, step in enumerate(steps):
                _check(f"step {number}", step, len(rows), n_items)
        return AnswerFile(items, rows, steps)


def read_lists(here: Path, n: int | None = None, n_items: int | None = None) -> Ints:
    """The final lists alone, (n, width); see `AnswerFile.read`."""
    with reading(here / ANSWER), np.load(here / ANSWER) as arrays:
        items: Ints = arrays["items"]
        _check("the lists", items, n, n_items)
    return items


def _check(what: str, lists: Ints, n: int | None, n_items: int | None) -> None:
    if lists.ndim != 2 or lists.dtype != np.int32 or (n is not None and len(lists) != n):
        raise ValueError(f"{what} are not {'' if n is None else n} rows of int32")
    if n_items is not None and lists.size:
        sound.codes(what, lists.ravel(), n_items, least=NO_ITEM)
