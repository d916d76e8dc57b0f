"""The datasets of the workspace; a click on a row goes to that dataset."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app import state
from app.components.tables import moment, show
from pipelines.workspace.records import DatasetRecord


def section(chosen: str | None) -> None:
    """The table; nothing in an empty workspace."""
    records = state.dataset_records()
    if not records:
        return
    st.header("All datasets", anchor=False)
    if len(records) > 1:
        st.caption("Choose a row to go to that dataset.")
    event = show(
        frame(records),
        # Another key for each chosen dataset: a row stays chosen only until it is followed.
        key=f"data_catalogue_{chosen}",
        alt=f"The {len(records)} datasets of this workspace.",
        on_select="single-row",
    )
    follow(records, chosen, event)


def follow(records: list[DatasetRecord], chosen: str | None, event: Any) -> None:
    """Go to the dataset whose row was chosen."""
    rows = event["selection"]["rows"] if event else []
    if rows and rows[0] < len(records) and records[rows[0]].name != chosen:
        state.choose(dataset=records[rows[0]].name)
        st.rerun()


def frame(records: list[DatasetRecord]) -> pd.DataFrame:
    """One row per dataset, in its newest version."""
    rows = []
    for record in records:
        about = record.about
        size = state.size(record)
        state_words = "cannot be read" if record.folder else record.state
        recipe = about.recipe.hash[:8] if about.recipe else ""
        rows.append(
            {
                "dataset": f"{record.name}, version {record.version}",
                "events": about.kept if record.folder else None,
                "users × items": f"{size[0]:,} × {size[1]:,}" if size else state_words,
                "rows in": about.rows_in if record.folder else None,
                "in quarantine": about.quarantined if record.folder else None,
                "fingerprint · recipe": " · ".join(filter(None, (about.fingerprint[:8], recipe))),
                "from": _from(record),
            }
        )
    found = pd.DataFrame(rows)
    counts = ["events", "rows in", "in quarantine"]
    return found.astype(dict.fromkeys(counts, "Int64"))


def _from(record: DatasetRecord) -> str:
    about = record.about
    source = ", ".join(about.sources) or ("a sample" if about.is_sample else about.origin)
    return f"{source}, {moment(record.created)}" if source else moment(record.created)
