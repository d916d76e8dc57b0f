"""The first step of an import: the meaning of each column, with a preview of ten rows."""

from __future__ import annotations

import json
import zlib
from typing import Any

import pandas as pd
import streamlit as st

from app.components.page import plain
from app.components.tables import MOST_COLUMNS, show
from app.data import (
    column_select,
    import_orders,
    import_plan,
    import_reading,
    picked_columns,
)
from app.data.column_select import LEFT_OUT, OPEN
from pipelines.data.importing import import_report
from pipelines.data.importing.event_columns import wanted
from pipelines.data.importing.mapping import EVENTS_NEED
from pipelines.data.importing.names import EVENT_NAMES
from pipelines.data.importing.planning import Plan
from pipelines.schema import Columns as C

LABELS = {
    C.USER: "User",
    C.ITEM: "Item",
    C.TIME: "Time",
    C.WEIGHT: "Weight",
    C.EVENT: "Event type",
    C.ORDER: "Order number",
    C.SESSION: "Session",
    C.VALUE: "Monetary value",
    C.TITLE: "Item title",
    C.CATEGORIES: "Item categories",
    C.PRICE: "Item price",
    C.POSITION: "Position",
    C.PROPENSITY: "Propensity",
    C.IMPRESSION: "Impression",
    C.RECOMMENDATION: "Recommendation id",
}
HEADINGS = {
    C.USER: "user",
    C.ITEM: "item",
    C.TIME: "time (UTC)",
    C.WEIGHT: "weight",
    C.EVENT: "event type",
    C.ORDER: "order number",
    C.SESSION: "session",
    C.VALUE: "monetary value",
    C.TITLE: "item title",
    C.CATEGORIES: "item categories",
    C.PRICE: "item price",
    C.POSITION: "position",
    C.PROPENSITY: "propensity",
    C.IMPRESSION: "impression",
    C.RECOMMENDATION: "recommendation id",
    "problem": "why it is not used",
}
"""The headings of the preview."""
ALWAYS = (C.USER, C.ITEM, C.TIME, C.WEIGHT)
ORDERS = {"day-first": "day: 1/2 is February 1", "month-first": "month: 1/2 is January 2"}
DESCRIPTIONS = {
    C.USER: "The user of the event.",
    C.ITEM: "The item of the event.",
    C.TIME: "The time of the event.",
    C.WEIGHT: "The strength of the event: a rating, a quantity or a count.",
    C.VALUE: "The revenue of the event.",
    C.POSITION: "The rank at which the item was shown.",
    C.PROPENSITY: "The logged probability that the item was shown.",
    C.IMPRESSION: "The id of the impression that led to the event.",
    C.RECOMMENDATION: "The id of the recommendation that led to the event.",
}


_KEPT = ("reading", "user_fallback", "order_lines", "normalize_ids")


def confirm(source: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any] | None:
    """The form of the columns; returns the recipe (document) once the user confirms.

    `before` is the recipe confirmed earlier, if the user returned to change it.
    """
    above = st.container()
    base = import_reading.choices(source, before)
    with above:
        proposal = import_plan.plan(source, base)
        # A time zone shows no other columns: what was picked stays.
        shown = json.dumps([source, base.get("reading")], sort_keys=True)
        key = f"{zlib.crc32(shown.encode()):08x}"
        columns, keep, more = _columns(
            proposal, picked_columns.added(source, before, proposal), key
        )
        picked_columns.remember(source, before, proposal, columns, keep)
        unanswered = _questions(proposal, columns)
        columns = {name: "" if c in (OPEN, LEFT_OUT) else c for name, c in columns.items()}
        recipe = base | {"columns": columns, "keep": keep}
        times = _times(proposal, columns, base)
        detected = planned = import_plan.plan(source, recipe | {"times": times})
        order = _date_order(planned, columns, before, key)
        with more:
            changed = import_orders.choices(planned, before, key)
        if order is not None and order != planned.recipe.times.order:
            times["order"] = order
        if "clock" in changed:
            times["clock"] = changed.pop("clock")
        recipe |= changed
        planned = import_plan.plan(source, recipe | {"times": times})
        incomplete = unanswered or (planned.dates_unclear and order is None)
        outdated = {note for note in detected.notes if note not in planned.notes}
        _sample(planned)
        _not_read(planned)
        for note in dict.fromkeys((*proposal.notes, *planned.notes)):
            if note not in outdated:
                st.caption(plain(import_report.without_option(note)))
        label = "Confirm columns"
        if st.button(label, type="primary", disabled=incomplete, key="data_columns_right"):
            times = planned.recipe.times.model_dump(mode="json")
            return recipe | {"times": times} | _proposed(planned)
    return None


def _proposed(planned: Plan) -> dict[str, Any]:
    """What the file shows besides its columns, which the next step keeps."""
    found = planned.recipe.model_dump(mode="json")
    return {name: found[name] for name in _KEPT}


