"""The versions of a dataset, and the bake-offs on each."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import state
from app.components import page
from app.components.tables import moment, show
from pipelines.runtime.phrases import number_of
from pipelines.workspace.records import BakeoffRecord, DatasetRecord

NEWEST = 8
"""How many bake-offs of a dataset are listed; the Runs page has the others."""


def section(name: str) -> None:
    """The table of versions, and the bake-offs as links."""
    records = state.workspace().dataset_versions(name)
    st.header("Versions and bake-offs", anchor=False)
    show(
        frame(records),
        key="data_versions",
        alt=f"The {len(records)} versions of {name}, newest first."
        if len(records) > 1
        else f"The only version of {name}.",
    )
    _bakeoffs(name, records)


def frame(records: list[DatasetRecord]) -> pd.DataFrame:
    """A row per version, newest first."""
    older = [r.about.recipe for r in records[1:]] + [None]
    return pd.DataFrame(
        {
            "version": [r.version for r in records],
            "created (UTC)": [moment(r.created) for r in records],
            "imported rows": [r.about.rows_in for r in records],
            "quarantined rows": [r.about.quarantined for r in records],
            "events": [r.about.kept for r in records],
            "fingerprint": [r.about.fingerprint[:12] for r in records],
            "recipe": [
                _recipe(r, before) for r, before in zip(records, older, strict=True)
            ],
        }
    )  # fmt: skip


def _recipe(record: DatasetRecord, before: object) -> str:
    from pipelines.data.recipe import Recipe

    recipe = record.about.recipe
    if recipe is None:
        return "none (created by code)"
    if not isinstance(before, Recipe):
        return recipe.hash[:8]
    return f"{recipe.hash[:8]} ({'unchanged' if before.hash == recipe.hash else 'changed'})"


def _bakeoffs(name: str, records: list[DatasetRecord]) -> None:
    found = state.bakeoff_records(name)
    if not found:
        st.caption("No bake-off has been run on this dataset yet.")
        return
    groups = by_version(found[:NEWEST], records)
    for version, bakeoffs in groups.items():
        heading = f"On version {version}:" if version else "On a deleted version:"
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(heading, width="content")
            for bakeoff in bakeoffs:
                icon = ":material/candlestick_chart:"
                page.link("compare", bakeoff.id, icon, dataset=name, bakeoff=bakeoff.id)
    if len(found) > NEWEST:
        st.caption(f"The Runs page has {number_of(len(found) - NEWEST, 'older bake-off')}.")


def by_version(
    bakeoffs: list[BakeoffRecord], records: list[DatasetRecord]
) -> dict[int, list[BakeoffRecord]]:
    """Bake-offs by the version on which they ran; 0 for a deleted version.

    The fingerprint of the events decides: older workspaces used a deleted name's numbers again.
    """
    prints = {r.version: r.about.fingerprint for r in records}
    groups: dict[int, list[BakeoffRecord]] = {version: [] for version in (*prints, 0)}
    for bakeoff in bakeoffs:
        version = bakeoff.dataset_version
        ran_on = state.document(bakeoff.id).manifest.get("fingerprint")
        groups[version if prints.get(version) == ran_on else 0].append(bakeoff)
    return {version: members for version, members in groups.items() if members}
