"""Loading events: from files, from a database, or by the recipe of a dataset that is there."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app import access, state
from app.components import toolbar
from app.components.page import plain
from app.data import import_columns, import_events, import_plan, next_month, uploads
from pipelines.errors import AssayError

WAYS = {
    "files": "Files",
    "database": "Database table or query",
    "again": "Next month's file",
}
WAY = "data_from"
"""Key of the way to load, also in the address: a link may open the form."""


def samples() -> None:
    """A button that adds the bundled samples; needs the role analyst."""
    if not access.allowed("analyst"):
        return
    if st.button("Add the bundled samples", type="primary", key="samples"):
        access.require("analyst", "Adding the samples")
        with st.spinner("Loading the small sample ..."):
            state.workspace().register_samples()
        st.rerun()
    st.caption("Two small public datasets, to look around with before you load your own.")


def panel(*, open_now: bool = False) -> None:
    """Everything that it takes to load events; needs the role analyst."""
    if not access.allowed("analyst"):
        return
    # Once open it stays so until an import starts, also when the address names no way any more.
    is_open = open_now or WAY in st.query_params or bool(st.session_state.get(import_plan.LOADING))
    st.session_state[import_plan.LOADING] = is_open
    with st.expander("Load your own events", expanded=is_open, icon=":material/upload_file:"):
        way = toolbar.choice(
            "Where they are", tuple(WAYS), key=WAY, default="files", format_func=WAYS.__getitem__
        )
        try:
            {"files": _files, "database": _database, "again": next_month.draw}[way]()
        except AssayError as error:
            st.error(plain(str(error)), icon=":material/error:")


def _files() -> None:
    st.write(
        "One row per event: who took up what, and when. CSV, TSV, Parquet or JSON Lines, also "
        "packed by gzip or zstd; several files become one dataset. They stay on this server."
    )
    files = st.file_uploader(
        "Events",
        type=uploads.TYPES,
        accept_multiple_files=True,
        key=f"data_events_{st.session_state.get(import_plan.IMPORTS, 0)}",
    )
    if files:
        _two_confirmations(uploads.kept_all(files), uploads.slug(files[0].name))


def _database() -> None:
    st.write(
        "The rows are read once, in batches, and never written to. Write the address without a "
        "password: an SQLAlchemy URL, `env:NAME` for an environment variable with the whole "
        "URL, or `secrets:NAME` for a connection in Streamlit's secrets."
    )
    with st.form("data_sql_form", border=False):
        left, right = st.columns(2)
        address = left.text_input(
            "Address", placeholder="postgresql://reader@host/shop", key="data_sql_address"
        ).strip()
        text = right.text_area(
            "Table, or query", placeholder="orders", height="content", key="data_sql_text"
        ).strip()
        look = st.form_submit_button("Look at the columns", key="data_sql_look")
    if look:
        import_plan.look_again()
        st.session_state.pop(import_plan.ASKED, None)
        # What a person writes here is kept with the job only once it is known to be harmless.
        _checked(address, text)
        st.session_state[import_plan.ASKED] = {"address": address, "text": text}
    asked = st.session_state.get(import_plan.ASKED)
    if asked == {"address": address, "text": text}:
        named = text if " " not in text else "events"
        _two_confirmations({"sql": asked}, uploads.slug(named.rpartition(".")[2]))


def _checked(address: str, text: str) -> None:
    """Raise `AssayError` where something is left out, or the address is not to be used here."""
    from pipelines.data.sources import connections

    if not address or not text:
        raise AssayError("Write the address of the database, and a table's name or a query.")
    if access.login_configured() and not address.startswith("secrets:"):
        # A free address would be sent this server's password, or open any file it can read.
        named = ", ".join(f"secrets:{name}" for name in connections.names()) or "there is none yet"
        raise AssayError(
            "On a server that several people use, name a connection of its secrets "
            f"({named}); whoever keeps the server adds them."
        )
    connections.address(address)


def _two_confirmations(source: dict[str, Any], name: str) -> None:
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
