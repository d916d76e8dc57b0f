"""The second confirmation of an import: how rows become events; then the job starts."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import pandas as pd
import streamlit as st

from app import state
from app.components import jobs
from app.components.page import plain
from app.data import import_plan, recipe_words, uploads
from pipelines.data.dataset import check_name
from pipelines.data.importing.planning import Plan
from pipelines.schema import Columns as C

RETURNS = {"take-out": "take out", "quarantine": "to quarantine"}
OUTLIERS = {"flag": "keep, and say so", "drop": "leave out"}
SEEN = {"exclude": "leave out of the lists", "keep": "may come again"}
REPEATS = {"moment": "fold alike ones", "once": "one per user and item", "keep": "keep all"}
TYPE, ROWS, WEIGHT = "type of event", "in the first rows", "weight"


def confirm(source: dict[str, Any], recipe: dict[str, Any], name: str) -> None:
    """Ask how rows become events, and import them as a job; `name` is proposed for the dataset."""
    planned = import_plan.plan(source, recipe)
    st.markdown("**Second: how do rows become events?** What is usual is chosen already.")
    recipe = recipe | choices(planned)
    name = st.text_input("Name of the dataset", value=name, key=_key("name"))
    _says_version(name)
    params: dict[str, Any] = source | {"name": name, "recipe": recipe}
    with st.expander("Tables of the items and of the users, where you have them"):
        params |= tables()
    with st.container(horizontal=True):
        start = st.button("Import", type="primary", disabled=not name, key="data_import")
        if st.button("Back to the columns", key="data_back"):
            st.session_state[import_plan.DRAFT] |= {"confirmed": False}
            st.rerun()
    if start:
        begin(params)


def begin(params: dict[str, Any]) -> None:
    """Start the import, and empty the form."""
    check_name(params["name"])
    jobs.start("import", params)
    st.session_state.pop(import_plan.DRAFT, None)
    st.session_state.pop(import_plan.LOADING, None)
    st.query_params.pop("data_from", None)
    st.session_state[import_plan.IMPORTS] = st.session_state.get(import_plan.IMPORTS, 0) + 1
    st.rerun()


def choices(planned: Plan) -> dict[str, Any]:
    """What a person chooses otherwise than is usual, of what this data has: parts of a recipe."""
    has = planned.recipe.columns
    found: dict[str, Any] = {}
    if planned.event_types:
        found["weights"] = _weights(planned)
    ask = _two_beside()
    if C.WEIGHT in has or C.ORDER in has:
        told = "Rows with a negative weight, and orders whose number has a C before it."
        found["returns"] = _one(next(ask), "Returns, cancellations", RETURNS, "returns", told)
    told = (
        f"Rows with the same {recipe_words.same(has)} are one event; or all rows of a person "
        "and an item, with their weights added up; or each row is an event."
    )
    found["repeats"] = _one(next(ask), "Repeated rows", REPEATS, "repeats", told)
    told = "Users whose events look like a machine's. Those kept are named in the findings."
    found["outliers"] = _one(next(ask), "Machine-like users", OUTLIERS, "outliers", told)
    told = "Whether the lists may hold what a person already took up."
    found["seen"] = _one(next(ask), "Items already taken up", SEEN, "seen", told)
    if C.WEIGHT in has:
        found["least_weight"] = next(ask).number_input(
            plain(f"Least {has[C.WEIGHT]}"),
            value=None,
            placeholder="keep all",
            help="Rows below are left out: a rating below 4 hardly asks for more of the same.",
            key=_key("least"),
        )
    if C.TIME in has and C.SESSION not in has:
        found["session_minutes"] = int(
            next(ask).number_input(
                "Pause that ends a visit, minutes",
                value=planned.recipe.session_minutes,
                min_value=1,
                step=5,
                key=_key("session"),
            )
        )
    return {name: value for name, value in found.items() if value not in (None, {})}


def _two_beside() -> Iterator[Any]:
    """Places for widgets, two in a row."""
    while True:
        yield from st.columns(2)


def _one(place: Any, label: str, options: dict[str, str], key: str, help: str) -> str:
    words = options.__getitem__
    return str(
        place.selectbox(label, list(options), format_func=words, key=_key(key), help=plain(help))
    )


def _weights(planned: Plan) -> dict[str, float]:
    """What each type of event weighs, as far as a person says otherwise than is usual."""
    frame = weights_frame(planned)
    kinds = frame[TYPE].tolist()
    st.caption("What each type of event counts; 0 leaves it out. Types found later: as is usual.")
    edited = st.data_editor(
        frame,
        hide_index=True,
        disabled=[TYPE, ROWS],
        width="content",
        column_config={
            ROWS: st.column_config.NumberColumn(format="localized"),
            WEIGHT: st.column_config.NumberColumn(min_value=0.0, step=0.05, required=True),
        },
        key=_key(f"weights_{zlib.crc32(repr(kinds).encode()):08x}"),
        alt="What each type of event counts.",
    )
    return changed_weights(edited, planned.weights)


def weights_frame(planned: Plan) -> pd.DataFrame:
    """The types of event in the first rows, the most frequent first: type, rows, weight."""
    kinds = sorted(planned.event_types, key=lambda kind: (-planned.event_types[kind], kind))
    rows = [planned.event_types[kind] for kind in kinds]
    return pd.DataFrame({TYPE: kinds, ROWS: rows, WEIGHT: [planned.weights[k] for k in kinds]})


def changed_weights(edited: pd.DataFrame, usual: dict[str, float]) -> dict[str, float]:
    """The weights that differ from what is usual; these alone are a person's choice."""
    told = zip(edited[TYPE], edited[WEIGHT], strict=True)
    return {str(kind): float(w) for kind, w in told if w == w and float(w) != usual[str(kind)]}


def _says_version(name: str) -> None:
    there = [r for r in state.dataset_records() if r.name == name and r.state == "ready"]
    if there:
        st.caption(plain(f"{name} exists: this becomes its version {there[0].version + 1}."))


def tables(*, items: bool = True, users: bool = True) -> dict[str, str]:
    """Uploaders for the tables beside the events; the parameters of a job that name them."""
    found: dict[str, str] = {}
    asked = {"items": (items, "Items: titles, categories, prices"), "users": (users, "Users")}
    for key, (wanted, label) in asked.items():
        file = wanted and st.file_uploader(label, type=uploads.TYPES, key=_key(key))
        if file:
            found[key] = str(uploads.kept(file))
    return found


def _key(name: str) -> str:
    return f"data_{name}_{st.session_state.get(import_plan.IMPORTS, 0)}"
