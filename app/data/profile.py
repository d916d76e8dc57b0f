"""A dataset's profile on a page: its charts, each under the sentence that it shows."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app import state
from app.components import page
from app.data import profile_charts

TITLES = {
    "activity": "Activity over time",
    "histories": "How long the histories are",
    "long_tail": "How events spread over items",
    "coverage": "How well the columns are filled",
    "types": "Types of event",
    "hours": "When it happens",
}


def section(name: str) -> None:
    """All charts of the profile that the data has figures for."""
    found = state.profile(name)
    for key, title in TITLES.items():
        rows = getattr(found, key)
        if not rows:
            continue
        frame = pd.DataFrame(rows)
        words = found.sentences[key]
        st.subheader(title, anchor=False)
        st.write(page.plain(words))
        page.picture(_chart(key, frame, found.unit), words, frame, key=f"data_profile_{key}")


def _chart(key: str, frame: pd.DataFrame, unit: str | None) -> Any:
    if key == "activity":
        return profile_charts.activity(frame, unit or "")
    if key == "coverage":
        frame = frame.assign(label=frame["table"] + ": " + frame["column"])
        return profile_charts.shares(frame, "label", "share of the rows with a value")
    if key == "types":
        return profile_charts.shares(frame.head(20), "event_type", "share of the rows")
    drawn = {
        "histories": profile_charts.histories,
        "long_tail": profile_charts.long_tail,
        "hours": profile_charts.hours,
    }
    return drawn[key](frame)
