"""Deleting a dataset, after a person has confirmed it."""

from __future__ import annotations

import streamlit as st

from app import access, state
from app.components import page
from pipelines.errors import AssayError


def button(name: str) -> None:
    """The button that asks; needs the role lead."""
    if not access.allowed("lead"):
        return
    if st.button(f"Delete {page.plain(name)} ...", icon=":material/delete:"):
        _confirm(name)


@st.dialog("Delete this dataset?")
def _confirm(name: str) -> None:
    versions = len(state.workspace().dataset_versions(name))
    what = "Its one version is" if versions == 1 else f"All {versions} versions are"
    st.write(page.plain(f"{what} removed from {name}. Its bake-offs and decisions stay."))
    with st.container(horizontal=True):
        if st.button("Delete", type="primary"):
            try:
                delete(name)
            except AssayError as error:
                st.error(page.plain(str(error)), icon=":material/error:")
                return
            st.rerun()
        if st.button("Keep it"):
            st.rerun()


def delete(name: str) -> None:
    """Remove a dataset. Needs the role lead."""
    access.require("lead", "Deleting a dataset")
    state.workspace().delete_dataset(name)
    state.forget(name)
