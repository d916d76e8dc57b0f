"""The sections of the Overview page: three cards that link on, and the bake-off's numbers."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.components import page, results
from app.components.tables import show
from pipelines.evaluation.results.document import BakeoffDocument, titles_of

CARDS = (
    (
        "See what users would get",
        "The lists of all contenders side by side, for a user or for titles that you pick.",
        "explore",
        "Explore lists",
    ),
    (
        "Load your events",
        "Who interacted with what, and when: one file shows whether you have enough data.",
        "data",
        "Load data",
    ),
    (
        "Does your core business depend on recommendations?",
        "The first question of build or buy. Traffic, margin and costs follow.",
        "decide",
        "Start a decision",
    ),
)


def cards() -> None:
    """Three links to other pages."""
    columns = st.columns(3, gap="medium")
    for column, (title, description, target, label) in zip(columns, CARDS, strict=True):
        with column.container(border=True, height="stretch"):
            st.header(page.plain(title), anchor=False)
            st.write(description)
            page.link(target, label, ":material/arrow_forward:")


def numbers(document: BakeoffDocument) -> None:
    """The contenders of the chosen bake-off as a table."""
    metric, titles = results.declared_metric(document), titles_of(document.contenders)
    rows = [
        {
            "contender": titles[c.name],
            "status": c.status,
            results.metric_label(document): results.value_of(c, metric),
            "95th-percentile latency (ms)": c.request_ms.p95 if c.request_ms else None,
            "fit time (s)": c.fit_seconds,
            "peak memory (MB)": c.peak_mb,
        }
        for c in document.contenders
    ]
    with page.numbers(f"Bake-off {document.id}"):
        show(
            pd.DataFrame(rows),
            key="overview_numbers",
            alt="The contenders of the chosen bake-off.",
        )
        for told in (results.passed_over(document), results.split_warning(document)):
            if told:
                st.caption(page.plain(told))
