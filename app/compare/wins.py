"""The slices in which one of two contenders is better, ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from app import look, state
from app.components import charts, page, toolbar
from app.components.charts import rows_of
from app.components.drawn import Drawn
from app.components.tables import digits, signed
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.results.document import BakeoffDocument, titles_of
from pipelines.evaluation.slices import findings
from pipelines.evaluation.slices.cells import Contest
from pipelines.evaluation.slices.findings import Finding
from pipelines.evaluation.slices.stored import Dimension
from pipelines.runtime.phrases import number_of

CHART = "compare_wins"
SHOWN, ROW = 12, 30
"""How many slices are drawn, and the height of each in pixels."""


def ranked_wins(document: BakeoffDocument, contest: Contest, by_name: dict[str, Dimension]) -> str:
    """Draw the slices in which one of the two wins, ranked; returns the view's sentence."""
    titles = titles_of(document.contenders)
    pair = (contest.contender, contest.against)
    st.header("Slices with a winner", anchor=False)
    winner = toolbar.choice(
        "Show slices where",
        list(pair),
        key="compare_winner",
        default=pair[0],
        format_func=lambda name: f"{titles[name]} wins",
    )
    other = pair[1] if winner == pair[0] else pair[0]
    found = _wins(contest, winner, other)
    if found:
        frame = wins_frame(found, {name: d.title for name, d in by_name.items()})
        page.picture(
            Drawn(
                wins, frame, contest.metric, titles[other], look.styles_of(document)[winner].color
            ),
            wins_alt(frame, contest.metric, titles[winner], titles[other]),
            frame,
            key=CHART,
            on_select=_clicked,
            selection="win",
        )
        st.caption(page.plain(_explanation(found)))
    else:
        st.write(page.plain(f"{titles[winner]} is not better than {titles[other]} in any slice."))
    first = found if winner == pair[0] else _wins(contest, *pair)
    return _sentence(first, titles[pair[0]], titles[pair[1]], contest.metric)


def _wins(contest: Contest, one: str, other: str) -> list[Finding]:
    return findings.wins(contest.folder, one, other, contest.metric, contest.useful_share)


def _clicked() -> None:
    """Select the slice that was clicked."""
    hits = st.session_state[f"{CHART}_chart"]["selection"].get("win", [])
    if hits:
        chosen = {"compare_by": str(hits[0]["dimension"]), "compare_slice": str(hits[0]["slice"])}
        state.choose(**chosen, compare_cross="none")


def _explanation(found: list[Finding]) -> str:
    tested = found[0].cell.looked
    rest = len(found) - SHOWN
    more = f" The chart's data has {rest} more." if rest > 0 else ""
    return (
        "Ranked by the end of the interval nearer to zero, the smallest plausible gain. "
        f"The tests cover {number_of(tested, 'slice')}. Filled points are significant: at most "
        "about 5% of them are false discoveries (Benjamini-Hochberg). Open points may be due to "
        f"chance. The 95% intervals are not adjusted. Click a point to show its slice.{more}"
    )


def _sentence(found: list[Finding], one: str, other: str, metric: str) -> str:
    certain = [f for f in found if f.certain]
    if certain:
        return certain[0].sentence
    if found:
        return (
            f"{one} is ahead of {other} in {label(metric)} in {len(found)} of "
            f"{number_of(found[0].cell.looked, 'slice')}, but no difference is significant."
        )
    return f"{one} is not better than {other} by {label(metric)} in any slice."


def wins_frame(found: Sequence[Finding], title_of: Mapping[str, str]) -> pd.DataFrame:
    """A row per finding, in order; `title_of` maps dimensions to titles.

    Columns: where (a label), dimension, slice, users, difference, low, high, certain, p_adjusted.
    """
    rows = [
        {
            "where": "; ".join(
                f"{title_of.get(name, name)}: {value}"
                for name, value in zip(f.cell.dimensions, f.cell.values, strict=True)
            ),
            "dimension": f.cell.dimensions[0],
            "slice": f.cell.values[0],
            "users": f.cell.n,
            "difference": f.cell.difference,
            "low": f.cell.low,
            "high": f.cell.high,
            "certain": f.certain,
            "p_adjusted": f.cell.p_adjusted,
        }
        for f in found
    ]
    return pd.DataFrame(rows)


def wins(frame: pd.DataFrame, metric: str, other: str, color: str) -> Any:
    """The first slices of `wins_frame` with intervals; a click is the selection `win`."""
    drawn = frame.head(SHOWN).assign(
        row=[f"{r.where} ({r.users:,})" for r in rows_of(frame.head(SHOWN))],
        label=frame["difference"].map(signed),
    )
    low, high = min(0.0, float(drawn["low"].min())), max(0.0, float(drawn["high"].max()))
    scale = alt.Scale(domain=[low, high + 0.14 * (high - low)], nice=False, zero=False)
    x = alt.X(
        "difference:Q",
        title=[f"difference in {label(metric)} from {other}:", "point and 95% interval"],
        scale=scale,
        axis=alt.Axis(format="~g", tickCount=6),
    )
    y = alt.Y(
        "row:N",
        sort=drawn["row"].tolist(),
        title=None,
        axis=alt.Axis(ticks=False, labelLimit=380, labelFontSize=13),
    )
    tooltip = [
        alt.Tooltip("where:N", title="slice"),
        alt.Tooltip("users:Q", format=","),
        alt.Tooltip("difference:Q", format="+.3~r"),
        alt.Tooltip("low:Q", title="interval from", format="+.3~r"),
        alt.Tooltip("high:Q", title="to", format="+.3~r"),
        alt.Tooltip("p_adjusted:Q", title="adjusted p-value", format=".2~g"),
    ]
    base = alt.Chart(drawn).encode(y=y)
    rules = base.mark_rule(strokeWidth=2.5, color=color).encode(
        x=alt.X("low:Q", scale=scale), x2=alt.X2("high:Q"), tooltip=tooltip
    )
    full = alt.when(alt.datum.certain).then(alt.value(color)).otherwise(alt.value("transparent"))
    marks = (
        base.mark_point(size=110, strokeWidth=2, color=color, opacity=1)
        .encode(x=x, fill=full, tooltip=tooltip)
        .add_params(
            alt.selection_point(name="win", fields=["dimension", "slice"], on="click", toggle=False)
        )
    )
    labels = charts.text(base, align="left", dx=9, fontSize=12.5).encode(
        x=alt.X("high:Q", scale=scale), text=alt.Text("label:N")
    )
    chart = alt.layer(charts.zero_line("x"), rules, marks, labels)
    return charts.finish(chart, height=ROW * len(drawn) + 70)


def wins_alt(frame: pd.DataFrame, metric: str, one: str, other: str) -> str:
    """The finding of the ranked list."""
    slices = [
        f"{r.where} ({r.users:,} users) {signed(r.difference)} ({digits(r.low)} to "
        f"{digits(r.high)}{'' if r.certain else ', not significant'})"
        for r in rows_of(frame.head(SHOWN))
    ]
    return (
        f"Slices in which {one} is better than {other} in {label(metric)}, with 95% intervals: "
        f"{'; '.join(slices)}."
    )
