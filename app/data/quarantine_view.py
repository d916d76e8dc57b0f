"""The rows of a dataset that could not be used: why, the first of them, and all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import streamlit as st

from app import state
from app.components import page, spreadsheet
from app.components.tables import show
from app.data import provenance_charts
from pipelines.data import quarantine
from pipelines.data.dataset import QUARANTINE
from pipelines.workspace.records import DatasetRecord

FIRST = 50
MOST_REASONS = 12


def section(record: DatasetRecord) -> None:
    """By reason, the first rows, and the downloads; nothing where no row is in quarantine."""
    if record.folder is None:
        return
    counts = state.quarantine_counts(record)
    if counts.empty:
        return
    total = int(counts["rows"].sum())
    st.subheader("In quarantine", anchor=False)
    shown = counts.head(MOST_REASONS).assign(words=lambda f: reason_words(f))
    page.picture(
        provenance_charts.reasons(shown),
        alt(counts),
        counts,
        key="data_reasons",
    )
    st.caption(page.plain(f"The first {min(FIRST, total):,} of {total:,} rows:"))
    show(
        quarantine.head(record.folder, FIRST),
        key="data_quarantine",
        alt="Rows that could not be used, with line and reason.",
    )
    _downloads(record, record.folder)


def reason_words(counts: pd.DataFrame) -> pd.Series:
    """`60 rows: the user is missing`; of another table than the events', with its name."""
    other = counts["table"].where(counts["table"] != "events", "")
    rows = counts["rows"].map(lambda n: f"{n:,} row{'s' if n != 1 else ''}")
    table = other.map(lambda name: f" of the {name}" if name else "")
    return rows + table + ": " + counts["reason"]


def alt(counts: pd.DataFrame) -> str:
    """The finding of the chart."""
    total, first = int(counts["rows"].sum()), counts.iloc[0]
    return (
        f"{total:,} rows are in quarantine, {first['rows']:,} of them because: {first['reason']}."
    )


def as_csv(folder: Path) -> bytes:
    """All of the quarantine; no cell of it runs in a spreadsheet."""
    return spreadsheet.csv(quarantine.read(folder))


def _downloads(record: DatasetRecord, folder: Path) -> None:
    # Both are read when asked for: a quarantine may hold millions of rows.
    stem = f"{record.name}-{record.version}-quarantine"
    with st.container(horizontal=True):
        _download("Parquet", lambda: (folder / QUARANTINE).read_bytes(), f"{stem}.parquet")
        _download("CSV", lambda: as_csv(folder), f"{stem}.csv")


def _download(kind: str, data: Callable[[], bytes], file: str) -> None:
    st.download_button(
        f"All of them ({kind})",
        data,
        file_name=file,
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
        key=f"data_quarantine_{kind.lower()}",
    )
