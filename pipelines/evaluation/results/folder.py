"""The folder of a finished bake-off: requests, lists and per-user values.

It holds `asked.npz` (codes of the dataset's version), and for each scored contender
`answer.npz` and `per_user.parquet`, and the same of each further fit in `fits/N`. Of several
windows it is the last one; the earlier ones have a folder of the same form in `windows/N`.
Folders of older versions lack some of these files.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from pipelines.data.split import Split
from pipelines.errors import AssayError, first_problem
from pipelines.evaluation.metrics.metric import MetricOfAllLists
from pipelines.evaluation.metrics.names import installed, label
from pipelines.evaluation.results.answer_file import read_lists
from pipelines.evaluation.results.damage import reading
from pipelines.evaluation.results.document import BakeoffDocument, titles_of
from pipelines.evaluation.results.fit_values import FitValues, stacked
from pipelines.runtime.folders import is_name
from pipelines.schema import NO_ITEM, Columns, Doubles, Ints, Longs, Ragged

if TYPE_CHECKING:
    import pandas as pd

DOCUMENT, TRUTH = "document.json", "truth.parquet"
ASKED, PER_USER, SLICES = "asked.npz", "per_user.parquet", "slices.parquet"
ITEM_SLICES, FITS, WINDOWS = "item_slices.parquet", "fits", "windows"
LISTS = "lists.parquet"
PIPELINE, OLDER_PIPELINE = "pipeline.assay", "pipeline.pickle"
"""The second one is not read: it is what pipelines were before format 3."""
MOST_CODES = 1 << 31
"""Above every item code, which is an int32."""


@dataclass(frozen=True)
class Requests:
    """The evaluated users (n), their histories and held-out items, in codes of the dataset."""

    user: Ints
    history: Ragged
    truth: Ragged
    truth_rows: Longs
    """The row of each held-out item's event among all interactions."""
    now: Longs
    """The time of each request, seconds UTC, (n,)."""

    @staticmethod
    def of(cut: Split) -> Requests:
        q = cut.queries
        return Requests(q.user, q.history, cut.truth, cut.truth_rows, q.now)

    def save(self, folder: Path) -> None:
        np.savez_compressed(
            folder / ASKED,
            user=self.user,
            history_indptr=self.history.indptr,
            history=self.history.values,
            truth_indptr=self.truth.indptr,
            truth=self.truth.values,
            truth_rows=self.truth_rows,
            now=self.now,
        )

    @staticmethod
    def load(folder: Path) -> Requests:
        with reading(folder / ASKED), _opened(folder / ASKED) as a:
            found = Requests(
                a["user"],
                Ragged(a["history_indptr"], a["history"]),
                Ragged(a["truth_indptr"], a["truth"]),
                a["truth_rows"],
                a["now"],
            )
            for what, lists in (("history", found.history), ("truth", found.truth)):
                lists.check(what, MOST_CODES, len(found.user), least=NO_ITEM)
            return found

    def __len__(self) -> int:
        return len(self.user)


def write_document(folder: Path, document: BakeoffDocument) -> None:
    """Write the bake-off's document into its folder, in place of an earlier one."""
    temporary = folder / f".{DOCUMENT}.part"
    temporary.write_text(document.model_dump_json(indent=1), encoding="utf-8")
    temporary.replace(folder / DOCUMENT)


def write_per_user(values: Mapping[str, Doubles], users: np.ndarray, here: Path) -> None:
    """Write the metrics' values (n,) of the users (n,) into a fit's folder."""
    import pandas as pd

    frame = pd.DataFrame({Columns.USER: users, **values})
    frame.to_parquet(here / PER_USER, index=False)


def read_document(folder: Path) -> BakeoffDocument:
    """The document in a bake-off's folder; an `AssayError` where there is none."""
    try:
        text = (folder / DOCUMENT).read_text(encoding="utf-8")
        values = json.loads(text)
    except (OSError, ValueError, RecursionError):
        raise AssayError(
            f"There is no bake-off in {folder}: its {DOCUMENT} is missing or cannot be read."
        ) from None
    return document_of(values, folder.name)


def document_of(values: Any, id: str) -> BakeoffDocument:
    """A stored document; an `AssayError` where another version of Assay wrote it."""
    try:
        return BakeoffDocument.model_validate(values)
    except ValidationError as error:
        where, why = first_problem(error)
        raise AssayError(
            f"The results of bake-off {id} cannot be read ({where}: {why}): they are "
            "damaged, or a newer version of Assay wrote them; update Assay, or run it again."
        ) from None


