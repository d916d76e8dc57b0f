"""The first confirmation of an import: what the columns are, with ten rows as they would be."""

from __future__ import annotations

import json
import zlib
from typing import Any

import pandas as pd
import streamlit as st

from app.components import charts
from app.components.page import plain
from app.components.tables import MOST_COLUMNS, show
from app.data import import_plan, import_reading
from pipelines.data.importing.mapping import EVENT_NAMES, EVENTS_NEED
from pipelines.data.importing.planning import Plan
from pipelines.schema import Columns as C

LABELS = {
    C.USER: "Who (user)",
    C.ITEM: "What (item)",
    C.TIME: "When (time)",
    C.WEIGHT: "How much (weight)",
    C.EVENT: "Type of event",
    C.ORDER: "Order number",
    C.SESSION: "Session",
    C.VALUE: "Money of the event",
    C.TITLE: "Title of the item",
    C.CATEGORIES: "Categories of the item",
    C.PRICE: "Price of the item",
    C.POSITION: "Position shown at",
    C.PROPENSITY: "Propensity",
    C.IMPRESSION: "Impression",
    C.RECOMMENDATION: "Recommendation id",
}
ALWAYS = (C.USER, C.ITEM, C.TIME, C.WEIGHT)
LEFT_OUT, OPEN = "(none)", "(choose)"
ORDERS = {"day-first": "the day: 1/2 is 1 February", "month-first": "the month: 1/2 is January 2"}


def confirm(source: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any] | None:
    """Ask what the columns are; the recipe (document) once a person has said it is right.

    `before` is what was confirmed earlier, when the person came back to change it.
    """
    above = st.container()
    base = import_reading.choices(source, before)
    with above:
        proposal = import_plan.plan(source, base)
        key = f"{zlib.crc32(json.dumps([source, base], sort_keys=True).encode()):08x}"
        columns, keep = _columns(proposal, before, key)
        still_open = _questions(proposal, columns)
        columns = {name: "" if c in (OPEN, LEFT_OUT) else c for name, c in columns.items()}
        recipe = base | {"columns": columns, "keep": keep}
        planned = import_plan.plan(source, recipe | {"times": _times(proposal, columns, base)})
        order = _date_order(planned, columns, before, key)
        if order is not None and order != planned.recipe.times.order:
            times = planned.recipe.times.model_dump(mode="json") | {"order": order}
            planned = import_plan.plan(source, recipe | {"times": times})
        undecided = still_open or (planned.dates_unclear and order is None)
        _sample(planned)
        _not_read(planned)
        right = "These columns are right"
        if st.button(right, type="primary", disabled=undecided, key="data_columns_right"):
            times = planned.recipe.times.model_dump(mode="json")
            return recipe | {"times": times}
    return None


def _columns(
    proposal: Plan, before: dict[str, Any] | None, key: str
) -> tuple[dict[str, str], list[str]]:
    """Which column is what, or LEFT_OUT, or OPEN; and the columns kept under their own names."""
    told = (before or {}).get("columns", {})
    st.markdown("**First: which column is what?** Change what is wrong.")
    places = st.columns(len(ALWAYS))
    chosen = {
        name: _select(place, proposal, name, told, key)
        for place, name in zip(places, ALWAYS, strict=True)
    }
    others = [name for name in EVENT_NAMES if name not in ALWAYS]
    found = {name: told.get(name, proposal.recipe.columns.get(name)) for name in others}
    words = ", ".join(f"{LABELS[n].lower()} ({c})" for n, c in found.items() if c)
    with st.expander(plain(f"More columns: {words or 'none recognized'}")):
        grid = st.columns(3)
        for at, name in enumerate(others):
            chosen[name] = _select(grid[at % 3], proposal, name, told, key)
        free = [c for c in proposal.columns if c not in chosen.values()]
        kept = [c for c in (before or {}).get("keep", []) if c in free]
        keep = st.multiselect(
            "Keep with each event, under their own names",
            free,
            default=kept,
            key=f"data_keep_{key}_{zlib.crc32(repr(free).encode()):08x}",
        )
    return {name: chosen[name] for name in EVENT_NAMES}, keep


