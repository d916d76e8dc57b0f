"""Lists as a CSV or Parquet table: user_id, item_id, and rank, score, both or neither.

The rank decides where there is one, else the score (higher is better), else the order of
the rows.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipelines.adapters.answers import Answers, as_text
from pipelines.errors import AssayError
from pipelines.schema import Columns

if TYPE_CHECKING:
    import pandas as pd

NAMES = {
    Columns.USER: ("user_id", "userid", "user"),
    Columns.ITEM: ("item_id", "itemid", "item"),
    Columns.RANK: ("rank", "position"),
    Columns.SCORE: ("score",),
}


def read(path: Path, into: Answers) -> int:
    """Add the table's lists; the number of rows used. `AssayError` where it is no table."""
    frame = _frame(path)
    columns = _columns(frame, path)
    ids = frame[columns[Columns.USER]], frame[columns[Columns.ITEM]]
    given = ids[0].notna() & ids[1].notna() & (ids[0] != "") & (ids[1] != "")
    if not given.all():
        into.problems["rows without a user or an item"] += int((~given).sum())
        frame = frame[given]
    users = np.array(as_text(frame[columns[Columns.USER]].tolist()), dtype=object)
    items = np.array(as_text(frame[columns[Columns.ITEM]].tolist()), dtype=object)
    ranks = _numbers(frame, columns.get(Columns.RANK))
    scores = _numbers(frame, columns.get(Columns.SCORE))
    if len(users) == 0:
        return 0
    codes, names = _codes(users)
    inner = [ranks] if ranks is not None else [-scores] if scores is not None else []
    order = np.lexsort([*inner, codes])  # stable, and NaN comes last
    bounds = np.append(np.flatnonzero(np.diff(codes[order], prepend=-1)), len(order))
    for start, end in pairwise(bounds.tolist()):
        rows = order[start:end]
        _count_conflicts(rows, ranks, scores, into)
        user_scores = None if scores is None else scores[rows].tolist()
        into.add(names[codes[rows[0]]], items[rows].tolist(), user_scores)
    return len(users)


def _frame(path: Path) -> pd.DataFrame:
    import pandas as pd

    try:
        if path.suffix.lower() == ".parquet":
            return pd.read_parquet(path)
        # Ids stay the text they are: "007" is no number and "NA" is no gap.
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except Exception as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise AssayError(
            f"{path.name} cannot be read as a table ({why}); write a CSV or Parquet file with "
            "the columns user_id, item_id and rank."
        ) from error
    return frame


def _columns(frame: pd.DataFrame, path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for column in frame.columns:
        plain = str(column).strip().lower()
        for name, others in NAMES.items():
            if plain in others and name not in found:
                found[name] = column
    missing = [name for name in (Columns.USER, Columns.ITEM) if name not in found]
    if missing:
        have = ", ".join(map(str, frame.columns[:8]))[:200]
        raise AssayError(
            f"{path.name} has no column {' and no column '.join(missing)} (it has: {have}); "
            "name the columns user_id, item_id and rank or score."
        )
    return found


def _numbers(frame: pd.DataFrame, column: str | None) -> np.ndarray | None:
    import pandas as pd

    if column is None:
        return None
    values = pd.to_numeric(frame[column], errors="coerce").to_numpy(np.float64, na_value=np.nan)
    return None if np.isnan(values).all() else values


def _codes(users: np.ndarray) -> tuple[np.ndarray, list[str]]:
    index: dict[str, int] = {}
    codes = np.fromiter((index.setdefault(user, len(index)) for user in users), np.int64)
    return codes, list(index)


def _count_conflicts(
    rows: np.ndarray, ranks: np.ndarray | None, scores: np.ndarray | None, into: Answers
) -> None:
    if ranks is None:
        return
    own = ranks[rows]
    into.problems["places without a rank"] += int(np.isnan(own).sum())
    into.problems["users with one rank given twice"] += bool((np.diff(own) == 0).any())
    if scores is not None:
        into.problems["users whose scores contradict the ranks"] += bool(
            (np.diff(scores[rows]) > 0).any()
        )
