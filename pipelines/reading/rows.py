"""A table of lists, held-out interactions or training events: users, items and their order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from pipelines.data.importing.column_errors import listed
from pipelines.data.importing.mapping import match
from pipelines.data.importing.names import EVENT_NAMES
from pipelines.errors import AssayError
from pipelines.schema import Columns as C

if TYPE_CHECKING:
    import pandas as pd

    from pipelines.reading.id_columns import IdColumn

Numbers = npt.NDArray[np.number]
Role = Literal["recommendations", "truth", "train"]
OrderedBy = Literal["rank", "score", "rows"]

NAMES: dict[str, tuple[str, ...]] = {
    C.USER: EVENT_NAMES[C.USER],
    C.ITEM: EVENT_NAMES[C.ITEM],
    C.RANK: ("position", "place"),
    # Surprise calls its prediction est.
    C.SCORE: ("scores", "prediction", "predictedscore", "est", "predictedrating", "estimate"),
}
"""Further names of the columns; case and punctuation are ignored."""


@dataclass(frozen=True)
class Rows:
    """The rows of a table in file order; `rank` and `score` (rows,), NaN if unusable.

    `issues` counts problems met while reading.
    """

    name: str
    """The name of the table in messages."""
    user: IdColumn
    item: IdColumn
    rank: Numbers | None = None
    score: Numbers | None = None
    issues: Counter[str] = field(default_factory=Counter)
    listed: IdColumn | None = None
    """Users with a list, including empty lists; None for tables of rows."""
    others: tuple[str, ...] = ()
    """Columns of the table that are not read."""

    @property
    def ordered_by(self) -> OrderedBy:
        """The rank if there is one, else the score, else the order of the rows."""
        if self.rank is not None and not _all_gaps(self.rank):
            return "rank"
        if self.score is not None and not _all_gaps(self.score):
            return "score"
        return "rows"

    @property
    def unread(self) -> list[str]:
        """Columns of rank and score that are ignored because they hold no readable value."""
        by = self.ordered_by
        ranks = [C.RANK] if by != "rank" and self.rank is not None else []
        return [*ranks, *([C.SCORE] if by == "rows" and self.score is not None else [])]

    @property
    def order(self) -> Numbers | None:
        """The sort key (rows,), lower first; None if the rows keep their order."""
        by = self.ordered_by
        if by == "rank" and self.rank is not None:
            return _whole(self.rank)
        return -self.score.astype(np.float64) if by == "score" and self.score is not None else None


TABLES: dict[Role, str] = {
    "recommendations": "the recommendations",
    "truth": "the truth",
    "train": "the training data",
}
"""The names of DataFrames in messages."""


def of_frame(frame: pd.DataFrame, role: Role) -> Rows:
    """The rows of a DataFrame with external ids of any type; columns are found by name."""
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        kind = type(frame).__name__
        raise AssayError(f"The argument {role} must be a pandas DataFrame, not {kind}.")
    named = {str(column): column for column in reversed(list(frame.columns))}
    found = columns([str(column) for column in frame.columns], role, TABLES[role])
    at = {standard: _dense(frame[named[column]]) for standard, column in found.items()}
    rank, score = (numbers(at[c]) if c in at else None for c in (C.RANK, C.SCORE))
    others = tuple(str(c) for c in frame.columns if str(c) not in found.values())
    return Rows(TABLES[role], at[C.USER], at[C.ITEM], rank, score, others=others)


def columns(names: list[str], role: Role, table: str) -> dict[str, str]:
    """Standard name → column of the table; raises `AssayError` if a needed one is missing."""
    wanted = NAMES if role == "recommendations" else {c: NAMES[c] for c in (C.USER, C.ITEM)}
    found = match(names, names=wanted, need=(C.USER, C.ITEM))
    if found.ambiguous:
        standard, fits = next(iter(found.ambiguous.items()))
        raise AssayError(
            f"The columns {listed(fits)} of {table} fit {standard} equally well; "
            f"rename the right one to {standard}."
        )
    if found.missing:
        more = " and rank or score" if role == "recommendations" else ""
        raise AssayError(
            f"There is no column {' and no column '.join(found.missing)} in {table} (it has: "
            f"{listed(names)}); name its columns user_id, item_id{more}."
        )
    return found.mapping


def _dense(values: pd.Series) -> pd.Series:
    import pandas as pd

    return (
        values.astype(values.dtype.subtype) if isinstance(values.dtype, pd.SparseDtype) else values
    )


def numbers(values: pd.Series) -> Numbers:
    """Ranks or scores as numbers (n,), integers unchanged; NaN if one cannot be read."""
    import pandas as pd
    import pyarrow.types as types

    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "iuf":
        return values.to_numpy()
    if isinstance(values.dtype, pd.ArrowDtype) and types.is_decimal(values.dtype.pyarrow_dtype):
        return values.astype(np.float64).to_numpy()  # pandas' to_numeric fails at missing values
    found = pd.to_numeric(values, errors="coerce")
    read = found.to_numpy(np.float64, na_value=np.nan)
    # Dates become integers, and pandas turns a missing date into the smallest integer.
    return np.where(values.isna(), np.nan, read) if found.dtype == np.int64 else read


def _whole(ranks: Numbers) -> Numbers:
    """Integral ranks as int64, whatever their type in the file; others unchanged."""
    if ranks.dtype.kind == "f":
        whole = np.isfinite(ranks).all() and (ranks == np.floor(ranks)).all()
        return ranks.astype(np.int64) if whole and (np.abs(ranks) < 1e15).all() else ranks
    return ranks


def _all_gaps(values: Numbers) -> bool:
    return values.dtype.kind == "f" and bool(np.isnan(values).all())
