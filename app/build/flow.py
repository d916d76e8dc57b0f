"""The start of the Build page: the pipeline to start from, and its chart."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app.build import edited, flow_chart, spec_editor, spec_flow
from app.components import page
from app.components.drawn import Drawn
from pipelines.recommender.spec import Spec


def starting_point() -> None:
    """The pipeline to start from, and the name of the edited one."""
    doc, own = edited.document(), edited.own()
    pipelines = [*Spec.known(), *own]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Start from",
            pipelines,
            index=pipelines.index(edited.START),
            format_func=lambda name: name if name in own else Spec.load(name).title or name,
            key=spec_editor.FROM,
            width=240,
        )
        unchanged = doc.get("name") == chosen and not edited.changed(doc)
        if st.button("Load", disabled=unchanged):
            edited.load(edited.named(chosen))
            st.rerun()
        named = st.text_input(
            "Pipeline name",
            value=str(doc["name"]),
            key=f"build_name_{doc['name']}",
            width=240,
        ).strip()
        if named != doc["name"]:
            doc["name"] = doc["title"] = named  # its former title told of another pipeline
            doc.pop("description", None)
    description = doc.get("description")
    if description:
        st.caption(page.plain(str(description)))


def picture(doc: dict[str, Any], k: int, estimate: pd.DataFrame | None, items: int | None) -> None:
    """The stages as a chart; a click selects a stage. Stages that do not fit are errors below."""
    seconds: dict[str, float] = {}
    if estimate is not None:
        fitted = [id for id in spec_editor.stages(doc) if not id.startswith("rules")]
        seconds = dict(zip(fitted, estimate["seconds"].tolist(), strict=False))
    chosen = st.session_state.get(spec_editor.STAGE)
    nodes, links, columns = spec_flow.nodes_and_links(doc, k, seconds, chosen, items)
    page.picture(
        Drawn(flow_chart.chart, nodes, links, columns),
        f"The stages of {doc['name']} from left to right: {spec_flow.funnel(doc, k, items)}.",
        nodes[["id", "title", "label"]],
        key="build_flow",
        on_select=_clicked,
        selection="stage",
    )
    if estimate is not None:
        for row in estimate.dropna(subset=["refusal"]).to_dict("records"):
            st.error(page.plain(f"{row['stage']}: {row['refusal']}"))


def _clicked() -> None:
    """A click on a box selects its stage."""
    picked = st.session_state.get("build_flow_chart", {}).get("selection", {}).get("stage", [])
    if picked and "id" in picked[0]:
        st.session_state[f"next_{spec_editor.STAGE}"] = picked[0]["id"]
