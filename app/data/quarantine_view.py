"""The quarantined rows of a dataset: the reasons, the first rows, and downloads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import streamlit as st

from app import datasets
from app.components import page, spreadsheet
from app.components.drawn import Drawn
from app.components.tables import show
from app.data import provenance_charts
from pipelines.data import quarantine
from pipelines.data.dataset import QUARANTINE
from pipelines.runtime.phrases import number_of
from pipelines.workspace.records import DatasetRecord

FIRST = 50
MOST_REASONS = 12


def section(record: DatasetRecord) -> None:
    """Reasons, first rows and downloads; nothing if no row is quarantined."""
    if record.folder is None:
        return
    counts = datasets.quarantine_counts(record)
    if counts.empty:
        return
    total = int(counts["rows"].sum())
    st.subheader("Quarantined rows", anchor=False)
    shown = counts.head(MOST_REASONS).assign(label=reason_label)
    page.picture(
        Drawn(provenance_charts.reasons, shown),
        alt(counts),
        counts,
        key="data_reasons",
    )
    st.caption(page.plain(f"First {min(FIRST, total):,} of {number_of(total, 'row')}:"))
    show(
        quarantine.head(record.folder, FIRST),
        key="data_quarantine",
        alt="Quarantined rows, with line and reason.",
    )
    _downloads(record, record.folder)


def reason_label(counts: pd.DataFrame) -> pd.Series:
    """`60 rows: the user is missing`; with the name of the table if it is not the events."""
    other = counts["table"].where(counts["table"] != "events", "")
    rows = counts["rows"].map(lambda n: number_of(n, "row"))
    table = other.map(lambda name: f" of the {name}" if name else "")
    return rows + table + ": " + counts["reason"]


def alt(counts: pd.DataFrame) -> str:
    """The finding of the chart."""
    total, first = int(counts["rows"].sum()), counts.iloc[0]
    return (
        f"The quarantine holds {number_of(total, 'row')}. The main reason, for "
        f"{number_of(first['rows'], 'row')}: {first['reason']}."
    )


def as_csv(folder: Path) -> bytes:
    """All quarantined rows as CSV that is safe in a spreadsheet."""
    return spreadsheet.csv(quarantine.read(folder))


def _downloads(record: DatasetRecord, folder: Path) -> None:
    # Read on click: there may be millions of rows.
    stem = f"{record.name}-{record.version}-quarantine"
    with st.container(horizontal=True):
        _download("Parquet", lambda: (folder / QUARANTINE).read_bytes(), f"{stem}.parquet")
        _download("CSV", lambda: as_csv(folder), f"{stem}.csv")


def _download(kind: str, data: Callable[[], bytes], file: str) -> None:
    st.download_button(
        f"Download all ({kind})",
        data,
        file_name=file,
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
        key=f"data_quarantine_{kind.lower()}",
    )
