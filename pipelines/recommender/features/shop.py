"""Features of prices and promotions, where the catalogue has them.

Each class fills its columns request by request, from what was known at the request.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numba
import numpy as np

from pipelines.schema import (
    Candidates,
    Catalogue,
    Columns,
    Floats,
    Interactions,
    Queries,
    sound,
)
from pipelines.schema.offers import Spans


class PriceFeatures:
    """An item's price, and its ratio to the prices in the user's history.

    Assumes that the catalogue's price was known at the cut-off; `log_price_` (n_items,) float32,
    NaN where there is none.
    """

    names: ClassVar[tuple[str, ...]] = ("price_log", "price_against_history")

    kind: ClassVar[str] = "prices"

    def __init__(self, log_price: Floats) -> None:
        self.log_price_ = log_price

    def state(self) -> dict[str, Any]:
        """What was learned, for a file."""
        return {"log_price": self.log_price_}

    @classmethod
    def restored(cls, state: dict[str, Any]) -> Self:
        return cls(state["log_price"])

    def check(self, n_items: int) -> None:
        """Raise `ValueError` where it cannot be of `n_items` items."""
        sound.shaped("log_price", self.log_price_, np.float32, n_items)

    @classmethod
    def of(cls, interactions: Interactions, catalogue: Catalogue) -> Self | None:
        """None where no item has a price."""
        import pandas as pd

        if Columns.PRICE not in catalogue.frame:
            return None
        given = pd.to_numeric(catalogue.frame[Columns.PRICE], errors="coerce")
        price = given.to_numpy(np.float64, na_value=np.nan)
        there = np.isfinite(price) & (price > 0)
        if not there.any():
            return None
        logs = np.log(price, out=np.full(len(price), np.nan), where=there)
        return cls(logs.astype(np.float32))

    def fill(self, out: Floats, queries: Queries, candidates: Candidates) -> None:
        """Write the columns `out` (n, k, 2)."""
        history = queries.history
        _prices(out, candidates.items, history.indptr, history.values, self.log_price_)


class OfferFeatures:
    """Whether an item is on offer at the request, and the share of offers in the history.

    The events of a made-up history are looked up in the same table, at their times.
    `time_on_offer` is the share of the training events' span in which the item was on offer.
    """

    names: ClassVar[tuple[str, ...]] = ("on_offer_now", "offer_share_of_history", "time_on_offer")

    kind: ClassVar[str] = "offers"

    def __init__(self, spans: Spans, share: Floats) -> None:
        self.spans_, self.share_ = spans, share

    def state(self) -> dict[str, Any]:
        """What was learned, for a file."""
        return {"spans": vars(self.spans_), "share": self.share_}

    @classmethod
    def restored(cls, state: dict[str, Any]) -> Self:
        return cls(Spans(**state["spans"]), state["share"])

    def check(self, n_items: int) -> None:
        """Raise `ValueError` where it cannot be of `n_items` items."""
        spans = self.spans_
        sound.shaped("start", spans.start, np.int64, None)
        sound.shaped("end", spans.end, np.int64, len(spans.start))
        sound.pointers("indptr", spans.indptr, n_items, len(spans.start))
        sound.shaped("share", self.share_, np.float32, n_items)

    @classmethod
    def of(cls, interactions: Interactions, catalogue: Catalogue) -> Self | None:
        """None where the catalogue has no offers."""
        if catalogue.offers is None or len(catalogue.offers) == 0:
            return None
        n = catalogue.n_items
        spans = catalogue.offers.spans(n)
        oldest = int(interactions.time.min()) if len(interactions) else 0
        newest = int(interactions.time.max()) if len(interactions) else 0
        # Up to the newest event: what was promoted later is not known yet.
        seconds = np.minimum(spans.end, newest + 1) - np.maximum(spans.start, oldest)
        item = np.repeat(np.arange(n), np.diff(spans.indptr))
        total = np.bincount(item, weights=np.maximum(seconds, 0), minlength=n)
        return cls(spans, (total / (newest + 1 - oldest)).astype(np.float32))

    def fill(self, out: Floats, queries: Queries, candidates: Candidates) -> None:
        """Write the columns `out` (n, k, 3)."""
        _offers(
            out,
            candidates.items,
            queries.now,
            queries.history.indptr,
            queries.history.values,
            queries.times,
            self.spans_.indptr,
            self.spans_.start,
            self.spans_.end,
            self.share_,
        )


ShopFeatures = PriceFeatures | OfferFeatures
KINDS: dict[str, type[ShopFeatures]] = {kind.kind: kind for kind in (PriceFeatures, OfferFeatures)}


def shop_features(interactions: Interactions, catalogue: Catalogue) -> tuple[ShopFeatures, ...]:
    """The ones that the catalogue has columns for; none for data without prices and offers."""
    found = [kind.of(interactions, catalogue) for kind in KINDS.values()]
    return tuple(part for part in found if part is not None)


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _prices(out, items, indptr, history, log_price):  # type: ignore[no-untyped-def]
    n, k = items.shape
    for r in range(n):
        total, priced = 0.0, 0
        for p in range(indptr[r], indptr[r + 1]):
            value = log_price[history[p]]
            if not np.isnan(value):
                total += value
                priced += 1
        mean = total / priced if priced > 0 else np.nan
        for j in range(k):
            if items[r, j] >= 0:
                value = log_price[items[r, j]]
                out[r, j, 0] = value
                out[r, j, 1] = value - mean


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _offers(  # type: ignore[no-untyped-def]
    out, items, now, indptr, history, times, span_indptr, starts, ends, share
):
    n, k = items.shape
    for r in range(n):
        first, last = indptr[r], indptr[r + 1]
        on = 0
        for p in range(first, last):
            if _covered(history[p], times[p], span_indptr, starts, ends):
                on += 1
        part = on / (last - first) if last > first else np.nan
        for j in range(k):
            item = items[r, j]
            if item >= 0:
                out[r, j, 0] = 1.0 if _covered(item, now[r], span_indptr, starts, ends) else 0.0
                out[r, j, 1] = part
                out[r, j, 2] = share[item]


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _covered(item, time, indptr, starts, ends):  # type: ignore[no-untyped-def]
    """Whether the last span of `item` that began by `time` has not ended."""
    low, high = indptr[item], indptr[item + 1]
    at = low + np.searchsorted(starts[low:high], time, side="right") - 1
    return at >= low and time < ends[at]