def _columns(
    proposal: Plan, before: dict[str, Any] | None, key: str
) -> tuple[dict[str, str], list[str], Any]:
    """The column of each field, or LEFT_OUT, or OPEN; the columns kept under their names; and
    the place for what depends on them."""
    confirmed = (before or {}).get("columns", {})
    st.markdown("**Step 1 of 2: check the columns.** Correct any column that was not recognized.")
    places = st.columns(len(ALWAYS))
    chosen = {
        name: _select(place, proposal, name, confirmed, key)
        for place, name in zip(places, ALWAYS, strict=True)
    }
    others = [name for name in EVENT_NAMES if name not in ALWAYS]
    found = {name: confirmed.get(name, proposal.recipe.columns.get(name)) for name in others}
    names = {LABELS[name]: column for name, column in found.items()}
    names[import_orders.CLOCK] = (
        (before or {}).get("times", {}).get("clock", proposal.recipe.times.clock)
    )
    recognized = ", ".join(f"{label} ({column})" for label, column in names.items() if column)
    with st.expander(plain(f"More columns: {recognized or 'none recognized'}")):
        grid = st.columns(3)
        for at, name in enumerate(others):
            chosen[name] = _select(grid[at % 3], proposal, name, confirmed, key)
        more = st.container()
        free = [c for c in proposal.columns if c not in chosen.values()]
        extra = [c for c in (before or {}).get("keep", []) if c in free]
        keep = st.multiselect(
            "Other columns to keep with each event",
            free,
            default=extra,
            key=f"data_keep_{key}_{zlib.crc32(repr(free).encode()):08x}",
        )
    return {name: chosen[name] for name in EVENT_NAMES}, keep, more


def _select(place: Any, proposal: Plan, standard: str, confirmed: dict[str, str], key: str) -> str:
    return column_select.draw(
        place,
        LABELS[standard],
        proposal.columns,
        proposal.recipe.columns.get(standard, ""),
        required=standard in EVENTS_NEED,
        ambiguous=standard in proposal.ambiguous,
        value=confirmed.get(standard),
        by_content=standard in proposal.by_content,
        help=DESCRIPTIONS.get(standard),
        key=f"data_map_{standard}_{key}",
    )


def _times(proposal: Plan, columns: dict[str, str], base: dict[str, Any]) -> dict[str, Any]:
    """How times are read; the order found for the proposed column is used again."""
    times = dict(base.get("times", {}))
    if columns[C.TIME] == proposal.recipe.columns.get(C.TIME):
        times["order"] = proposal.recipe.times.order
    return times


def _date_order(
    planned: Plan, columns: dict[str, str], before: dict[str, Any] | None, key: str
) -> str | None:
    """The order of day and month; the user chooses if the file does not determine it."""
    if not planned.dates_unclear:
        return planned.recipe.times.order
    confirmed = (before or {}).get("times", {}).get("order")
    return st.segmented_control(
        plain(f"Dates in {columns[C.TIME]}, such as 1/2/2026, start with the"),
        list(ORDERS),
        default=confirmed if confirmed in ORDERS else None,
        format_func=ORDERS.__getitem__,
        key=f"data_order_{key}_{columns[C.TIME]}",
    )


def _questions(proposal: Plan, columns: dict[str, str]) -> bool:
    """Warn about fields without a column; returns whether there are any."""
    undecided = [name for name, column in columns.items() if column == OPEN]
    for name in undecided:
        column_select.ask(LABELS[name], proposal.ambiguous.get(name, ()))
    return bool(undecided)


def _sample(planned: Plan) -> None:
    if planned.sample.empty:
        return
    st.caption("Preview of the first rows:")
    alt = "Preview of the first rows of the file."
    show(mapped(planned.sample), key="data_preview", alt=alt, as_read=True)


def mapped(sample: pd.DataFrame) -> pd.DataFrame:
    """The first rows under readable column names; at most seven columns."""
    first = [name for name in (*ALWAYS, "problem", C.EVENT) if name in sample]
    rest = [name for name in sample.columns if name not in first]
    frame = sample[[*first, *rest][:MOST_COLUMNS]].copy()
    if C.WEIGHT in frame and (frame[C.WEIGHT].dropna() % 1 == 0).all():
        frame[C.WEIGHT] = frame[C.WEIGHT].astype("Int64")
    if C.TIME in frame:
        frame[C.TIME] = frame[C.TIME].dt.strftime("%Y-%m-%d %H:%M:%S").fillna("")
    if "problem" in frame:
        frame["problem"] = frame["problem"].fillna("")
    return frame.rename(columns=HEADINGS)


def _not_read(planned: Plan) -> None:
    read = wanted(planned.recipe)
    rest = [name for name in planned.columns if name not in read]
    if rest:
        more = f" and {len(rest) - 20} more" if len(rest) > 20 else ""
        st.caption(plain(f"Columns not imported: {', '.join(rest[:20])}{more}."))
