"""The view by slice: where a contender is better, as a heat map and as a ranked list."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import look, state
from app.compare import matrix, slices_charts, tools
from app.compare.comparisons import ranked, useful_share
from app.compare.heading import Heading
from app.compare.interval_charts import FLOOR
from app.compare.slice import slice_values
from app.compare.wins import ranked_wins
from app.components import page, toolbar
from app.components.drawn import Drawn
from pipelines.errors import AssayError
from pipelines.evaluation.results.document import BakeoffDocument, titles_of
from pipelines.evaluation.slices import reversals, table
from pipelines.evaluation.slices.cells import Cell, Contest
from pipelines.evaluation.slices.samples import about_truth, samples
from pipelines.evaluation.slices.stored import Dimension, dimensions_of
from pipelines.runtime.phrases import number_of

NONE, ALL = "none", "all"
SLICE, CHART = "compare_slice", "compare_slices"
MOST_WARNINGS = 2


def section(document: BakeoffDocument) -> Heading:
    """The heat map of one or two dimensions, a selected slice, and the slices with a winner."""
    folder = state.bakeoff_folder(document.id)
    pair = tools.pair(document, tools.NARROW)
    metric = pair.metric
    found = [d for d in dimensions_of(folder) if about_truth(metric) or not d.per_item]
    if not found:
        raise AssayError("This bake-off has no slices: its users do not differ in any dimension.")
    by_name = {d.name: d for d in found}
    contest = Contest(folder, pair.one, pair.other, metric, useful_share(document))
    with pair.row:
        first, second = _dimensions(by_name)
    tools.about_metric(document, metric)
    if second is None:
        _across_contenders(document, contest, first)
    else:
        _crossed(document, contest, first, second)
    _warnings(contest)
    return Heading(ranked_wins(document, contest, by_name))


def _dimensions(by_name: dict[str, Dimension]) -> tuple[Dimension, Dimension | None]:
    """The dimension to slice by, and the dimension that it is crossed with."""
    names = list(by_name)
    with tools.box(tools.NARROW):
        first = toolbar.selection(
            "Slice by",
            names,
            key="compare_by",
            default=names[0],
            format_func=lambda name: by_name[name].title,
        )
    others = [
        n for n in names if n != first and not (by_name[n].per_item and by_name[first].per_item)
    ]
    with tools.box(tools.NARROW):
        second = toolbar.selection(
            "Cross with",
            [NONE, *others],
            key="compare_cross",
            default=NONE,
            format_func=lambda name: "none" if name == NONE else by_name[name].title,
        )
    if second == NONE:
        with tools.box(tools.NARROW):
            toolbar.selection(
                "Show slice",
                [ALL, *by_name[first].values],
                key=SLICE,
                default=ALL,
                format_func=lambda name: "none" if name == ALL else name,
            )
    return by_name[first], by_name.get(second)


def _across_contenders(document: BakeoffDocument, contest: Contest, dimension: Dimension) -> None:
    """One dimension's slices by contenders, and the selected slice."""
    frame = slices_charts.heat_frame(by_contender(document, contest, dimension), contest.sign)
    chosen = str(st.session_state.get(SLICE, ALL))
    _heat_map(document, contest, frame, dimension, "", chosen)
    if chosen != ALL:
        slice_values(document, contest, dimension, chosen)


def by_contender(
    document: BakeoffDocument, contest: Contest, dimension: Dimension
) -> dict[str, list[Cell]]:
    """A dimension's slices for each contender (title) against the baseline, best first."""
    titles = titles_of(document.contenders)
    others = [c.name for c in ranked(document, contest.metric)]
    others = [name for name in others if name not in (contest.against, FLOOR)]
    others = others or [contest.contender]
    return {titles[name]: _cells(contest, name, dimension) for name in others}


def _cells(contest: Contest, contender: str, dimension: Dimension) -> list[Cell]:
    """A contender against the baseline in each slice of a dimension; p is not adjusted."""
    theirs = Contest(
        contest.folder, contender, contest.against, contest.metric, contest.useful_share
    )
    names = [(value,) for value in dimension.values]
    return theirs.cells((dimension.name,), names, samples(contest.folder, dimension))


def _crossed(
    document: BakeoffDocument, contest: Contest, first: Dimension, second: Dimension
) -> None:
    """Two dimensions crossed, for the selected contender."""
    cells = table.by_two(
        contest.folder,
        contest.contender,
        contest.against,
        contest.metric,
        first.name,
        second.name,
        contest.useful_share,
    )
    users = {cell.values[0]: cell.n for cell in _cells(contest, contest.contender, first)}
    frame = slices_charts.crossed_frame(cells, first.name, users, contest.sign)
    _heat_map(document, contest, frame, first, second.title, ALL)


def _heat_map(
    document: BakeoffDocument,
    contest: Contest,
    frame: pd.DataFrame,
    rows: Dimension,
    across: str,
    chosen: str,
) -> None:
    titles = titles_of(document.contenders)
    whose = titles[contest.contender] if across else ""
    st.html(matrix.scroll_css(frame["column"].nunique()))
    with st.container(key=matrix.KEY):
        page.picture(
            Drawn(slices_charts.heat, frame, contest.metric, rows.title, across, chosen=chosen),
            slices_charts.heat_alt(
                frame,
                contest.metric,
                rows.title,
                titles[contest.against],
                whose=whose,
                across=across,
            ),
            frame.drop(columns=["row", "side", "label"]),
            key=CHART,
            on_select=_clicked if not across else None,
            selection="cell" if not across else None,
        )
    marks, subject = look.OUTCOME_MARK, f"{whose}'s" if whose else "the"
    floor = " Random is not shown." if document.contender(FLOOR) and not across else ""
    st.caption(
        page.plain(
            f"Each cell shows {subject} paired difference from {titles[contest.against]} in that "
            "slice. Blue is better, orange is worse; a stronger color means a larger difference. "
            f"By the cell's 95% interval: {marks['better']} better, {marks['equivalent']} "
            f"equivalent, {marks['worse']} worse, {marks['inconclusive']} inconclusive. The "
            "intervals are not adjusted for the number of cells. Dashed: fewer than "
            f"{contest.fewest} users.{floor}"
        )
    )
    if rows.note:
        st.caption(page.plain(f"Slices by {rows.title}: {rows.note}"))


def _clicked() -> None:
    """Select the slice of the cell that was clicked."""
    hits = st.session_state[f"{CHART}_chart"]["selection"].get("cell", [])
    if hits:
        state.choose(**{SLICE: str(hits[0]["slice"])})


def _warnings(contest: Contest) -> None:
    """Reversals: dimensions whose slices contradict the overall result."""
    found = reversals.find(
        contest.folder, contest.contender, contest.against, contest.metric, contest.useful_share
    )
    for reversal in found[:MOST_WARNINGS]:
        st.warning(page.plain(reversal.sentence), icon=":material/swap_vert:")
    if len(found) > MOST_WARNINGS:
        with st.expander(number_of(len(found) - MOST_WARNINGS, "more reversal")):
            st.markdown("\n".join(f"- {page.plain(r.sentence)}" for r in found[MOST_WARNINGS:]))
