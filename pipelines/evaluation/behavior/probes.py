"""A contender asked again, in its own process, right after it answered.

What it says then is what the tests of small changes and of order look at.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import numpy as np

from pipelines.schema import Ints, Longs, Queries, Ragged

PROBES = "probes.npz"
CHANGED, AGAIN = 500, 50
"""Requests that are asked with a shorter history, and alone and in another order, at most."""
BLOCK = 50
"""Changed requests asked at once."""
PATIENCE_SECONDS = 4.0
"""After so long no further block or request is begun: a slow contender is asked fewer."""

Ask = Callable[[Queries], Ints]
"""Lists (n, width) for n requests."""


def _no_rows() -> Longs:
    return np.zeros(0, np.int64)


def _no_lists() -> Ints:
    return np.zeros((0, 0), np.int32)


@dataclass(frozen=True)
class Probes:
    """What a contender answered when it was asked again, or why it was not asked."""

    why_not: str = ""
    changed_rows: Longs = field(default_factory=_no_rows)
    """Requests that lost an event of their history, (m,)."""
    left_out: Longs = field(default_factory=_no_rows)
    """The item of that event, (m,)."""
    changed: Ints = field(default_factory=_no_lists)
    """Their lists then, (m, width)."""
    again_rows: Longs = field(default_factory=_no_rows)
    """Requests that were asked again as they were, (s,)."""
    alone: Ints = field(default_factory=_no_lists)
    """Their lists when each is asked alone, (s, width)."""
    shuffled: Ints = field(default_factory=_no_lists)
    """Their lists when they are asked together in another order, (s, width)."""

    def save(self, folder: Path) -> None:
        arrays = {f.name: np.asarray(getattr(self, f.name)) for f in fields(self)}
        np.savez(folder / PROBES, allow_pickle=False, **arrays)

    @staticmethod
    def load(folder: Path) -> Probes:
        with np.load(folder / PROBES) as arrays:
            return Probes(str(arrays["why_not"]), *(arrays[f.name] for f in fields(Probes)[1:]))


def ask_again(queries: Queries, ask: Ask, seed: int, patience: float = PATIENCE_SECONDS) -> Probes:
    """Ask for some of the requests with an event less, and for some as they were.

    Which ones is a seeded draw; how many of them depends on the contender's speed alone,
    and whoever is asked first is the same. A contender that breaks is told as `why_not`.
    """
    try:
        rows, left_out, lists = _with_an_event_less(queries, ask, seed, patience)
        again, alone, shuffled = _as_they_were(queries, ask, seed, patience)
    except Exception as error:
        traceback.print_exc()
        why = f"It broke when it was asked again: {type(error).__name__}: {str(error)[:300]}"
        return Probes(f"{why.rstrip('.')}.")
    return Probes("", rows, left_out, lists, again, alone, shuffled)


def _with_an_event_less(
    queries: Queries, ask: Ask, seed: int, patience: float
) -> tuple[Longs, Longs, Ints]:
    rng = np.random.default_rng([seed, 2])
    rows = rng.permutation(np.flatnonzero(queries.lengths >= 2))[:CHANGED]
    at = queries.history.indptr[rows] + rng.integers(0, queries.lengths[rows])
    left_out = queries.history.values[at].astype(np.int64)
    lists: list[Ints] = []
    began = time.perf_counter()
    for start in range(0, len(rows), BLOCK):
        if lists and time.perf_counter() - began > patience:
            break
        part = slice(start, start + BLOCK)
        lists.append(ask(without(queries, rows[part], at[part])))
    answers = np.concatenate(lists) if lists else _no_lists()
    return rows[: len(answers)], left_out[: len(answers)], answers


def without(queries: Queries, rows: Longs, at: Longs) -> Queries:
    """The requests `rows` (m,), each without the event at position `at` (m,) of all histories.

    What is left out of their lists stays as it was, so that only the history changes.
    """
    asked = queries.take(rows)
    kept = ~np.isin(queries.history.positions(rows), at)
    indptr = asked.history.indptr - np.arange(len(rows) + 1)
    return replace(
        asked,
        history=Ragged(indptr, asked.history.values[kept]),
        weights=asked.weights[kept],
        times=asked.times[kept],
    )


def _as_they_were(
    queries: Queries, ask: Ask, seed: int, patience: float
) -> tuple[Longs, Ints, Ints]:
    rng = np.random.default_rng([seed, 3])
    rows = rng.permutation(len(queries))[:AGAIN]
    alone: list[Ints] = []
    began = time.perf_counter()
    for row in rows:
        if alone and time.perf_counter() - began > patience:
            break
        alone.append(ask(queries.take(np.array([row]))))
    rows = rows[: len(alone)]
    order = rng.permutation(len(rows))
    mixed = ask(queries.take(rows[order]))
    shuffled = np.empty_like(mixed)
    shuffled[order] = mixed
    return rows, np.concatenate(alone), shuffled
