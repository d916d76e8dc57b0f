"""One slice looked into, and the ranked list of slices in which a contender wins."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import state
from app.components import compare_charts as intervals
from app.components import compare_slices_charts as pictures
from app.components import page, tables, toolbar
from app.components.compare_charts import titled_styles, titles
from app.components.compare_data import scored
from pipelines.errors import AssayError
from pipelines.evaluation.metrics.names import bounds, label
from pipelines.evaluation.results import BakeoffDocument
from pipelines.evaluation.slices import findings
from pipelines.evaluation.slices.cells import Contest
from pipelines.evaluation.slices.findings import Finding
from pipelines.evaluation.slices.samples import samples, values
from pipelines.evaluation.slices.stored import Dimension
from pipelines.evaluation.statistics.intervals import mean_interval


def within(document: BakeoffDocument, contest: Contest, dimension: Dimension, value: str) -> None:
    """Each contender's value in one slice, with its interval."""
    words = dimension.clause.format(value)
    st.subheader(page.plain(f"{_capital(dimension.title)}: {value}"), anchor=False)
    frame, n = values_frame(document, contest, dimension, value)
    if n < contest.fewest:
        st.write(f"Only {n:,} people: too few for a figure (at least {contest.fewest}).")
        return
    who = f"of what was taken up {words}" if dimension.per_item else f"of people {words}"
    drawn, floor = intervals.without_floor(frame, titles(document), "value")
    page.picture(
        intervals.values(drawn, titled_styles(document), contest.metric),
        pictures.slice_values_alt(frame, contest.metric, f"{who} ({n:,} users)"),
        frame.drop(columns="words"),
        key="compare_slice_values",
    )
    said = f"{label(contest.metric)} {who}: {n:,} users, each interval for itself (95 %)."
    st.caption(page.plain(f"{said} {floor}".strip()))


def values_frame(
    document: BakeoffDocument, contest: Contest, dimension: Dimension, value: str
) -> tuple[pd.DataFrame, int]:
    """As `compare_charts.values_frame`, of one slice's users; and how many they are at most."""
    given = samples(contest.kept, dimension)
    here = given.slice == dimension.values.index(value)
    named = titles(document)
    rows = []
    for name in scored(document, contest.metric):
        found = values(contest.kept, name, contest.metric, given)[here]
        try:
            interval = mean_interval(found, within=bounds(contest.metric))
        except AssayError:  # nobody here has a value of it
            continue
        rows.append((named[name], interval.value, interval.low, interval.high))
    frame = pd.DataFrame(rows, columns=["contender", "value", "low", "high"])
    frame = frame.sort_values("value", ascending=False, ignore_index=True)
    return frame.assign(words=frame["value"].map(tables.digits)), int(here.sum())


def where_wins(document: BakeoffDocument, contest: Contest, by_name: dict[str, Dimension]) -> str:
    """The slices in which either of the two wins, ranked; the view's sentence."""
    named = titles(document)
    pair = (contest.contender, contest.against)
    st.subheader("Where does who win?", anchor=False)
    who = toolbar.choice(
        "Slices in which",
        list(pair),
        key="compare_winner",
        default=pair[0],
        format_func=lambda name: f"{named[name]} wins",
    )
    other = pair[1] if who == pair[0] else pair[0]
    found = _wins(contest, who, other)
    if found:
        _table(contest, found, by_name)
    else:
        st.write(page.plain(f"{named[who]} is better than {named[other]} in no slice."))
    first = found if who == pair[0] else _wins(contest, *pair)
    return _sentence(first, named[pair[0]], named[pair[1]], contest.metric)


def _wins(contest: Contest, one: str, other: str) -> list[Finding]:
    return findings.wins(contest.kept, one, other, contest.metric, contest.useful_share)


def _sentence(found: list[Finding], one: str, other: str, metric: str) -> str:
    certain = [f for f in found if f.certain]
    if certain:
        return certain[0].sentence
    if found:
        return (
            f"{one} may be better than {other} in {len(found)} slice{'s' * (len(found) > 1)} by "
            f"{label(metric)}, but so many were looked at that chance may do this."
        )
    return f"{one} is better than {other} by {label(metric)} in no slice."


def _table(contest: Contest, found: list[Finding], by_name: dict[str, Dimension]) -> None:
    frame = pictures.wins_frame(found, {name: d.title for name, d in by_name.items()})
    key = "_".join(
        ("compare_wins", contest.contender, contest.against, contest.metric, str(len(found)))
    )

    def changed() -> None:
        picked = st.session_state[key]["selection"]["rows"]
        if picked:
            cell = found[picked[0]].cell
            state.choose(
                compare_by=cell.dimensions[0], compare_slice=cell.values[0], compare_cross="none"
            )

    tables.show(
        frame,
        key=key,
        alt=f"The {len(found)} slices in which it wins, the surest and largest first.",
        on_select="single-row",
        changed=changed,
        height=min(35 * (len(frame) + 1) + 3, 318),
    )
    looked = found[0].cell.looked
    st.caption(
        f"Ranked by the end of the interval that is nearer to zero: what a slice is worth at "
        f"least. {looked} slices were looked at: certain is what stays below 5 % of false ones "
        "among all (Benjamini-Hochberg); the 95 % intervals are not adjusted. Choose a row to "
        "look into it."
    )


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
