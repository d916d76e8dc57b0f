"""The second step of an import: how rows become events; then the job starts."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import pandas as pd
import streamlit as st

from app import state
from app.components import jobs, number_field
from app.components.page import plain
from app.data import import_plan, import_tables, recipe_sentences
from pipelines.data.dataset import check_name
from pipelines.data.importing.planning import Plan
from pipelines.schema import Columns as C

RETURNS = {"take-out": "remove", "quarantine": "quarantine"}
OUTLIERS = {"flag": "keep and flag", "drop": "remove"}
SEEN = {"exclude": "do not recommend again", "keep": "may be recommended again"}
REPEATS = {"moment": "merge duplicates", "once": "one per user and item", "keep": "keep all"}
CHOSEN = "data_chosen"
"""Session key: what was chosen in this step before the user went back to the first."""
TYPE, ROWS, WEIGHT = "event type", "count in the first rows", "weight"


def confirm(source: dict[str, Any], recipe: dict[str, Any], name: str) -> None:
    """The form of the import; starts the job. `name` is the proposed name of the dataset."""
    planned = import_plan.plan(source, recipe)
    for key, value in st.session_state.pop(CHOSEN, {}).items():
        st.session_state.setdefault(key, value)
    st.markdown("**Step 2 of 2: check how rows become events.** The defaults suit most data.")
    recipe = recipe | choices(planned)
    name = st.text_input("Dataset name", value=name, key=import_plan.keyed("name"))
    _version_note(name)
    tables = import_tables.draw(planned.recipe.model_dump(mode="json"))
    params = source | {"name": name, "recipe": recipe | tables.recipe} | tables.paths
    with st.container(horizontal=True):
        ready = bool(name) and tables.ready
        start = st.button("Import", type="primary", disabled=not ready, key="data_import")
        if st.button("Back to the columns", key="data_back"):
            st.session_state[CHOSEN] = _chosen()
            import_tables.keep(tables.paths)
            st.session_state[import_plan.DRAFT] |= {"confirmed": False}
            st.rerun()
    if start:
        begin(params)


def _chosen() -> dict[str, Any]:
    """What was typed and chosen in this step; Streamlit forgets it while the other is shown."""
    imports = st.session_state.get(import_plan.IMPORTS, 0)
    ends = (f"_{imports}", f"_{imports}_number")
    of_tables = tuple(f"{import_plan.keyed(table)}_" for table in import_tables.LABELS)
    return {
        key: value
        for key, value in ((str(key), value) for key, value in st.session_state.items())
        if key.startswith("data_")
        and (key.endswith(ends) or key.startswith(of_tables))
        and isinstance(value, str | int | float)
    }


def begin(params: dict[str, Any]) -> None:
    """Start the import and clear the form."""
    check_name(params["name"])
    jobs.start("import", params)
    st.session_state.pop(import_plan.DRAFT, None)
    st.session_state.pop(import_plan.LOADING, None)
    st.query_params.pop("data_from", None)
    st.session_state[import_plan.IMPORTS] = st.session_state.get(import_plan.IMPORTS, 0) + 1
    st.rerun()


def choices(planned: Plan) -> dict[str, Any]:
    """The choices that apply to this data, as parts of a recipe."""
    has = planned.recipe.columns
    found: dict[str, Any] = {}
    if planned.event_types:
        found["weights"] = _weights(planned)
    places = _two_per_row()
    if C.WEIGHT in has or C.ORDER in has:
        help = "Rows with a negative weight, and orders whose number starts with C."
        found["returns"] = _one(next(places), "Returns and cancellations", RETURNS, "returns", help)
    help = (
        f"Merge duplicates: rows with the same {recipe_sentences.same(has)} become one event. One "
        "per user and item: all rows of a user and an item become one event, with the sum of the "
        "weights. Keep all: each row is an event."
    )
    found["repeats"] = _one(next(places), "Repeated rows", REPEATS, "repeats", help)
    help = "Users whose events look automated. Flagged users are listed in the findings."
    found["outliers"] = _one(next(places), "Suspected bots", OUTLIERS, "outliers", help)
    help = "Whether lists may contain items that the user already interacted with."
    found["seen"] = _one(next(places), "Items already interacted with", SEEN, "seen", help)
    if C.WEIGHT in has:
        found["least_weight"] = number_field.draw(
            plain(f"Minimum {has[C.WEIGHT]}"),
            place=next(places),
            optional=True,
            placeholder="keep all",
            help="Rows with a lower value are removed, for example ratings below 4.",
            key=import_plan.keyed("least"),
        )
    if C.TIME in has and C.SESSION not in has:
        found["session_minutes"] = number_field.draw(
            "Inactivity that ends a session (minutes)",
            place=next(places),
            value=planned.recipe.session_minutes,
            least=1,
            whole=True,
            key=import_plan.keyed("session"),
        )
    return {name: value for name, value in found.items() if value not in (None, {})}


def _two_per_row() -> Iterator[Any]:
    """Columns for widgets, two per row."""
    while True:
        yield from st.columns(2)


def _one(place: Any, label: str, options: dict[str, str], key: str, help: str) -> str:
    return str(
        place.selectbox(
            label,
            list(options),
            format_func=options.__getitem__,
            key=import_plan.keyed(key),
            help=plain(help),
        )
    )


def _weights(planned: Plan) -> dict[str, float]:
    """The weights of event types that differ from the defaults."""
    frame = weights_frame(planned)
    kinds = frame[TYPE].tolist()
    st.caption(
        "The weight of each event type; 0 removes the type. Types further down in the file get "
        "their default weight."
    )
    edited = st.data_editor(
        frame,
        hide_index=True,
        disabled=[TYPE, ROWS],
        width="content",
        column_config={
            ROWS: st.column_config.NumberColumn(format="localized"),
            WEIGHT: st.column_config.NumberColumn(min_value=0.0, step=0.05, required=True),
        },
        key=import_plan.keyed(f"weights_{zlib.crc32(repr(kinds).encode()):08x}"),
        alt="The weight of each event type.",
    )
    return changed_weights(edited, planned.weights)


def weights_frame(planned: Plan) -> pd.DataFrame:
    """The event types in the first rows, most frequent first, with count and weight."""
    kinds = sorted(planned.event_types, key=lambda kind: (-planned.event_types[kind], kind))
    rows = [planned.event_types[kind] for kind in kinds]
    return pd.DataFrame({TYPE: kinds, ROWS: rows, WEIGHT: [planned.weights[k] for k in kinds]})


def changed_weights(edited: pd.DataFrame, default: dict[str, float]) -> dict[str, float]:
    """The weights that differ from the defaults."""
    pairs = zip(edited[TYPE], edited[WEIGHT], strict=True)
    return {str(kind): float(w) for kind, w in pairs if w == w and float(w) != default[str(kind)]}


def _version_note(name: str) -> None:
    """Say that an existing dataset gets a new version."""
    existing = [r for r in state.dataset_records() if r.name == name and r.state == "ready"]
    if existing:
        version = existing[0].version + 1
        st.caption(plain(f"{name} exists. This import becomes its version {version}."))
