"""Ask a contender of a finished bake-off again: for notebooks, the app and the command line.

    from pipelines.workspace import Workspace
    from pipelines.evaluation.bakeoff.opened import open_contender

    folder = Workspace.open().bakeoff_folder("20261123-2155-ab12")
    open_contender(folder, "two-stage").recommend(users=["7"], k=10)

A built contender computes new lists. A third party cannot be asked again: its lists are
those of the bake-off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.errors import AssayError
from pipelines.evaluation.results.damage import reading
from pipelines.evaluation.results.document import ContenderResult
from pipelines.evaluation.results.folder import (
    LISTS,
    OLDER_PIPELINE,
    PIPELINE,
    TRUTH,
    read_document,
)
from pipelines.evaluation.results.shipped import is_shipped
from pipelines.recommender.fitted import ARRAYS, FittedPipeline
from pipelines.recommender.trace import trace_frame
from pipelines.schema import Columns

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class Opened:
    """A contender of a finished bake-off, ready to be asked."""

    result: ContenderResult
    folder: Path

    @property
    def live(self) -> bool:
        """Whether it can compute a new answer."""
        return self._file.exists()

    @cached_property
    def fitted(self) -> FittedPipeline:
        """The fitted pipeline, read from disk once."""
        return FittedPipeline.load(self._file, self.folder.parents[1] / ARRAYS)

    @property
    def _file(self) -> Path:
        """Where the pipeline is; of an older bake-off, the file that says so when it is read."""
        file, older = self.folder / PIPELINE, self.folder / OLDER_PIPELINE
        return older if older.exists() and not file.exists() else file

    @property
    def can_answer_history(self) -> bool:
        return self.live

    @property
    def why_not(self) -> str:
        """Why it cannot answer a made-up history; empty if it can."""
        if self.live:
            return ""
        if self.result.status in ("failed", "not comparable"):
            return f"{self.result.title} gave no lists: {self.result.reason}"
        if self.result.kind in ("built", "baseline"):
            if is_shipped(self.folder.parents[1]):
                return (
                    "This bake-off was shipped with Assay, with its lists and without fitted "
                    f"pipelines, so {self.result.title} cannot compute anything new. Run a "
                    "bake-off of your own for that."
                )
            return (
                f"The fitted pipeline of {self.result.title} is no longer stored; "
                "run the bake-off again."
            )
        return (
            f"{self.result.title} answers for users that it was trained on, and a made-up history "
            "has no user id."
        )

    def knows(self, item: str) -> bool:
        """Whether that is the id of an item."""
        return self.live and int(self.fitted.items.encode([item])[0]) >= 0

    def recommend(
        self,
        *,
        users: Sequence[str] | None = None,
        histories: Sequence[Sequence[str]] | None = None,
        k: int = 10,
    ) -> pd.DataFrame:
        """Lists with a row per rank: user_id, item_id, rank (from 1), score."""
        if self.live:
            return self.fitted.recommend(users=users, histories=histories, k=k)
        answered = self.result.status in ("scored", "not scored")
        if users is None or not answered or not (self.folder / LISTS).exists():
            raise AssayError(self.why_not)
        return self._answered(list(map(str, users)), k)

    def rows_of_history(self, history: Sequence[str], k: int = 10) -> list[dict[str, Any]]:
        """What `recommend` and `with_titles` say of one history, a row per place.

        Without pandas, whose import takes as long as the answer.
        """
        if not self.live:
            raise AssayError(self.why_not)
        fitted = self.fitted
        slate = fitted.answer(fitted.queries_of_histories([list(history)]), k)
        codes = slate.items[0][slate.items[0] >= 0]
        ids = fitted.items.decode(codes).tolist()
        titles, scores = fitted.titles[codes].tolist(), slate.scores[0].tolist()
        return [
            {
                Columns.USER: "history 1",
                Columns.ITEM: ids[place],
                Columns.RANK: place + 1,
                Columns.SCORE: scores[place],
                Columns.TITLE: titles[place],
            }
            for place in range(len(codes))
        ]

    def _answered(self, users: list[str], k: int) -> pd.DataFrame:
        import pandas as pd

        with reading(self.folder / LISTS):
            columns = [Columns.USER, Columns.ITEM, Columns.RANK, Columns.SCORE]
            lists = pd.read_parquet(self.folder / LISTS)[columns]
        lists = lists[lists[Columns.USER].isin(users) & (lists[Columns.RANK] <= k)]
        found = dict(list(lists.groupby(Columns.USER)))
        missing = next((user for user in users if user not in found), None)
        if missing is not None:
            asked = missing in evaluated_users(self.folder.parents[1])
            what = "gave no list for" if asked else "was not asked about"
            raise AssayError(
                f"{self.result.title} {what} user {missing!r} in this bake-off; "
                "choose one of its evaluated users."
            )
        return pd.concat([lists[:0], *(found[user] for user in users)], ignore_index=True)

    def with_titles(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The same rows with a `title` column, where titles are known here."""
        if not self.live:
            return frame
        codes = self.fitted.items.encode(frame[Columns.ITEM])
        return frame.assign(**{Columns.TITLE: self.fitted.titles[codes]})

    def trace(
        self, history: Sequence[str] | None = None, k: int = 10, user: str | None = None
    ) -> pd.DataFrame:
        """How each item of one list got there: see `pipelines.recommender.trace.trace_frame`."""
        if not self.live:
            raise AssayError(self.why_not)
        if (history is None) == (user is None):
            raise AssayError("Trace either a history or a user.")
        fitted = self.fitted
        if user is not None:
            queries = fitted.queries([user])
        else:
            queries = fitted.queries_of_histories([list(history or [])])
        return trace_frame(fitted, queries, k)


def open_contender(folder: Path, name: str) -> Opened:
    """A contender of the bake-off kept in `folder`; an `AssayError` names those there are."""
    document = read_document(folder)
    result = document.contender(name)
    if result is None:
        names = ", ".join(c.name for c in document.contenders)
        raise AssayError(f"There is no contender {name!r} in this bake-off; it has {names}.")
    return Opened(result, folder / "contenders" / name)


def evaluated_users(folder: Path) -> list[str]:
    """The users that a bake-off asked about, in its order."""
    import pandas as pd

    with reading(folder / TRUTH):
        users = pd.read_parquet(folder / TRUTH, columns=[Columns.USER])[Columns.USER]
    return list(dict.fromkeys(users.tolist()))


def truth_of(folder: Path, user: str) -> list[str]:
    """The items that a user interacted with after the cut-off, in that order."""
    import pandas as pd

    with reading(folder / TRUTH):
        rows = pd.read_parquet(folder / TRUTH, filters=[(Columns.USER, "==", str(user))])
        return list(rows[Columns.ITEM])


def history_of(fitted: FittedPipeline, user: str) -> list[str]:
    """The item ids of a user's history before the cut-off, newest last."""
    code = int(fitted.users.encode([user])[0])
    if code < 0:
        return []
    rows = slice(fitted.train.indptr[code], fitted.train.indptr[code + 1])
    return list(fitted.items.decode(np.asarray(fitted.train.item[rows])))
