"""Readiness on a page: the verdict, the approaches, the findings, the plan of what to log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from app import state
from app.components import page
from app.components.tables import number
from app.data import readiness_chart
from app.data.readiness_chart import STATE_MARK
from app.state import Readiness
from pipelines.data.readiness.tracking_plan import DOCUMENT, SCHEMA

ORDER = {"not enough": 0, "thin": 1, "unknown": 2, "enough": 3}


def opening(name: str) -> None:
    """The page's opening: the report's sentence, and what each approach needs."""
    found = state.readiness(name)
    frame = readiness_chart.with_words(found.approaches)
    page.opening(
        found.sentence,
        readiness_chart.chart(frame),
        readiness_chart.alt_text(frame),
        frame[["approach", "state", "have", "need", "unit", "missing", "source"]],
        key="data_readiness",
    )
    if found.verdict != "ready":
        _plan(name, found)


def section(name: str) -> None:
    """What each approach lacks, what was found, and what to log from now on."""
    found = state.readiness(name)
    st.header("What was found", anchor=False)
    findings(found.findings)
    with page.numbers("Approach by approach"):
        approaches(found.approaches)
    if found.verdict == "ready":
        _plan(name, found)


def findings(frame: pd.DataFrame) -> None:
    """The findings to act on, the most urgent first; those that need nothing are folded away."""
    drawn = frame.assign(rank=frame["state"].map(ORDER)).sort_values("rank", kind="stable")
    well = drawn["state"] == "enough"
    if not well.all():
        _table(drawn[~well], "What was found about the data, what to mend first.")
    if well.any():
        with page.numbers(f"{int(well.sum())} checks that need nothing"):
            _table(drawn[well], "Checks that need nothing.")


def _table(drawn: pd.DataFrame, alt: str) -> None:
    table = pd.DataFrame(
        {
            "state": [f"{STATE_MARK[s]} {s}" for s in drawn["state"]],
            "check": drawn["check"],
            "value": [
                value_words(v, check)
                for v, check in zip(drawn["value"], drawn["check"], strict=True)
            ],
            "wanted": [wanted(row) for row in drawn.to_dict("records")],
            "what it means": [
                page.plain(" ".join(part for part in parts if part))
                for parts in zip(drawn["todo"], drawn["why"], strict=True)
            ],
        }
    )
    # A plain table: its long texts wrap.
    st.table(table, hide_index=True, alt=alt)


def approaches(frame: pd.DataFrame) -> None:
    """What each approach lacks, by when it may be there, and what is worth knowing of it."""
    table = pd.DataFrame(
        {
            "state": [f"{STATE_MARK[s]} {s}" for s in frame["state"]],
            "approach": frame["approach"],
            "what is missing": [page.plain(words) for words in frame["missing"]],
            "worth knowing": [page.plain(words) for words in frame["note"]],
            "source": frame["source"],
        }
    )
    st.table(table, hide_index=True, alt=readiness_chart.alt_text(frame))


def _plan(name: str, found: Readiness) -> None:
    """The tracking plan, as a document and as a schema."""
    st.subheader("What to log from now on", anchor=False)
    st.write(
        "The tracking plan names what this data lacks, then each event and field to log, why, and "
        "an example; the JSON Schema checks an event before it is stored."
    )
    with st.container(horizontal=True):
        _download("The tracking plan (Markdown)", found.plan, f"{name}-{DOCUMENT}", "text/markdown")
        _download("The schema of an event (JSON)", found.schema, SCHEMA, "application/json")


def _download(label: str, text: str, file_name: str, mime: str) -> None:
    st.download_button(
        label,
        text.encode(),
        file_name=file_name,
        mime=mime,
        icon=":material/download:",
        on_click="ignore",
        key=f"data_plan_{mime.rpartition('/')[2]}",
    )


def value_words(value: object, check: str) -> str:
    """`98.6%` of a share, a rate or a growth; any other figure as it is."""
    if value is None or value != value:
        return ""
    if not isinstance(value, int | float):
        return str(value)
    if check.endswith("share") or check.startswith("growth") or check == "open rate":
        return f"{number(100 * float(value))}%"
    return number(float(value))


def wanted(finding: Mapping[Any, Any]) -> str:
    """The threshold, whether it is to be reached or kept below, and its source."""
    value, threshold = finding["value"], finding["threshold"]
    said = value_words(threshold, finding["check"])
    if not said:
        return ""
    side = ""
    if isinstance(value, int | float) and value == value and isinstance(threshold, int | float):
        # A finding that is enough lies on the good side. Where both are equal, either side may
        # be meant, but nothing is to be kept above 0.
        below = (value < threshold) == (finding["state"] == "enough")
        side = "at most " if below or threshold == 0 else "at least "
        side = "" if value == threshold != 0 else side
    return f"{side}{said} ({finding['source']})"
