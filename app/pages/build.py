"""Build: a pipeline as a chart, the settings of its stages, and a bake-off with it."""

from __future__ import annotations

import streamlit as st

from app import datasets, state
from app.build import bakeoff, edited, estimate, flow, spec_editor
from app.components import page


def draw() -> None:
    name = state.chosen_dataset()
    top = st.container()
    spec_editor.settle_stage()
    left, form = st.columns([7, 4], gap="medium")
    picture = left.container()
    with left:
        flow.starting_point()
    with form:
        doc = spec_editor.editor()
    edited.keep(doc)
    error = edited.problem(doc)
    items = None if name is None else datasets.shape(name).n_items
    estimated = None if error or name is None else estimate.preflight(doc, name)
    refused = estimated is not None and bool(estimated["refusal"].notna().any())
    k = bakeoff.section(name, doc, runnable=not error and not refused)
    with top:
        page.opening(estimate.sentence(doc, k, estimated, error, items))
    with picture:
        flow.picture(doc, k, estimated, items)
        moment = "" if error else estimate.moment(doc)
        if moment:
            st.caption(page.plain(moment))
    with page.numbers("Spec (TOML)"):
        spec_editor.file(doc)
    if estimated is not None:
        estimate.table(estimated)


page.show(draw, shows="dataset")
