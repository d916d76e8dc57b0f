"""Loading events from files, from a database, or with the recipe of an existing dataset."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app import access, state
from app.components import toolbar
from app.components.page import with_code
from app.data import import_columns, import_events, import_plan, next_month, uploads
from pipelines.errors import AssayError

WAYS = {
    "files": "Files",
    "database": "Database table or query",
    "again": "Next month's file",
}
WAY = "data_from"
"""Session key and query parameter of the source; a link can open the form."""


def samples() -> None:
    """A button that adds the bundled samples. Requires the analyst role."""
    if not access.allowed("analyst"):
        return
    if st.button("Add sample datasets", type="primary", key="samples"):
        access.require("analyst", "Adding the samples")
        with st.spinner("Loading the small sample…"):
            state.workspace().register_samples()
        st.rerun()
    st.caption("Two small public datasets to try Assay before you load your own.")


def panel(*, open_now: bool = False) -> None:
    """The form that loads events. Requires the analyst role."""
    if not access.allowed("analyst"):
        return
    # Once open, the form stays open until an import starts, even without the query parameter.
    is_open = open_now or WAY in st.query_params or bool(st.session_state.get(import_plan.LOADING))
    st.session_state[import_plan.LOADING] = is_open
    st.session_state[state.FILLING] = False
    with st.expander("Load your own events", expanded=is_open, icon=":material/upload_file:"):
        way = toolbar.choice(
            "Load from", tuple(WAYS), key=WAY, default="files", format_func=WAYS.__getitem__
        )
        try:
            {"files": _files, "database": _database, "again": next_month.draw}[way]()
        except AssayError as error:
            st.error(with_code(str(error)), icon=":material/error:")


def _files() -> None:
    st.write(
        "One row per event: who interacted with what, and when. Formats: CSV, TSV, Parquet, JSON "
        "Lines and JSON arrays, optionally compressed with gzip, zstd or zip. Several files become "
        "one dataset. Files stay on this server."
    )
    files = st.file_uploader(
        "Events",
        type=uploads.TYPES,
        accept_multiple_files=True,
        key=f"data_events_{st.session_state.get(import_plan.IMPORTS, 0)}",
    )
    if files:
        _two_steps(uploads.saved_all(files), uploads.slug(files[0].name))


def _database() -> None:
    st.write(
        "The rows are read once, in batches; nothing is written to the database. Enter the address "
        "without a password: an SQLAlchemy URL, `env:NAME` for an environment variable with the "
        "whole URL, or `secrets:NAME` for a connection in Streamlit's secrets."
    )
    with st.form("data_sql_form", border=False):
        left, right = st.columns(2)
        address = left.text_input(
            "Address", placeholder="postgresql://reader@host/shop", key="data_sql_address"
        ).strip()
        text = right.text_area(
            "Table or query", placeholder="orders", height="content", key="data_sql_text"
        ).strip()
        submitted = st.form_submit_button("Read columns", key="data_sql_look")
    if submitted:
        import_plan.clear()
        st.session_state.pop(import_plan.ASKED, None)
        # The input is stored with the job, so it is checked for passwords first.
        _check(address, text)
        st.session_state[import_plan.ASKED] = {"address": address, "text": text}
    checked = st.session_state.get(import_plan.ASKED)
    if checked == {"address": address, "text": text}:
        table = text if " " not in text else "events"
        _two_steps({"sql": checked}, uploads.slug(table.rpartition(".")[2]))


def _check(address: str, text: str) -> None:
    """Raise `AssayError` if an input is missing or the address is not allowed here."""
    from pipelines.data.sources import connections

    if not address or not text:
        raise AssayError("Enter the address of the database, and a table name or a query.")
    if access.login_configured() and not address.startswith("secrets:"):
        # An arbitrary address could receive this server's password or open any file it can read.
        names = ", ".join(f"secrets:{name}" for name in connections.names()) or "none yet"
        raise AssayError(
            "A shared server allows only connections from its secrets "
            f"(available: {names}). Its administrator can add one."
        )
    connections.address(address)


def _two_steps(source: dict[str, Any], name: str) -> None:
    st.session_state[state.FILLING] = True
    draft = st.session_state.get(import_plan.DRAFT) or {}
    if draft.get("source") != source:
        draft = {}
    if draft.get("confirmed"):
        import_events.confirm(source, draft["recipe"], name)
        return
    recipe = import_columns.confirm(source, draft.get("recipe"))
    if recipe is not None:
        st.session_state[import_plan.DRAFT] = {
            "source": source,
            "recipe": recipe,
            "confirmed": True,
        }
        st.rerun()
