"""The nouns that every stage, adapter and page shares.

Inside, an item or a user is an int32 code; external ids are strings and appear
only at the edges (`Vocabulary`). Times are int64 seconds since 1970, UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd
    import scipy.sparse as sp

    from pipelines.offers import Offers

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

NO_ITEM = -1
NEW_USER = -1


class Columns:
    """The standard names of columns, each written once."""

    USER = "user_id"
    ITEM = "item_id"
    WEIGHT = "weight"
    TIME = "timestamp"
    EVENT = "event_type"
    SCORE = "score"
    RANK = "rank"
    TITLE = "title"
    CATEGORIES = "categories"  # one string, parts divided by "|"
    PRICE = "price"
    MARGIN = "margin"
    AVAILABLE = "available"
    SPONSORED = "sponsored"
    IMAGE = "image"
    CREATED = "created_at"
    # What else may be kept of an event.
    VALUE = "value"
    DISCOUNT = "discount"
    DISPLAY = "on_display"
    MAILER = "in_mailer"
    SESSION = "session_id"
    ORDER = "order_id"
    POSITION = "position"
    PROPENSITY = "propensity"
    IMPRESSION = "impression"
    RECOMMENDATION = "recommendation_id"


@dataclass(frozen=True)
class Vocabulary:
    """External ids (strings) and their int32 codes: `ids[code]`."""

    ids: npt.NDArray[np.object_]

    @staticmethod
    def of(values: Iterable[object]) -> Vocabulary:
        """The vocabulary of the distinct `values`, in sorted order of their text."""
        return Vocabulary(np.array(sorted({str(v) for v in values}), dtype=object))

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def _index(self) -> dict[str, int]:
        return {v: i for i, v in enumerate(self.ids.tolist())}

    def encode(self, values: Iterable[object]) -> Ints:
        """Codes (n,) int32 of `values`; -1 where an id is unknown."""
        get = self._index.get
        return np.fromiter((get(str(v), -1) for v in values), dtype=np.int32)

    def decode(self, codes: npt.ArrayLike) -> npt.NDArray[np.object_]:
        """External ids of codes, in the codes' shape; None where the code is negative."""
        codes = np.asarray(codes)
        if len(self.ids) == 0:
            return np.full(codes.shape, None, dtype=object)
        out = self.ids[np.maximum(codes, 0)]
        out[codes < 0] = None
        return out


def row_pointers(sorted_rows: npt.ArrayLike, n_rows: int) -> Longs:
    """CSR row pointers (n_rows + 1,) int64 for sorted row numbers."""
    counts = np.bincount(np.asarray(sorted_rows), minlength=n_rows)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


@dataclass(frozen=True)
class Interactions:
    """Who took up what, when: columns sorted by (user, time, input row); immutable.

    `user`, `item` int32; `weight` float32 (> 0); `time` int64 seconds UTC; each (n,).
    """

    user: Ints
    item: Ints
    weight: Floats
    time: Longs
    n_users: int
    n_items: int

    @staticmethod
    def build(
        user: npt.ArrayLike,
        item: npt.ArrayLike,
        weight: npt.ArrayLike | None = None,
        time: npt.ArrayLike | None = None,
        *,
        n_users: int,
        n_items: int,
    ) -> Interactions:
        """Sort columns given in input order; weights default to 1, times to 0."""
        u = np.ascontiguousarray(user, dtype=np.int32)
        i = np.ascontiguousarray(item, dtype=np.int32)
        w = np.ones(len(u), np.float32) if weight is None else np.asarray(weight, np.float32)
        t = np.zeros(len(u), np.int64) if time is None else np.asarray(time, np.int64)
        order = np.lexsort((t, u))  # lexsort is stable, so input order breaks ties
        return Interactions(u[order], i[order], w[order], t[order], n_users, n_items)

    def __len__(self) -> int:
        return len(self.user)

    @cached_property
    def indptr(self) -> Longs:
        """Row pointers (n_users + 1,) int64: user u's rows are indptr[u]:indptr[u + 1]."""
        return row_pointers(self.user, self.n_users)

    def matrix(self) -> sp.csr_matrix:
        """User × item weights, (n_users, n_items) float32 CSR; repeats are added up."""
        import scipy.sparse as sp

        shape = (self.n_users, self.n_items)
        out = sp.csr_matrix((self.weight, self.item, self.indptr), shape=shape, copy=True)
        out.sum_duplicates()
        return out

    def select(self, rows: npt.NDArray[Any]) -> Interactions:
        """The rows named by a mask (n,) or by ascending row numbers; codes stay."""
        cut = (self.user[rows], self.item[rows], self.weight[rows], self.time[rows])
        return Interactions(*cut, self.n_users, self.n_items)