class BakeoffFolder:
    """The folder of a finished bake-off; each file is read when it is first used.

    Rows are the same users, in the same order, in all files.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lists: dict[tuple[str, int], Ints] = {}
        self._columns: dict[tuple[str, str, int], pd.Series] = {}
        self._names: dict[tuple[str, int], list[str]] = {}
        self._fits: dict[str, tuple[int, ...]] = {}

    @cached_property
    def requests(self) -> Requests:
        return Requests.load(self.path)

    @cached_property
    def slices(self) -> pd.DataFrame:
        """The users' slices: a row per user, a categorical column per dimension."""
        return _table(self.path / SLICES)

    @cached_property
    def item_slices(self) -> pd.DataFrame:
        """The items' slices: a row per item code, a categorical column per dimension."""
        return _table(self.path / ITEM_SLICES)

    @cached_property
    def titles(self) -> dict[str, str]:
        """Each contender's title by name; empty where the document is missing."""
        if not (self.path / DOCUMENT).exists():
            return {}
        return titles_of(read_document(self.path).contenders)

    def users(self, contender: str) -> npt.NDArray[np.object_]:
        """The users' ids, (n,)."""
        return self._column(contender, Columns.USER).to_numpy(dtype=object)

    def metrics(self, contender: str) -> list[str]:
        """Names of the metrics with per-user values, such as `ndcg@10`."""
        return self._metrics(contender, 0)

    def values(self, contender: str, metric: str) -> Doubles:
        """A contender's value for each user, (n,) float64, the mean over its fits.

        NaN where undefined.
        """
        return self.fit_values(contender, metric).by_user

    def fit_values(self, contender: str, metric: str) -> FitValues:
        """A contender's value for each user and fit."""
        key = (contender, metric, 0)
        if key not in self._columns and metric not in self.metrics(contender):
            raise AssayError(_no_values(contender, metric))
        # A user-defined metric may have failed in some of the fits.
        fits = tuple(
            f for f in self.fits(contender) if not f or metric in self._metrics(contender, f)
        )
        columns = [self._column(contender, metric, fit).to_numpy(np.float64) for fit in fits]
        return FitValues(np.column_stack(columns), fits)

    @cached_property
    def windows(self) -> list[BakeoffFolder]:
        """The folders of all windows, oldest first; the last one, often the only one, is this."""
        earlier = sorted((self.path / WINDOWS).glob("*"), key=lambda path: int(path.name))
        return [*map(BakeoffFolder, earlier), self]

    def pooled_values(self, contender: str, metric: str) -> FitValues:
        """As `fit_values`, over all windows: what the document's values and comparisons are of."""
        values = [window.fit_values(contender, metric) for window in self.windows]
        if len(values) == 1:
            return values[0]
        whose = np.concatenate([w.users(contender).astype(str) for w in self.windows])
        return stacked(values, np.unique(whose, return_inverse=True)[1].astype(np.int64))

    def fits(self, contender: str) -> tuple[int, ...]:
        """The numbers of the fits that were scored, ascending, the first one 0."""
        if contender not in self._fits:
            further = (self._of(contender) / FITS).glob(f"*/{PER_USER}")
            numbers = (path.parent.name for path in further)
            self._fits[contender] = (0, *sorted(int(n) for n in numbers if n.isdecimal()))
        return self._fits[contender]

    def lists(self, contender: str, fit: int = 0) -> Ints:
        """A contender's lists, (n, width) int32 item codes, -1 in empty places."""
        if (contender, fit) not in self._lists:
            self._lists[contender, fit] = read_lists(self._of(contender, fit))
        return self._lists[contender, fit]

    def read_ahead(self, contender: str, metrics: Iterable[str]) -> None:
        """Read the values of several metrics, and the users, in one go instead of one by one."""
        asked = [*metrics]
        for fit in self.fits(contender):
            there = {Columns.USER, *self._metrics(contender, fit)}
            wanted = [name for name in [Columns.USER, *asked] if name in there]
            table = _table(self._of(contender, fit) / PER_USER, wanted)
            self._columns.update({(contender, name, fit): table[name] for name in wanted})

    def _metrics(self, contender: str, fit: int) -> list[str]:
        key = (contender, fit)
        if key not in self._names:
            self._names[key] = _names(self._of(contender, fit) / PER_USER)
        return [name for name in self._names[key] if name != Columns.USER]

    def _column(self, contender: str, name: str, fit: int = 0) -> pd.Series:
        """One column of the per-user values; all of them at once would need too much memory."""
        key = (contender, name, fit)
        if key not in self._columns:
            self._columns[key] = _table(self._of(contender, fit) / PER_USER, [name])[name]
        return self._columns[key]

    def _of(self, contender: str, fit: int = 0) -> Path:
        if not is_name(contender):
            raise AssayError(f"There is no contender {contender[:80]!r} in this bake-off.")
        here = self.path / "contenders" / contender
        return here / FITS / str(fit) if fit else here


def _no_values(contender: str, metric: str) -> str:
    """Why there are no per-user values, and what to do about it."""
    found = installed(metric.partition("@")[0])
    if found is not None and issubclass(found, MetricOfAllLists):
        return f"{label(metric)} is one number over all lists together; it has no per-user values."
    return (
        f"The per-user values of {metric} for {contender} are not stored ({PER_USER}); "
        "run the bake-off again."
    )


def _table(path: Path, columns: list[str] | None = None) -> pd.DataFrame:
    import pandas as pd

    with reading(path):
        return pd.read_parquet(path, columns=columns)


def _names(path: Path) -> list[str]:
    """The columns of a table."""
    import pyarrow.parquet as pq

    with reading(path):
        return [str(name) for name in pq.read_schema(path).names]


def _opened(path: Path) -> np.lib.npyio.NpzFile:
    found: np.lib.npyio.NpzFile = np.load(path)
    return found
