"""Repeated requests to a contender, in its own process, right after its scored lists.

The tests `small-change` and `input-order` use the answers.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import numpy as np

from pipelines.evaluation.results.damage import reading
from pipelines.schema import Ints, Longs, Queries, Ragged

PROBES = "probes.npz"
CHANGED, AGAIN = 500, 50
"""The most requests with a shortened history, and the most repeated alone and reordered."""
BLOCK = 50
"""Changed requests per call."""
PATIENCE_SECONDS = 4.0
"""No further call starts after this time, so slow contenders get fewer requests."""

Ask = Callable[[Queries], Ints]
"""Returns lists (n, width) for n requests."""


def _no_rows() -> Longs:
    return np.zeros(0, np.int64)


def _no_lists() -> Ints:
    return np.zeros((0, 0), np.int32)


@dataclass(frozen=True)
class Probes:
    """A contender's answers to repeated requests, or why there are none."""

    why_not: str = ""
    changed_rows: Longs = field(default_factory=_no_rows)
    """Requests with one event removed from the history, (m,)."""
    left_out: Longs = field(default_factory=_no_rows)
    """The item of that event, (m,)."""
    changed: Ints = field(default_factory=_no_lists)
    """Their lists, (m, width)."""
    again_rows: Longs = field(default_factory=_no_rows)
    """Requests that were repeated unchanged, (s,)."""
    alone: Ints = field(default_factory=_no_lists)
    """Their lists when requested one at a time, (s, width)."""
    shuffled: Ints = field(default_factory=_no_lists)
    """Their lists when requested together in another order, (s, width)."""

    def save(self, folder: Path) -> None:
        arrays = {f.name: np.asarray(getattr(self, f.name)) for f in fields(self)}
        np.savez(folder / PROBES, allow_pickle=False, **arrays)

    @staticmethod
    def load(folder: Path) -> Probes:
        """What `save` wrote; an `AssayError` where the file is missing or damaged."""
        with reading(folder / PROBES), np.load(folder / PROBES) as arrays:
            return Probes(str(arrays["why_not"]), *(arrays[f.name] for f in fields(Probes)[1:]))


def ask_again(queries: Queries, ask: Ask, seed: int, patience: float = PATIENCE_SECONDS) -> Probes:
    """Repeat some requests with one event removed from the history, and some unchanged.

    The requests are a seeded draw in a fixed order; only their number depends on the
    contender's speed. Where the contender raises, `why_not` says so.
    """
    try:
        rows, left_out, lists = _with_event_removed(queries, ask, seed, patience)
        again, alone, shuffled = _unchanged(queries, ask, seed, patience)
    except Exception as error:
        traceback.print_exc()
        text = f"{type(error).__name__}: {str(error)[:300]}".rstrip(".")
        return Probes(f"It raised an error on repeated requests: {text}.")
    return Probes("", rows, left_out, lists, again, alone, shuffled)


def _with_event_removed(
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

    The items excluded from their lists stay the same, so that only the history changes.
    """
    asked = queries.take(rows)
    remaining = ~np.isin(queries.history.positions(rows), at)
    indptr = asked.history.indptr - np.arange(len(rows) + 1)
    return replace(
        asked,
        history=Ragged(indptr, asked.history.values[remaining]),
        weights=asked.weights[remaining],
        times=asked.times[remaining],
    )


def _unchanged(queries: Queries, ask: Ask, seed: int, patience: float) -> tuple[Longs, Ints, Ints]:
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
