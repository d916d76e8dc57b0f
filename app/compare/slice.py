"""One slice looked into: each contender's value there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from app.compare import slices_charts as pictures
from app.components import comparison_charts as intervals
from app.components import page, tables
from app.components.comparison import scored
from app.components.comparison_charts import titled_styles, titles
from pipelines.errors import AssayError
from pipelines.evaluation.metrics.names import bounds, label
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.evaluation.slices.cells import Contest
from pipelines.evaluation.slices.samples import samples, values
from pipelines.evaluation.slices.stored import Dimension
from pipelines.statistics.intervals import mean_interval


def within(document: BakeoffDocument, contest: Contest, dimension: Dimension, value: str) -> None:
    """Each contender's value in one slice, with its interval."""
    words = dimension.clause.format(value)
    st.subheader(page.plain(f"{_capital(dimension.title)}: {value}"), anchor=False)
    frame, n = values_frame(document, contest, dimension, value)
    if n == 0:
        st.write(page.plain(f"Nobody here has a value of {label(contest.metric)}."))
        return
    if n < contest.fewest:
        st.write(f"Only {n:,} people: too few for a figure (at least {contest.fewest}).")
        return
    least = int(frame["users"].min())
    users = f"{n:,} users" if least == n else f"{least:,} to {n:,} users"
    who = f"of what was taken up {words}" if dimension.per_item else f"of people {words}"
    drawn, floor = intervals.without_floor(frame, titles(document), "value")
    page.picture(
        intervals.values(drawn, titled_styles(document), contest.metric),
        pictures.slice_values_alt(frame, contest.metric, f"{who} ({users})"),
        frame.drop(columns="words"),
        key="compare_slice_values",
    )
    said = f"{label(contest.metric)} {who}: {users}, each interval for itself (95 %)."
    st.caption(page.plain(f"{said} {floor}".strip()))


def values_frame(
    document: BakeoffDocument, contest: Contest, dimension: Dimension, value: str
) -> tuple[pd.DataFrame, int]:
    """As `compare_charts.values_frame`, of one slice's users, with how many of them each contender
    has a value of (`users`); and the most of these."""
    given = samples(contest.folder, dimension)
    here = given.slice == dimension.values.index(value)
    named = titles(document)
    rows, most = [], 0
    for name in scored(document, contest.metric):
        found = values(contest.folder, name, contest.metric, given)[here]
        users = int(np.isfinite(found).sum())
        most = max(most, users)
        try:
            interval = mean_interval(found, within=bounds(contest.metric))
        except AssayError:  # nobody here has a value of it, or too few to tell their spread
            continue
        rows.append((named[name], interval.value, interval.low, interval.high, users))
    frame = pd.DataFrame(rows, columns=["contender", "value", "low", "high", "users"])
    frame = frame.sort_values("value", ascending=contest.sign < 0, ignore_index=True)
    return frame.assign(words=frame["value"].map(tables.digits)), most


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
