"""Loading a file of events: choose, confirm what its columns are, import as a job; deleting."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import streamlit as st

from app import access, state
from app.components import jobs
from app.components.page import plain
from app.components.tables import show
from pipelines.data.importer import Preview, preview
from pipelines.data.mapping import EVENT_NAMES, EVENTS_NEED
from pipelines.errors import AssayError

TYPES = ["csv", "tsv", "txt", "parquet", "jsonl", "ndjson", "gz"]
LABELS = {
    "user_id": "Who (user)",
    "item_id": "What (item)",
    "weight": "How much (weight, optional)",
    "timestamp": "When (time, optional)",
}
LEFT_OUT = "(none)"


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
    """Everything that it takes to load a file; needs the role analyst."""
    if not access.allowed("analyst"):
        return
    with st.expander("Load your own events", expanded=open_now, icon=":material/upload_file:"):
        st.write(
            "One row per event: who took up what, and when. CSV, TSV, Parquet or JSON Lines; "
            "the file stays on this server."
        )
        events = st.file_uploader("Events", type=TYPES, key="data_events")
        if events is None:
            return
        try:
            _confirm(events)
        except AssayError as error:
            st.error(plain(str(error)))


def _confirm(events: Any) -> None:
    path = kept(events)
    found = preview(path)
    mapping = _mapping(found)
    if all(mapping.get(need) for need in EVENTS_NEED):
        sample = preview(path, mapping).sample
        st.caption("The first rows, as they would be read:")
        show(sample.iloc[:, :7], key="data_preview", alt="The first rows as they would be read.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Name of the dataset", value=_slug(events.name), key="data_name")
    items = st.file_uploader(
        "Items, optional: titles, categories, prices", type=TYPES, key="data_items"
    )
    users = st.file_uploader("Users, optional", type=TYPES, key="data_users")
    ready = all(mapping.get(need) for need in EVENTS_NEED) and bool(name)
    if st.button("Import", type="primary", disabled=not ready, key="data_import"):
        params: dict[str, Any] = {"path": str(path), "name": name, "mapping": mapping}
        for key, file in (("items", items), ("users", users)):
            if file is not None:
                params[key] = str(kept(file))
        jobs.start("import", params)
        st.rerun()


def _mapping(found: Preview) -> dict[str, str]:
    """Which column is what: proposed by name, confirmed or changed by the person."""
    st.caption("Which column is what: recognized by its name; change what is wrong.")
    columns = st.columns(len(EVENT_NAMES))
    mapping: dict[str, str] = {}
    for place, standard in zip(columns, EVENT_NAMES, strict=True):
        options = [LEFT_OUT, *found.columns]
        proposed = found.mapping.get(standard, LEFT_OUT)
        chosen = place.selectbox(
            LABELS.get(standard, standard),
            options,
            index=options.index(proposed),
            key=f"data_map_{standard}_{hash(found.columns)}",
        )
        mapping[standard] = "" if chosen == LEFT_OUT else chosen
    for standard, fits in found.ambiguous.items():
        if not mapping[standard]:
            st.warning(plain(f"{', '.join(fits)} fit {standard} equally well: choose one."))
    absent = [LABELS[need] for need in EVENTS_NEED if not mapping[need]]
    if absent:
        st.warning(plain(f"Say which column is: {', '.join(absent)}."))
    return mapping


def delete(name: str) -> None:
    """Remove a dataset. Needs the role lead."""
    access.require("lead", "Deleting a dataset")
    state.workspace().delete_dataset(name)
    state.forget(name)


def kept(file: Any) -> Path:
    """The uploaded file on disk; written once, however often the page is drawn."""
    access.require("analyst", "Importing data")
    # Uploads lie where unfinished work lies: what nobody imports is tidied away.
    folder = state.workspace().folders.incoming / f"upload-{_slug(file.file_id)}"
    path = folder / _safe(file.name)
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        with part.open("wb") as out:
            out.write(file.getbuffer())
        part.replace(path)
    return path


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", Path(name).name)[-100:].lstrip(".") or "events"


def _slug(text: str) -> str:
    stem = text.partition(".")[0].lower()
    return re.sub(r"[^a-z0-9-]+", "-", stem).strip("-")[:60] or "events"
