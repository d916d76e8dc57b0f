"""One sentence on what each chart of a profile shows; it is also the chart's alternative text."""

from __future__ import annotations

from typing import Any

from pipelines.runtime.phrases import number_of

WEEKDAYS = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip
SMALL_HISTORY = 5

Rows = list[dict[str, Any]]


def sentences(unit: str | None, rows: dict[str, Rows]) -> dict[str, str]:
    """A sentence for each chart that has rows."""
    found = {
        "activity": _activity(unit, rows["activity"]),
        "long_tail": _long_tail(rows["long_tail"]),
        "histories": _histories(rows["histories"]),
        "coverage": _coverage(rows["coverage"]),
        "types": _types(rows["types"]),
        "hours": _hours(rows["hours"]),
    }
    return {name: sentence for name, sentence in found.items() if rows[name]}


def _activity(unit: str | None, rows: Rows) -> str:
    whole = [r for r in rows if r["whole"]] or rows
    if not whole:
        return ""
    peak = max(whole, key=lambda r: r["events"])
    empty = sum(r["events"] == 0 for r in whole)
    typical = sorted(r["events"] for r in whole)[len(whole) // 2]
    gaps = f" Without an event: {empty} of {len(whole)}." if empty else ""
    return (
        f"A typical {unit} has {number_of(typical, 'event')}; the busiest one, from "
        f"{peak['start']}, has {peak['events']:,}.{gaps}"
    )


def _long_tail(rows: Rows) -> str:
    if not rows:
        return ""
    top = min(rows, key=lambda r: abs(r["items"] - 0.1))
    half = next(r for r in rows if r["events"] >= 0.5)
    return (
        f"The most frequent {_percent(top['items'])} of the items have "
        f"{_percent(top['events'])} of the events; {_percent(half['items'])} have half."
    )


def _histories(rows: Rows) -> str:
    few = sum(r["share"] for r in rows if r["low"] < SMALL_HISTORY)
    if few == 0:
        return "All users have five events or more."
    once = rows[0]["share"]
    return f"{_percent(few)} of the users have fewer than five events, {_percent(once)} have one."


def _coverage(rows: Rows) -> str:
    gaps = sorted((r for r in rows if r["share"] < 0.995), key=lambda r: r["share"])
    if not gaps:
        return "All columns have values in (nearly) all rows."
    worst = ", ".join(f"{r['column']} of {r['table']} ({_percent(r['share'])})" for r in gaps[:3])
    return f"The columns with the fewest values, by share of rows with a value: {worst}."


def _types(rows: Rows) -> str:
    shares = [f"{r['event_type']} {_percent(r['share'])}" for r in rows[:3]]
    more = f" and {len(rows) - 3} more" if len(rows) > 3 else ""
    return f"Event types: {', '.join(shares)}{more}."


def _hours(rows: Rows) -> str:
    if not rows:
        return ""
    days = [sum(r["events"] for r in rows if r["weekday"] == d) for d in range(7)]
    hours = [sum(r["events"] for r in rows if r["hour"] == h) for h in range(24)]
    day, hour = days.index(max(days)), hours.index(max(hours))
    return f"Most events are on {WEEKDAYS[day]}s, and between {hour}:00 and {hour + 1}:00 (UTC)."


def _percent(share: float) -> str:
    """A share in percent, with two significant digits below 10%."""
    return f"{share:.0%}" if share >= 0.1 or share == 0 else f"{100 * share:.2g}%"