@dataclass(frozen=True)
class Catalogue:
    """The items and what is known of them at the cut-off.

    `frame` has a row per item code (columns of `Columns`: title, categories, price,
    available, sponsored, any others); `known` (n_items,) marks items that a contender
    may recommend. Truths outside it are counted and stay in the denominator. `offers` says
    when items were promoted, where that is known.
    """

    items: Vocabulary
    frame: pd.DataFrame
    known: Mask
    offers: Offers | None = None

    @property
    def n_items(self) -> int:
        return len(self.items)

    def at(self, known: Mask) -> Catalogue:
        """The same items with another set of known ones."""
        return replace(self, known=known)

    def titles(self) -> npt.NDArray[np.object_]:
        """A name for each item (n_items,): its title, or its id where it has none."""
        if Columns.TITLE not in self.frame:
            return self.items.ids
        given = self.frame[Columns.TITLE]
        return np.where(given.notna(), given.astype(object), self.items.ids)

    @cached_property
    def category_names(self) -> tuple[str, ...]:
        return self._categories[1]

    @property
    def categories(self) -> sp.csr_matrix:
        """Item × category membership, (n_items, n_categories) float32 CSR of ones."""
        return self._categories[0]

    @cached_property
    def _categories(self) -> tuple[sp.csr_matrix, tuple[str, ...]]:
        import scipy.sparse as sp

        rows: list[int] = []
        parts: list[str] = []
        if Columns.CATEGORIES in self.frame:
            for row, text in enumerate(self.frame[Columns.CATEGORIES].tolist()):
                if isinstance(text, str):
                    split = {p.strip() for p in text.split("|")} - {""}
                    rows += [row] * len(split)
                    parts += sorted(split)
        names = tuple(sorted(set(parts)))
        code = {name: j for j, name in enumerate(names)}
        cols = [code[p] for p in parts]
        ones = np.ones(len(rows), np.float32)
        return sp.csr_matrix((ones, (rows, cols)), shape=(self.n_items, len(names))), names


