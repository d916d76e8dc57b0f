"""The readiness of a dataset: the verdict, approaches, findings and the tracking plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from app import datasets
from app.components import page, stacked
from app.components.drawn import Drawn
from app.components.tables import number
from app.data import readiness_chart
from app.data.readiness_chart import STATE_MARK
from app.datasets import Readiness
from pipelines.data.readiness.tracking_plan import DOCUMENT, SCHEMA
from pipelines.runtime.phrases import number_of

MEANS = "what it means"
ORDER = {"not enough": 0, "thin": 1, "unknown": 2, "enough": 3}


def opening(name: str) -> None:
    """The page's opening: the report's sentence, and the chart of approaches."""
    found = datasets.readiness(name)
    frame = readiness_chart.with_labels(found.approaches)
    page.opening(
        found.sentence,
        Drawn(readiness_chart.chart, frame),
        readiness_chart.alt_text(frame),
        frame[["approach", "state", "have", "need", "unit", "missing", "source"]],
        key="data_readiness",
    )
    if found.verdict != "ready":
        _plan(name, found)


def section(name: str) -> None:
    """The findings, the approaches and the tracking plan."""
    found = datasets.readiness(name)
    st.header("Findings", anchor=False)
    findings(found.findings)
    with page.numbers("All approaches"):
        approaches(found.approaches)
    if found.verdict == "ready":
        _plan(name, found)


def findings(frame: pd.DataFrame) -> None:
    """The findings to act on, most urgent first; passed checks are in an expander."""
    drawn = frame.assign(rank=frame["state"].map(ORDER)).sort_values("rank", kind="stable")
    passed = drawn["state"] == "enough"
    if not passed.all():
        _table(drawn[~passed], "Findings about the data, the most urgent first.", "urgent")
    if passed.any():
        with page.numbers(f"{number_of(int(passed.sum()), 'check')} passed"):
            _table(drawn[passed], "Passed checks.", "passed")


def _table(drawn: pd.DataFrame, alt: str, name: str) -> None:
    table = pd.DataFrame(
        {
            "state": [f"{STATE_MARK[s]} {s}" for s in drawn["state"]],
            "check": drawn["check"],
            "value": [
                value_label(v, check)
                for v, check in zip(drawn["value"], drawn["check"], strict=True)
            ],
            "required": [required(row) for row in drawn.to_dict("records")],
            MEANS: [
                page.plain(" ".join(part for part in parts if part))
                for parts in zip(drawn["todo"], drawn["why"], strict=True)
            ],
        }
    )
    stacked.table(table, key=f"data_findings_{name}", alt=alt, unlabeled=(MEANS,))


def approaches(frame: pd.DataFrame) -> None:
    """What each approach needs, when the data may be enough, and notes."""
    table = pd.DataFrame(
        {
            "state": [f"{STATE_MARK[s]} {s}" for s in frame["state"]],
            "approach": frame["approach"],
            "missing": [page.plain(text) for text in frame["missing"]],
            "notes": [page.plain(text) for text in frame["note"]],
            "source": frame["source"].map(source),
        }
    )
    stacked.table(table, key="data_approaches", alt=readiness_chart.alt_text(frame))


def _plan(name: str, found: Readiness) -> None:
    """The downloads of the tracking plan and its schema."""
    st.header("Tracking plan", anchor=False)
    st.write(
        "The tracking plan lists what this data lacks, and each event and field to log, with the "
        "reason and an example. The JSON Schema validates events before you store them."
    )
    with st.container(horizontal=True):
        _download(
            "Download tracking plan (Markdown)", found.plan, f"{name}-{DOCUMENT}", "text/markdown"
        )
        _download("Download event schema (JSON)", found.schema, SCHEMA, "application/json")


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


def value_label(value: object, check: str) -> str:
    """`98.6%` for a share, a rate or a growth; otherwise the number."""
    if value is None or value != value:
        return ""
    if not isinstance(value, int | float):
        return str(value)
    if ", share" in check or check.startswith("growth") or check == "open rate":
        return f"{number(100 * float(value))}%"
    return number(float(value))


def required(finding: Mapping[Any, Any]) -> str:
    """The threshold, whether it is a minimum or a maximum, and its source."""
    value, threshold = finding["value"], finding["threshold"]
    limit = value_label(threshold, finding["check"])
    if not limit:
        return ""
    side = ""
    if isinstance(value, int | float) and value == value and isinstance(threshold, int | float):
        # A finding that is enough is on the good side of the threshold. If both are equal, the
        # side is unknown, except that a threshold of 0 is a maximum.
        below = (value < threshold) == (finding["state"] == "enough")
        side = "at most " if below or threshold == 0 else "at least "
        side = "" if value == threshold != 0 else side
    return f"{side}{limit} ({source(finding['source'])})"


def source(given: str) -> str:
    """Where a threshold is from: a vendor's documentation, or Assay's rule of thumb."""
    return "rule of thumb" if given == "ours" else given
