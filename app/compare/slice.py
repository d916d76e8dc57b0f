"""One selected slice: each contender's value in it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from app import look
from app.compare import interval_charts, slices_charts
from app.compare.comparisons import scored
from app.components import page, tables
from app.components.drawn import Drawn
from pipelines.errors import AssayError
from pipelines.evaluation.metrics.names import bounds, label
from pipelines.evaluation.results.document import BakeoffDocument, titles_of
from pipelines.evaluation.slices.cells import Contest
from pipelines.evaluation.slices.samples import samples, values
from pipelines.evaluation.slices.stored import Dimension
from pipelines.runtime.phrases import number_of
from pipelines.statistics.intervals import mean_interval


def slice_values(
    document: BakeoffDocument, contest: Contest, dimension: Dimension, value: str
) -> None:
    """Each contender's value in one slice, with its interval."""
    clause = dimension.clause.format(value)
    st.header(page.plain(f"Slice by {dimension.title}: {value}"), anchor=False)
    frame, n = values_frame(document, contest, dimension, value)
    if n == 0:
        st.write(page.plain(f"No user in this slice has a value of {label(contest.metric)}."))
        return
    if n < contest.fewest:
        st.write(f"Only {number_of(n, 'user')}: a value needs at least {contest.fewest}.")
        return
    least = int(frame["users"].min())
    users = f"{n:,} users" if least == n else f"{least:,} to {n:,} users"
    who = "held-out interactions" if dimension.per_item else "users"
    where = f"for {who} {clause}"
    drawn, floor = interval_charts.without_floor(frame, titles_of(document.contenders), "value")
    page.picture(
        Drawn(interval_charts.values, drawn, look.styles_by_title(document), contest.metric),
        slices_charts.slice_values_alt(frame, contest.metric, f"{where} ({users})"),
        frame.drop(columns="label"),
        key="compare_slice_values",
    )
    sentence = f"{label(contest.metric)} {where}: {users}. 95% intervals, not adjusted."
    st.caption(page.plain(f"{sentence} {floor}".strip()))


def values_frame(
    document: BakeoffDocument, contest: Contest, dimension: Dimension, value: str
) -> tuple[pd.DataFrame, int]:
    """As `interval_charts.values_frame`, for one slice, and the maximum of the column `users`.

    `users` is the number of users in the slice with a value of the contender.
    """
    given = samples(contest.folder, dimension)
    here = given.slice == dimension.values.index(value)
    titles = titles_of(document.contenders)
    rows, most = [], 0
    for name in scored(document, contest.metric):
        found = values(contest.folder, name, contest.metric, given).values[here]
        users = int(np.isfinite(found).all(axis=1).sum())
        most = max(most, users)
        try:
            interval = mean_interval(found, within=bounds(contest.metric))
        except AssayError:  # no values here, or too few for an interval
            continue
        rows.append((titles[name], interval.value, interval.low, interval.high, users))
    frame = pd.DataFrame(rows, columns=["contender", "value", "low", "high", "users"])
    frame = frame.sort_values("value", ascending=contest.sign < 0, ignore_index=True)
    return frame.assign(label=frame["value"].map(tables.digits)), most
