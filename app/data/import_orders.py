"""Two settings of the columns that a file shows by itself: the time of day, and order lines."""

from __future__ import annotations

import zlib
from typing import Any

import streamlit as st

from pipelines.data.importing.planning import Plan
from pipelines.schema import Columns as C

FILLED = {C.USER: "User", C.TIME: "Time", C.EVENT: "Event type"}
CLOCK, NO_CLOCK = "Time of day", "(none)"


def choices(planned: Plan, before: dict[str, Any] | None, key: str) -> dict[str, Any]:
    """What the user changes of the plan: `clock` and `order_lines`, where they apply."""
    columns = planned.recipe.columns
    found: dict[str, Any] = {}
    places = iter(st.columns(3))
    if C.TIME in columns:
        clock = _clock(next(places), planned, (before or {}).get("times", {}).get("clock"), key)
        if clock != planned.recipe.times.clock:
            found["clock"] = clock
    if C.ORDER in columns:
        lines = _order_lines(next(places), planned, (before or {}).get("order_lines"), key)
        if lines != list(planned.recipe.order_lines):
            found["order_lines"] = lines
    return found


def _clock(place: Any, planned: Plan, confirmed: str | None, key: str) -> str:
    """The column with the time of day; "" for none."""
    detected = planned.recipe.times.clock
    taken = set(planned.recipe.columns.values()) - {detected}
    options = [NO_CLOCK, *(name for name in planned.columns if name not in taken)]
    value = detected if confirmed is None else confirmed
    chosen = place.selectbox(
        CLOCK,
        options,
        index=options.index(value) if value in options else 0,
        help="The column with the time of day, if the time column holds dates only.",
        key=_key("clock", key, options, detected),
    )
    return "" if chosen == NO_CLOCK else str(chosen)


def _order_lines(place: Any, planned: Plan, confirmed: list[str] | None, key: str) -> list[str]:
    """The columns that further lines of an order have from its first line."""
    options = [name for name in FILLED if name in planned.recipe.columns]
    detected = list(planned.recipe.order_lines)
    value = detected if confirmed is None else confirmed
    chosen = place.multiselect(
        "Taken from the first line of an order",
        options,
        default=[name for name in value if name in options],
        format_func=FILLED.__getitem__,
        placeholder="nothing",
        help="For exports that give the user, the time or the state of an order only in its "
        "first line.",
        key=_key("order_lines", key, options, detected),
    )
    return [name for name in options if name in chosen]


def _key(name: str, key: str, *parts: object) -> str:
    return f"data_{name}_{key}_{zlib.crc32(repr(parts).encode()):08x}"