def _select(place: Any, proposal: Plan, standard: str, told: dict[str, str], key: str) -> str:
    needed, asked = standard in EVENTS_NEED, standard in proposal.ambiguous
    options = [*([OPEN] if needed or asked else []), *([] if needed else [LEFT_OUT])]
    options += proposal.columns
    proposed = proposal.recipe.columns.get(standard, "")
    value = (told[standard] or LEFT_OUT) if standard in told else proposed
    by_content = proposed if standard in proposal.by_content else None

    def words(option: str) -> str:
        return f"{option} · by its content" if option == by_content else option

    return str(
        place.selectbox(
            LABELS[standard],
            options,
            index=options.index(value) if value in options else 0,
            format_func=words,
            key=f"data_map_{standard}_{key}",
        )
    )


def _times(proposal: Plan, columns: dict[str, str], base: dict[str, Any]) -> dict[str, Any]:
    """How times are read; what was found of the proposed column need not be looked for again."""
    times = dict(base.get("times", {}))
    if columns[C.TIME] == proposal.recipe.columns.get(C.TIME):
        times["order"] = proposal.recipe.times.order
    return times


def _date_order(
    planned: Plan, columns: dict[str, str], before: dict[str, Any] | None, key: str
) -> str | None:
    """The order of day and month, asked for where nothing in the file tells."""
    if not planned.dates_unclear:
        return planned.recipe.times.order
    told = (before or {}).get("times", {}).get("order")
    return st.segmented_control(
        plain(f"Dates in {columns[C.TIME]} such as 1/2/2026 begin with"),
        list(ORDERS),
        default=told,
        format_func=ORDERS.__getitem__,
        key=f"data_order_{key}_{columns[C.TIME]}",
    )


def _questions(proposal: Plan, columns: dict[str, str]) -> bool:
    """Say what is still to be decided; whether anything is."""
    undecided = [name for name, column in columns.items() if column == OPEN]
    for name in undecided:
        fits = proposal.ambiguous.get(name)
        words = f"Say which column is “{LABELS[name]}”."
        if fits:
            words = f"{charts.names(fits)} fit “{LABELS[name]}” equally well: choose one."
        st.warning(plain(words), icon=":material/help:")
    return bool(undecided)


def _sample(planned: Plan) -> None:
    if planned.sample.empty:
        return
    st.caption("The first rows, as they would be read:")
    alt = "The first rows of the file as they would be read."
    show(mapped(planned.sample), key="data_preview", alt=alt)


def mapped(sample: pd.DataFrame) -> pd.DataFrame:
    """The first rows under names that people read; at most seven columns."""
    first = [name for name in (*ALWAYS, "problem", C.EVENT) if name in sample]
    rest = [name for name in sample.columns if name not in first]
    frame = sample[[*first, *rest][:MOST_COLUMNS]].copy()
    if C.WEIGHT in frame and (frame[C.WEIGHT].dropna() % 1 == 0).all():
        frame[C.WEIGHT] = frame[C.WEIGHT].astype("Int64")
    if C.TIME in frame:
        frame[C.TIME] = frame[C.TIME].dt.strftime("%Y-%m-%d %H:%M:%S").fillna("")
    if "problem" in frame:
        frame["problem"] = frame["problem"].fillna("")
    names = {name: label.lower() for name, label in LABELS.items()}
    names |= {C.USER: "user", C.ITEM: "item", C.WEIGHT: "weight", C.TIME: "time (UTC)"}
    return frame.rename(columns=names | {"problem": "left out because"})


def _not_read(planned: Plan) -> None:
    read = {*planned.recipe.columns.values(), *planned.recipe.keep}
    rest = [name for name in planned.columns if name not in read]
    if rest:
        more = f" and {len(rest) - 20} more" if len(rest) > 20 else ""
        st.caption(plain(f"Not read: {', '.join(rest[:20])}{more}."))