@dataclass(frozen=True)
class Ragged:
    """A list of item codes per row: `values[indptr[r]:indptr[r + 1]]`, int32 and int64."""

    indptr: Longs
    values: Ints

    @staticmethod
    def empty(n: int) -> Ragged:
        return Ragged(np.zeros(n + 1, np.int64), np.zeros(0, np.int32))

    @staticmethod
    def of(rows: Sequence[Sequence[int]]) -> Ragged:
        flat = [v for row in rows for v in row]
        lengths = np.cumsum([0, *(len(row) for row in rows)])
        return Ragged(lengths.astype(np.int64), np.array(flat, dtype=np.int32))

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def row(self, r: int) -> Ints:
        return self.values[self.indptr[r] : self.indptr[r + 1]]

    def lengths(self) -> Longs:
        return np.diff(self.indptr)

    def sums(self, of_values: npt.NDArray[Any]) -> Doubles:
        """The sum of `of_values`, which runs beside `values`, over each row, (rows,) float64."""
        rows = np.repeat(np.arange(len(self)), self.lengths())
        return np.bincount(rows, of_values, minlength=len(self)).astype(np.float64)

    def positions(self, rows: npt.NDArray[Any]) -> Longs:
        """Positions in `values` that belong to `rows` (row numbers), in that order."""
        starts, lengths = self.indptr[rows], self.lengths()[rows]
        offsets = np.repeat(starts - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
        return np.arange(lengths.sum(), dtype=np.int64) + offsets

    def mapped(self, place: Ints) -> Ragged:
        """The lists in other codes, `place[code]`; what has none (-1) is left out."""
        values = place[self.values]
        kept = np.concatenate([[0], np.cumsum(values >= 0)]).astype(np.int64)
        return Ragged(kept[self.indptr], values[values >= 0])

    def take(self, rows: npt.NDArray[Any]) -> Ragged:
        indptr = np.concatenate([[0], np.cumsum(self.lengths()[rows])]).astype(np.int64)
        return Ragged(indptr, self.values[self.positions(rows)])


@dataclass(frozen=True)
class Queries:
    """Requests, each of them a history: n of them, over a catalogue of n_items.

    `user` (n,) int32, -1 for a visitor without a number; `history` the items taken up,
    newest last, with `weights` float32 and `times` int64 beside its values; `now` (n,)
    int64, the moment of the request; `exclude` the items to leave out (the manifest's
    seen-policy fills it, `retrieve` honors it); `context` a row per request, or None.
    """

    user: Ints
    history: Ragged
    weights: Floats
    times: Longs
    now: Longs
    exclude: Ragged
    n_items: int
    context: pd.DataFrame | None = None

    def __len__(self) -> int:
        return len(self.user)

    @cached_property
    def lengths(self) -> Longs:
        """Events in each history, (n,) int64."""
        return self.history.lengths()

    def take(self, rows: npt.NDArray[Any]) -> Queries:
        """The requests with these row numbers, in that order."""
        at = self.history.positions(rows)
        return Queries(
            self.user[rows],
            self.history.take(rows),
            self.weights[at],
            self.times[at],
            self.now[rows],
            self.exclude.take(rows),
            self.n_items,
            None if self.context is None else self.context.iloc[rows],
        )

    def matrix(self, weights: Floats | None = None) -> sp.csr_matrix:
        """Request × item weights (n, n_items) float32 CSR, item codes sorted, repeats added.

        `weights` (events,) replaces the histories' own.
        """
        import scipy.sparse as sp

        data = self.weights if weights is None else weights
        parts = (np.asarray(data, np.float32), self.history.values, self.history.indptr)
        out = sp.csr_matrix(parts, shape=(len(self), self.n_items), copy=True)
        out.sum_duplicates()
        return out

    @cached_property
    def positions_from_end(self) -> Longs:
        """For each event of each history, how many newer ones follow it, (events,) int64."""
        ends = np.repeat(self.history.indptr[1:], self.lengths)
        return ends - 1 - np.arange(len(self.history.values), dtype=np.int64)

    @staticmethod
    def of_histories(
        histories: Sequence[Sequence[int]],
        *,
        n_items: int,
        now: int,
        exclude_seen: bool = True,
    ) -> Queries:
        """Queries for made-up histories (item codes, newest last), one event a second."""
        history = Ragged.of(histories)
        n = len(history)
        ends = np.repeat(history.indptr[1:], history.lengths())
        times = now - (ends - np.arange(len(history.values), dtype=np.int64))
        return Queries(
            np.full(n, NEW_USER, np.int32),
            history,
            np.ones(len(history.values), np.float32),
            times,
            np.full(n, now, np.int64),
            history if exclude_seen else Ragged.empty(n),
            n_items,
        )


@dataclass(frozen=True)
class Candidates:
    """Items proposed for each request, best first.

    `items` (n, k) int32, -1 where none; `scores` (n, k) float32, -inf where none. Lists
    merged from several generators also carry, per generator s of `sources`,
    `source_scores` (n, k, s) float32 (NaN where it did not propose the item) and
    `source_ranks` (n, k, s) int32 (1 is best, 0 where it did not propose the item).
    """

    items: Ints
    scores: Floats
    sources: tuple[str, ...] = ()
    source_scores: Floats | None = None
    source_ranks: Ints | None = None

    def __len__(self) -> int:
        return len(self.items)

    def pick(self, columns: npt.NDArray[Any], scores: Floats | None = None) -> Candidates:
        """For each row the candidates at `columns` (n, k'); column -1 gives "none".

        `scores` (n, k') replaces the picked ones' scores.
        """
        none = columns < 0
        at = np.maximum(columns, 0)
        items = np.take_along_axis(self.items, at, axis=1)
        chosen = np.take_along_axis(self.scores, at, axis=1) if scores is None else scores.copy()
        items[none] = NO_ITEM
        chosen[none] = -np.inf
        source_scores = source_ranks = None
        if self.source_scores is not None and self.source_ranks is not None:
            source_scores = np.take_along_axis(self.source_scores, at[:, :, None], axis=1)
            source_ranks = np.take_along_axis(self.source_ranks, at[:, :, None], axis=1)
            source_scores[none] = np.nan
            source_ranks[none] = 0
        return Candidates(items, chosen, self.sources, source_scores, source_ranks)


@dataclass(frozen=True)
class Features:
    """What the rankers look at: `values` (n, k, f) float32, NaN where unknown."""

    values: Floats
    names: tuple[str, ...]

    def pick(self, columns: npt.NDArray[Any]) -> Features:
        """The features of the candidates at `columns` (n, k'); -1 picks the first."""
        at = np.maximum(columns, 0)[:, :, None]
        return Features(np.take_along_axis(self.values, at, axis=1), self.names)


@dataclass(frozen=True)
class Change:
    """What a rule did: request `rows` and `items` codes, (m,) each, with one reason."""

    rule: str
    action: Literal["removed", "moved", "inserted"]
    reason: str
    rows: Longs
    items: Ints


@dataclass(frozen=True)
class Slate:
    """What a person gets: `items` (n, k) int32 best first, -1 where none; `scores` float32.

    A slate may be longer than what is shown, so that rules have items to move up.
    """

    items: Ints
    scores: Floats
    changes: tuple[Change, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.items)

    def cut(self, k: int) -> Slate:
        """The first k places."""
        return replace(self, items=self.items[:, :k], scores=self.scores[:, :k])


FindingState = Literal["enough", "thin", "not enough", "unknown"]


@dataclass(frozen=True)
class Finding:
    """One thing found about the data: a value beside its threshold, why, and what to do."""

    check: str
    value: float | str | None
    threshold: float | str | None
    state: FindingState
    why: str
    todo: str
    source: str
