"""Next month's file: a dataset's recipe applied to new files for its next version."""

from __future__ import annotations

import streamlit as st

from app import state
from app.components.page import plain
from app.components.tables import show
from app.data import import_columns, import_events, import_plan, import_tables, uploads
from pipelines.data.recipe import Recipe
from pipelines.workspace.records import DatasetRecord


def draw() -> None:
    """Choose the dataset, upload files, and import."""
    known = {r.name: r for r in state.dataset_records() if r.about.recipe is not None}
    if not known:
        st.caption("No dataset has a recipe yet. Import events from files or a database first.")
        return
    chosen = state.chosen_dataset()
    name = st.selectbox(
        "Dataset",
        list(known),
        index=list(known).index(chosen) if chosen in known else 0,
        key="data_again_of",
    )
    record = known[name]
    recipe = record.about.recipe
    assert recipe is not None
    st.caption(plain(needs(record, recipe)))
    files = st.file_uploader(
        "Files",
        type=uploads.TYPES,
        accept_multiple_files=True,
        key=f"data_again_{st.session_state.get(import_plan.IMPORTS, 0)}",
    )
    has_items, has_users = bool(recipe.item_columns), bool(recipe.user_columns)
    if has_items or has_users:
        tables = import_tables.uploaders(items=has_items, users=has_users)
    else:
        tables = {}
    if not files:
        return
    source = uploads.saved_all(files)
    planned = import_plan.plan(source, recipe.model_dump(mode="json"), fixed=True)
    show(
        import_columns.mapped(planned.sample),
        key="data_again_preview",
        alt="Preview of the first rows, read by the recipe.",
        as_read=True,
    )
    label = f"Import as version {record.version + 1} of {name}"
    if st.button(plain(label), type="primary", key="data_again_import"):
        import_events.begin(source | {"name": name, "again": True} | tables)


def needs(record: DatasetRecord, recipe: Recipe) -> str:
    """The recipe that is used, and the columns that the file must have."""
    from pipelines.data.importing.event_columns import wanted

    return (
        f"Uses the recipe {recipe.hash[:8]} of version {record.version}. The file must have these "
        f"columns: {', '.join(wanted(recipe))}."
    )
