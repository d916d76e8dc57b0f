"""The datasets of the workspace; selecting a row opens that dataset."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app import datasets, state
from app.components.tables import moment, show
from pipelines.runtime.phrases import number_of
from pipelines.workspace.records import DatasetRecord


def section(chosen: str | None) -> None:
    """The table of datasets; nothing in an empty workspace."""
    records = state.dataset_records()
    if not records:
        return
    st.header("All datasets", anchor=False)
    if len(records) > 1:
        st.caption("Select a row to open that dataset.")
    event = show(
        frame(records),
        # The key depends on the dataset, so that the selection ends when the dataset opens.
        key=f"data_catalogue_{chosen}",
        alt=f"This workspace has {number_of(len(records), 'dataset')}.",
        on_select="single-row",
    )
    follow(records, chosen, event)


def follow(records: list[DatasetRecord], chosen: str | None, event: Any) -> None:
    """Open the dataset whose row was selected."""
    rows = event["selection"]["rows"] if event else []
    if rows and rows[0] < len(records) and records[rows[0]].name != chosen:
        state.choose(dataset=records[rows[0]].name)
        st.rerun()


def frame(records: list[DatasetRecord]) -> pd.DataFrame:
    """A row per dataset, for its newest version."""
    rows = []
    for record in records:
        about = record.about
        size = datasets.size(record)
        status = "cannot be read" if record.folder else record.state
        recipe = about.recipe.hash[:8] if about.recipe else ""
        rows.append(
            {
                "dataset": f"{record.name}, version {record.version}",
                "events": about.kept if record.folder else None,
                "users × items": f"{size[0]:,} × {size[1]:,}" if size else status,
                "imported rows": about.rows_in if record.folder else None,
                "quarantined rows": about.quarantined if record.folder else None,
                "fingerprint · recipe": " · ".join(filter(None, (about.fingerprint[:8], recipe))),
                "source": _source(record),
            }
        )
    found = pd.DataFrame(rows)
    counts = ["events", "imported rows", "quarantined rows"]
    return found.astype(dict.fromkeys(counts, "Int64"))


def _source(record: DatasetRecord) -> str:
    about = record.about
    source = ", ".join(about.sources) or ("a sample" if about.is_sample else about.origin)
    return f"{source}, {moment(record.created)}" if source else moment(record.created)
