"""The profile of a dataset: the figures behind its charts, in few enough points to plot."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from pipelines.data.dataset import Dataset
from pipelines.data.profile_sentences import sentences
from pipelines.data.readiness.facts.exposure import event_types
from pipelines.data.readiness.facts.metadata import metadata
from pipelines.data.readiness.facts.stream import DAY, FIRST, VISIT_MINUTES, Stream
from pipelines.schema import Longs

MOST_BINS = 120
TAIL_POINTS = 200
HISTORY_BINS = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1_000)
"""Lower ends of the bins of history lengths."""
# Calendar units, from the finest: the number of days, months or years in each.
_UNITS = (
    ("day", "D", 1), ("week", "D", 7), ("month", "M", 1), ("quarter", "M", 3), ("year", "Y", 1),
    ("five years", "Y", 5),
)  # fmt: skip
_MONDAY = 3  # days since 1970-01-01, a Thursday, shifted so that weeks begin on Mondays

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Profile:
    """JSON-able figures for charts: rows of plain values by the name of the chart."""

    name: str
    events: int
    users: int
    items: int
    unit: str | None
    """Bin width of the activity: day, week, month, quarter, year or five years; None without
    times."""
    activity: Rows
    """start (ISO date, UTC), events, users, new_users, whole (False if the data begins or ends
    within the bin); at most 120 rows."""
    long_tail: Rows
    """items (share of all items, the most frequent first), events (their share of all events);
    at most 200 rows."""
    histories: Rows
    """bin (such as "5 to 9"), low, users, share."""
    coverage: Rows
    """table (items, users, events), column, share of rows with a value."""
    types: Rows
    """event_type, rows, share; empty if the data has no event types."""
    hours: Rows
    """weekday (0 is Monday), hour (UTC), events; empty if the times are dates."""
    sentences: dict[str, str]
    """What each chart shows, as a sentence, by the name of the chart."""

    def document(self) -> dict[str, Any]:
        return asdict(self)


def profile(dataset: Dataset) -> Profile:
    """The profile of a dataset; 20 M events take a few seconds (docs/readiness.md)."""
    it = dataset.interactions
    stream = Stream(it, VISIT_MINUTES * 60)
    per_user = np.diff(it.indptr)
    per_item = np.bincount(it.item, minlength=1)
    unit, activity = _activity(stream)
    found: dict[str, Rows] = {
        "activity": activity,
        "long_tail": _long_tail(np.sort(per_item[per_item > 0])[::-1]),
        "histories": _histories(per_user[per_user > 0]),
        "coverage": _coverage(dataset),
        "types": _types(dataset),
        "hours": _hours(stream),
    }
    return Profile(
        name=dataset.name,
        events=len(it),
        users=int((per_user > 0).sum()),
        items=int((per_item > 0).sum()),
        unit=unit,
        **found,
        sentences=sentences(unit, found),
    )


def bins(first: int, newest: int) -> tuple[str, Longs]:
    """The finest unit with at most 120 bins from `first` to `newest` (seconds UTC), and the
    edges of its bins in days since 1970 (n + 1,)."""
    days = np.array([first // DAY, newest // DAY], dtype="datetime64[D]")
    for name, kind, step in _UNITS:
        places = days.astype(f"datetime64[{kind}]").astype(np.int64)
        shift = _MONDAY if name == "week" else 0
        low, high = (places + shift) // step
        if high - low < MOST_BINS:
            break
    edges = np.arange(low, high + 2) * step - shift
    return name, edges.astype(f"datetime64[{kind}]").astype("datetime64[D]").astype(np.int64)


def _activity(stream: Stream) -> tuple[str | None, Rows]:
    it = stream.events
    if stream.span == 0:
        return None, []
    unit, edges = bins(stream.first, stream.newest)
    # A table from day to bin is faster than searching the edges for each event.
    bin_of_day = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
    place = bin_of_day[it.time // DAY - edges[0]]
    n = len(edges) - 1
    first_in_bin = np.ones(len(it), bool)
    first_in_bin[1:] = (place[1:] != place[:-1]) | (stream.pause[1:] == FIRST)
    events = np.bincount(place, minlength=n)
    users = np.bincount(place[first_in_bin], minlength=n)
    new = np.bincount(place[stream.pause == FIRST], minlength=n)
    whole = np.ones(n, bool)
    whole[0] = stream.first // DAY == edges[0]
    whole[-1] &= stream.newest // DAY == edges[-1] - 1
    starts = edges[:-1].astype("datetime64[D]").astype(str)
    return unit, [
        {"start": str(s), "events": int(e), "users": int(u), "new_users": int(w), "whole": bool(f)}
        for s, e, u, w, f in zip(starts, events, users, new, whole, strict=True)
    ]


def _long_tail(descending: Longs) -> Rows:
    n = len(descending)
    if n == 0:
        return []
    held = np.cumsum(descending) / descending.sum()
    # Half of the points are spaced by rank, half by its logarithm, since the head is steep.
    even = np.linspace(1, n, TAIL_POINTS // 2)
    head = np.geomspace(1, n, TAIL_POINTS // 2)
    ranks = np.unique(np.round(np.concatenate([even, head])).astype(np.int64))
    return [{"items": float(r / n), "events": float(held[r - 1])} for r in ranks]


def _histories(per_user: Longs) -> Rows:
    place = np.searchsorted(HISTORY_BINS, per_user, side="right") - 1
    counts = np.bincount(place, minlength=len(HISTORY_BINS))
    rows: Rows = []
    for at, low in enumerate(HISTORY_BINS):
        end = HISTORY_BINS[at + 1] - 1 if at + 1 < len(HISTORY_BINS) else None
        name = f"{low:,} or more" if end is None else str(low) if end == low else f"{low} to {end}"
        share = float(counts[at] / max(len(per_user), 1))
        rows.append({"bin": name, "low": low, "users": int(counts[at]), "share": share})
    return rows


def _coverage(dataset: Dataset) -> Rows:
    known = metadata(dataset)
    counts, kept = dataset.about.arrivals, max(len(dataset.interactions), 1)
    tables: dict[str, dict[str, float]] = {"items": known.item_columns, "users": known.user_columns}
    if counts is not None and counts.filled:
        valid = max(kept, *counts.filled.values())
        tables["events"] = {c: n / valid for c, n in counts.filled.items()}
    return [
        {"table": table, "column": column, "share": share}
        for table, columns in tables.items()
        for column, share in columns.items()
    ]


def _types(dataset: Dataset) -> Rows:
    counted = event_types(dataset)
    total = max(sum(counted.values()), 1)
    order = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return [{"event_type": name, "rows": n, "share": n / total} for name, n in order]


def _hours(stream: Stream) -> Rows:
    if stream.span == 0:
        return []
    hours = stream.events.time // 3600
    counts = np.bincount((hours + _MONDAY * 24) % 168, minlength=168)
    if (counts.reshape(7, 24).sum(axis=0) > 0).sum() < 2:
        return []
    return [
        {"weekday": h // 24, "hour": h % 24, "events": int(n)}
        for h, n in enumerate(counts.tolist())
    ]
