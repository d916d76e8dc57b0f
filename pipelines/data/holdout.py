"""Which events a protocol holds out of the training data, and which only ask."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.data.protocol import Protocol
from pipelines.errors import AssayError
from pipelines.schema import Interactions, Longs, Mask

ASKED_OF_TEN = 1
"""Of each ten events of a held-out user, the newest that are the truth; the older ones ask."""
DRAW_SEED = 0
"""Of the drawn users or events. Fixed, since a protocol's text stands for the whole split:
stored stages are found by it."""


@dataclass(frozen=True)
class HeldOut:
    """Masks over the events (n,).

    `held` is what is asked for; `asking` is history that the request shows and no model is
    trained on; the rest is trained on. `cutoff` is the one moment of a split in time.
    """

    held: Mask
    asking: Mask
    cutoff: int | None = None


def hold_out(interactions: Interactions, protocol: Protocol) -> HeldOut:
    """The events that `protocol` holds out; an `AssayError` where it cannot be applied."""
    match protocol.kind:
        case "time":
            return _since(interactions, _cutoff(interactions, protocol))
        case "users":
            return _of_users(interactions, protocol.value)
        case "random":
            return _drawn(interactions, protocol.value)
        case "windows":
            raise AssayError(f"The split {protocol} is several; cut them with `windows`.")
        case _:
            return _newest(interactions, int(protocol.value))


def quantile_moment(interactions: Interactions, share: float) -> int:
    """The moment before which a share of the events lies, seconds UTC."""
    _span(interactions)
    ordered = np.sort(interactions.time)
    return int(ordered[int(len(ordered) * share)])


def _span(interactions: Interactions) -> tuple[int, int]:
    """The first and the last moment; an `AssayError` where there are not two."""
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
            f"The split {protocol} lies outside of the data, which goes from {days[0]} to "
            f"{days[1]}; name a moment between, or a share such as time:0.9."
        )
    return protocol.moment


def _since(interactions: Interactions, cutoff: int) -> HeldOut:
    return HeldOut(interactions.time >= cutoff, np.zeros(len(interactions), bool), cutoff)


def _newest(interactions: Interactions, n: int) -> HeldOut:
    """The last n events of each user who has more."""
    held = (_after(interactions) < n) & (_lengths(interactions) > n)
    return HeldOut(held, np.zeros(len(held), bool))


def _of_users(interactions: Interactions, share: float) -> HeldOut:
    """Of a share of the users with two or more events, all; the newest tenth is asked for."""
    able = np.flatnonzero(np.diff(interactions.indptr) >= 2)
    count = round(share * len(able))
    drawn = np.zeros(interactions.n_users, bool)
    drawn[np.random.default_rng(DRAW_SEED).permutation(able)[:count]] = True
    theirs = drawn[interactions.user]
    lengths = _lengths(interactions)
    held = theirs & (_after(interactions) < np.maximum(1, lengths * ASKED_OF_TEN // 10))
    return HeldOut(held, theirs & ~held)


def _drawn(interactions: Interactions, share: float) -> HeldOut:
    """A share of all events, whoever's and whenever; exactly so many."""
    n = len(interactions)
    held = np.zeros(n, bool)
    held[np.random.default_rng(DRAW_SEED).permutation(n)[: round(share * n)]] = True
    return HeldOut(held, np.zeros(n, bool))


def _after(interactions: Interactions) -> Longs:
    """How many newer events the same user has, (n,)."""
    ends = interactions.indptr[1:][interactions.user]
    return np.asarray(ends - 1 - np.arange(len(interactions)), np.int64)


def _lengths(interactions: Interactions) -> Longs:
    """How many events the same user has, (n,)."""
    return np.asarray(np.diff(interactions.indptr)[interactions.user], np.int64)
