"""Data: what the loaded data suffices for, what was found about it, and loading more."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import access, state
from app.components import charts, jobs, page, steps, studies, upload
from app.components.tables import number, show
from pipelines.data.dataset import About
from pipelines.workspace.records import DatasetRecord

STATE_MARK = {"enough": "✓", "thin": "~", "not enough": "✕", "unknown": "?"}


def draw() -> None:
    name = state.chosen_dataset()
    if name is None:
        importing = jobs.waiting("import")
        words = importing or "No data yet: load your events, or look around with a sample."
        steps.opening(words, "data", key="data_empty")
        upload.samples()
        upload.panel(open_now=True)
        return
    record = state.workspace().dataset_record(name)
    if record.state != "ready":
        _not_loaded(record)
        return
    found = state.readiness(name)
    frame = _with_words(found.approaches)
    page.opening(
        found.sentence,
        charts.approaches(frame),
        _alt(frame),
        frame[["approach", "state", "have", "need", "unit", "missing"]],
        key="data_readiness",
    )
    page.notice(record.about)
    upload.panel()
    st.header("What was found", anchor=False)
    _findings(found.findings)
    studies.section(name)
    with page.numbers("The rows, and where they come from"):
        _rows(record.about)
        _delete(name)


def _not_loaded(record: DatasetRecord) -> None:
    waiting = jobs.waiting("sample", record.name)
    words = waiting or f"{record.name} is not loaded yet; loading it takes some seconds."
    steps.opening(words, "data", key="data_unloaded")
    if not waiting and st.button("Load it", type="primary"):
        jobs.start("sample", {"name": record.name})
        st.rerun()
    page.notice(record.about)
    upload.panel()


def _with_words(approaches: pd.DataFrame) -> pd.DataFrame:
    """The approaches with the words that stand at each bar."""
    words = [
        f"has {number(row['have'])}, needs {number(row['need'])} {row['unit'].split()[0]}"
        for row in approaches.to_dict("records")
    ]
    return approaches.assign(words=words)


def _alt(frame: pd.DataFrame) -> str:
    enough = frame.loc[frame["state"] == "enough", "approach"].tolist()
    short = frame.loc[frame["state"] != "enough", "approach"].tolist()
    parts = [f"Enough for {charts.names(enough)}." if enough else "Enough for no approach."]
    return " ".join([*parts, f"Not enough for {charts.names(short)}." if short else ""]).strip()


def _findings(findings: pd.DataFrame) -> None:
    """The findings, the ones to act on first."""
    order = {"not enough": 0, "thin": 1, "unknown": 2, "enough": 3}
    drawn = findings.assign(rank=findings["state"].map(order)).sort_values("rank", kind="stable")
    frame = pd.DataFrame(
        {
            "state": [f"{STATE_MARK[s]} {s}" for s in drawn["state"]],
            "check": drawn["check"],
            "value": [_text(v) for v in drawn["value"]],
            "threshold": [_text(v) for v in drawn["threshold"]],
            "what it means": [
                " ".join(part for part in parts if part)
                for parts in zip(drawn["todo"], drawn["why"], strict=True)
            ],
            "source": drawn["source"],
        }
    )
    # A plain table: its long texts wrap.
    st.table(frame, hide_index=True, alt="What was found about the data.")


def _text(value: object) -> str:
    if value is None or value != value:
        return ""
    return number(float(value)) if isinstance(value, int | float) else str(value)


def _rows(about: About) -> None:
    columns = st.columns(4)
    shown = (
        ("Rows read", about.rows_in),
        ("Rows kept", about.kept),
        ("Folded into another", about.folded),
        ("In quarantine", about.quarantined),
    )
    for column, (label, value) in zip(columns, shown, strict=True):
        column.metric(label, f"{value:,}")
    lines = [f"Version {about.version}"]
    if about.origin:
        lines.append(f"from {about.origin.rstrip('.')}")
    lines.append(
        "items already taken up are left out of the lists"
        if about.seen == "exclude"
        else "items already taken up may be recommended again"
    )
    st.caption(page.plain("; ".join(lines) + "."))
    if about.mapping:
        pairs = ", ".join(f"{column} → {name}" for name, column in about.mapping.items())
        st.caption(page.plain(f"Columns: {pairs}."))
    if about.quarantined:
        _quarantine(about)


def _quarantine(about: About) -> None:
    """The rows that could not be read, with line and reason."""
    from pipelines.data.dataset import QUARANTINE

    folder = state.workspace().dataset_record(about.name).folder
    path = None if folder is None else folder / QUARANTINE
    if path is None or not path.exists():
        return
    rows = pd.read_parquet(path)
    st.caption(f"The first of {len(rows):,} rows that could not be read:")
    show(rows.iloc[:50, :7], key="data_quarantine", alt="Rows that could not be read, and why.")
    st.download_button(
        "All of them (CSV)",
        rows.to_csv(index=False).encode(),
        file_name=f"{about.name}-quarantine.csv",
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
    )


def _delete(name: str) -> None:
    if not access.allowed("lead"):
        return
    if st.button(f"Delete {page.plain(name)} ...", icon=":material/delete:"):
        _confirm(name)


@st.dialog("Delete this dataset?")
def _confirm(name: str) -> None:
    st.write(page.plain(f"All versions of {name} are removed. Its bake-offs and decisions stay."))
    with st.container(horizontal=True):
        if st.button("Delete", type="primary"):
            upload.delete(name)
            st.rerun()
        if st.button("Keep it"):
            st.rerun()


page.show(draw)
