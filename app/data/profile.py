"""A dataset's profile: charts, each below a sentence with its finding."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app import datasets
from app.components import page
from app.components.drawn import Drawn
from app.data import profile_charts

TITLES = {
    "activity": "Activity over time",
    "histories": "Events per user",
    "long_tail": "Distribution of events over items",
    "coverage": "Completeness of columns",
    "types": "Event types",
    "hours": "Events by weekday and hour",
}


def section(name: str) -> None:
    """All charts of the profile for which there is data."""
    found = datasets.profile(name)
    for key, title in TITLES.items():
        rows = getattr(found, key)
        if not rows:
            continue
        frame = pd.DataFrame(rows)
        sentence = found.sentences[key]
        st.header(title, anchor=False)
        st.write(page.plain(sentence))
        page.picture(
            Drawn(_chart, key, frame, found.unit), sentence, frame, key=f"data_profile_{key}"
        )


def _chart(key: str, frame: pd.DataFrame, unit: str | None) -> Any:
    if key == "activity":
        return profile_charts.activity(frame, unit or "")
    if key == "coverage":
        frame = frame.assign(label=frame["table"] + ": " + frame["column"])
        return profile_charts.shares(frame, "label", "share of rows with a value")
    if key == "types":
        return profile_charts.shares(frame.head(20), "event_type", "share of rows")
    chart = {
        "histories": profile_charts.histories,
        "long_tail": profile_charts.long_tail,
        "hours": profile_charts.hours,
    }
    return chart[key](frame)
