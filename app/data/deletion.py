"""Deleting a dataset, after a confirmation."""

from __future__ import annotations

import streamlit as st

from app import access, datasets, state
from app.components import page
from pipelines.errors import AssayError


def button(name: str) -> None:
    """The button that opens the confirmation. Requires the lead role."""
    if not access.allowed("lead"):
        return
    if st.button(f"Delete {page.plain(name)}…", icon=":material/delete:"):
        _confirm(name)


@st.dialog("Delete this dataset?")
def _confirm(name: str) -> None:
    versions = len(state.workspace().dataset_versions(name))
    what = "its only version" if versions == 1 else f"all of its {versions} versions"
    st.write(
        page.plain(
            f"This deletes {name} and {what}. You cannot undo this. Its bake-offs and decisions "
            "are not deleted."
        )
    )
    with st.container(horizontal=True):
        if st.button("Delete", type="primary"):
            try:
                delete(name)
            except AssayError as error:
                st.error(page.with_code(str(error)), icon=":material/error:")
                return
            st.rerun()
        if st.button("Cancel"):
            st.rerun()


def delete(name: str) -> None:
    """Delete a dataset. Requires the lead role."""
    access.require("lead", "Deleting a dataset")
    state.workspace().delete_dataset(name)
    datasets.forget(name)
