"""Which events a protocol holds out, and which serve only as history of the requests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.data.protocol import Protocol
from pipelines.errors import AssayError
from pipelines.schema import Interactions, Longs, Mask

HELD_OUT_TENTHS = 1
"""Tenths of a held-out user's events, the newest ones, that are held out; the others are
the history of the request."""
DRAW_SEED = 0
"""Seed for drawing users or events. Fixed, because the text of a protocol identifies the whole
split, and stored stages are looked up by it."""


@dataclass(frozen=True)
class HeldOut:
    """Masks over the events (n,).

    `held` marks held-out events; `history_only` marks events that are part of a request's
    history but not of the training data; all others are training events. `cutoff` is the
    cut-off of a split in time.
    """

    held: Mask
    history_only: Mask
    cutoff: int | None = None


def hold_out(interactions: Interactions, protocol: Protocol) -> HeldOut:
    """The events that `protocol` holds out; raises `AssayError` if it cannot be applied."""
    match protocol.kind:
        case "time":
            return _since(interactions, _cutoff(interactions, protocol))
        case "users":
            return _of_users(interactions, protocol.value)
        case "random":
            return _drawn(interactions, protocol.value)
        case "windows":
            raise AssayError(f"The split {protocol} is several splits; make them with `windows`.")
        case _:
            return _newest(interactions, int(protocol.value))


def quantile_moment(interactions: Interactions, share: float) -> int:
    """The time before which this share of the events lies, seconds UTC."""
    _span(interactions)
    ordered = np.sort(interactions.time)
    return int(ordered[int(len(ordered) * share)])


def _span(interactions: Interactions) -> tuple[int, int]:
    """The first and the last time; raises `AssayError` if they are equal."""
    if len(interactions) == 0 or interactions.time.min() == interactions.time.max():
        raise AssayError(
            "A split in time needs events at different times; map a time column, "
            "or use the split last-n:N."
        )
    return int(interactions.time.min()), int(interactions.time.max())


def _cutoff(interactions: Interactions, protocol: Protocol) -> int:
    if protocol.moment is None:
        return quantile_moment(interactions, protocol.value)
    first, last = _span(interactions)
    if not first < protocol.moment <= last:
        days = [str(np.datetime64(moment, "s"))[:10] for moment in (first, last)]
        raise AssayError(
            f"The split {protocol} is outside the data, which covers {days[0]} to {days[1]}; "
            "use a date in between, or a share such as time:0.9."
        )
    return protocol.moment


def _since(interactions: Interactions, cutoff: int) -> HeldOut:
    return HeldOut(interactions.time >= cutoff, np.zeros(len(interactions), bool), cutoff)


def _newest(interactions: Interactions, n: int) -> HeldOut:
    """The last n events of each user with more than n."""
    held = (_after(interactions) < n) & (_lengths(interactions) > n)
    return HeldOut(held, np.zeros(len(held), bool))


def _of_users(interactions: Interactions, share: float) -> HeldOut:
    """All events of a share of the users with two or more; the newest tenth is held out."""
    able = np.flatnonzero(np.diff(interactions.indptr) >= 2)
    count = round(share * len(able))
    drawn = np.zeros(interactions.n_users, bool)
    drawn[np.random.default_rng(DRAW_SEED).permutation(able)[:count]] = True
    theirs = drawn[interactions.user]
    lengths = _lengths(interactions)
    held = theirs & (_after(interactions) < np.maximum(1, lengths * HELD_OUT_TENTHS // 10))
    return HeldOut(held, theirs & ~held)


def _drawn(interactions: Interactions, share: float) -> HeldOut:
    """A random share of all events, of exactly that size."""
    n = len(interactions)
    held = np.zeros(n, bool)
    held[np.random.default_rng(DRAW_SEED).permutation(n)[: round(share * n)]] = True
    return HeldOut(held, np.zeros(n, bool))


def _after(interactions: Interactions) -> Longs:
    """The number of newer events of the same user, (n,)."""
    ends = interactions.indptr[1:][interactions.user]
    return np.asarray(ends - 1 - np.arange(len(interactions)), np.int64)


def _lengths(interactions: Interactions) -> Longs:
    """The number of events of the same user, (n,)."""
    return np.asarray(np.diff(interactions.indptr)[interactions.user], np.int64)
