"""Evaluate any lists against any ground truth, from files or DataFrames with external ids."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from pipelines.data.importing.column_errors import listed
from pipelines.data.importing.names import EVENT_NAMES
from pipelines.data.importing.plain_names import plain
from pipelines.data.split import SeenPolicy
from pipelines.errors import AssayError
from pipelines.evaluation.metrics.evaluate import evaluate, summarize
from pipelines.reading.read import Read, read
from pipelines.reading.rows import Rows, of_frame
from pipelines.schema import Columns, Doubles
from pipelines.statistics.interval import Interval

if TYPE_CHECKING:
    import pandas as pd

LONGEST = 1000
"""The largest k."""
RATINGS = {plain(name) for name in ("weight", *EVENT_NAMES["weight"])}
"""Names of columns of ratings, which the truth has no use for."""
ORDERS = {
    "rank": "Lists are ordered by rank.",
    "score": "Lists are ordered by descending score, since there is no rank.",
    "rows": "Lists are in the order of the rows, since there is no rank and no score.",
}


@dataclass(frozen=True)
class Evaluation:
    """The metrics of external lists: `values` by metric name, per user or as an interval."""

    found: Read
    values: dict[str, Doubles | Interval]
    trained: bool
    seen: SeenPolicy
    remarks: list[str]
    """Remarks from computing the metrics."""

    @cached_property
    def per_user(self) -> pd.DataFrame:
        """A row per user: user_id, and a float64 column per metric with per-user values."""
        import pandas as pd

        values = {name: v for name, v in self.values.items() if not isinstance(v, Interval)}
        return pd.DataFrame({Columns.USER: self.found.users.to_pandas(), **values}, copy=False)

    @cached_property
    def metrics(self) -> dict[str, Interval]:
        """Each metric with its interval over users."""
        return summarize(self.values)

    @property
    def notes(self) -> list[str]:
        """How the lists were read, and what was odd about them."""
        problems = self.found.problems.sentences(self.seen)
        unread = [
            f"The column {column} has no numbers, so it is not used to order the lists."
            for column in self.found.unread
        ]
        unread += [
            f"Not read in {table}: {listed(columns)}."
            for table, columns in self.found.others.items()
        ]
        notes = [ORDERS[self.found.ordered_by], *unread, *problems, *self.remarks]
        if any(plain(column) in RATINGS for column in self.found.truth_columns):
            notes.append(
                "Every row of the truth counts as a hit, whatever its rating; leave out the rows "
                "that are no success, such as low ratings."
            )
        if not self.trained:
            notes.append(
                "Without a training file, all items count as known, so unknown items were not "
                "counted."
            )
        elif self.seen == "keep" and self.found.problems.seen_items:
            notes.append(
                "Lists contain items that the user has in the training file. The seen policy "
                "exclude removes them, as bake-offs do unless the dataset's seen policy is keep."
            )
        return notes

    def document(self) -> dict[str, Any]:
        """What `assay evaluate --json` prints."""
        return {
            "users": len(self.found.lists),
            "metrics": {name: m.model_dump() for name, m in self.metrics.items()},
            "problems": self.found.problems.document(),
            "notes": self.notes,
            "ordered_by": self.found.ordered_by,
            "seen": self.seen,
        }


def evaluate_files(
    recommendations: Path,
    truth: Path,
    train: Path | None = None,
    *,
    ks: Iterable[int] = (5, 10, 20),
    seen: SeenPolicy = "keep",
) -> Evaluation:
    """Evaluate a file of lists; formats and rules are in docs/evaluate.md.

    Users are sorted by their ids as text, so that the order of rows does not matter.
    """
    from pipelines.reading.files import read_file

    ks = _lengths(ks)
    _check_policy(seen, trained=train is not None)
    return _evaluated(
        read_file(recommendations, "recommendations"),
        read_file(truth, "truth"),
        None if train is None else read_file(train, "train"),
        ks,
        seen,
        in_text_order=True,
    )


def evaluate_frames(
    recommendations: pd.DataFrame,
    truth: pd.DataFrame,
    train: pd.DataFrame | None = None,
    *,
    ks: Iterable[int] = (5, 10, 20),
    seen: SeenPolicy = "keep",
) -> Evaluation:
    """Evaluate DataFrames with the columns user_id and item_id, with ids of any type.

    The recommendations may also have rank or score; without both, the order of rows decides.
    100,000 users × 20 places take about 50 ms with integer ids, 150 ms with text ids.
    """
    ks = _lengths(ks)
    _check_policy(seen, trained=train is not None)
    return _evaluated(
        of_frame(recommendations, "recommendations"),
        of_frame(truth, "truth"),
        None if train is None else of_frame(train, "train"),
        ks,
        seen,
        in_text_order=False,
    )


def _evaluated(
    recommendations: Rows,
    truth: Rows,
    train: Rows | None,
    ks: Sequence[int],
    seen: SeenPolicy,
    *,
    in_text_order: bool,
) -> Evaluation:
    found = read(
        recommendations, truth, train, depth=max(ks), seen=seen, in_text_order=in_text_order
    )
    remarks: list[str] = []
    values = evaluate(found.lists, ks, notes=remarks)
    return Evaluation(found, values, train is not None, seen, remarks)


def _lengths(ks: Iterable[int]) -> tuple[int, ...]:
    """The list lengths; an `AssayError` where they are not valid, whatever a notebook passes."""
    if isinstance(ks, str) or not isinstance(ks, Iterable):
        raise AssayError(f"ks must be a list of lengths, such as [5, 10, 20], not {ks!r:.80}.")
    given = tuple(ks)
    try:
        found = tuple(operator.index(k) for k in given if not isinstance(k, bool))
    except TypeError:  # 10.5 and 10.0 are not rounded to another length
        found = ()
    if not found or len(found) < len(given) or min(found) < 1 or max(found) > LONGEST:
        raise AssayError(
            f"List lengths must be whole numbers from 1 to {LONGEST:,}, such as 5,10,20, "
            f"not {', '.join(map(str, given))[:80] or 'none'}."
        )
    return found


def _check_policy(seen: object, *, trained: bool) -> None:
    policies = get_args(SeenPolicy)
    if not isinstance(seen, str) or seen not in policies:
        raise AssayError(f"seen must be {' or '.join(map(repr, policies))}, not {seen!r:.80}.")
    if seen == "exclude" and not trained:
        raise AssayError(
            "The seen policy exclude needs the training data, to know which items were seen."
        )
