"""For whom a contender is better: slices of people and of what they chose, as a heat map."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import look, state
from app.compare import matrix as compare_matrix
from app.compare import slices_charts as pictures
from app.compare import tools
from app.compare.slice import within
from app.compare.wins import where_wins
from app.components import page, toolbar
from app.components.comparison import Words, ranked, useful_share
from app.components.comparison_charts import FLOOR, titles
from pipelines.errors import AssayError
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.evaluation.slices import reversals, table
from pipelines.evaluation.slices.cells import Cell, Contest
from pipelines.evaluation.slices.samples import about_truth, samples
from pipelines.evaluation.slices.stored import Dimension, dimensions_of

NONE, ALL = "none", "all"
SLICE, PICTURE = "compare_slice", "compare_slices"
MOST_WARNINGS = 2


def section(document: BakeoffDocument) -> Words:
    """The heat map of one dimension (or two), a slice looked into, and where somebody wins."""
    kept = state.kept(document.id)
    pair = tools.pair(document, tools.NARROW)
    metric = pair.metric
    found = [d for d in dimensions_of(kept) if about_truth(metric) or not d.per_item]
    if not found:
        raise AssayError("Nothing divides the people of this bake-off: they are too much alike.")
    by_name = {d.name: d for d in found}
    contest = Contest(kept, pair.one, pair.other, metric, useful_share(document))
    with pair.row:
        first, second = _dimensions(by_name)
    tools.about_metric(document, metric)
    if second is None:
        _across_contenders(document, contest, first)
    else:
        _crossed(document, contest, first, second)
    _warnings(contest)
    return Words(where_wins(document, contest, by_name))


def _dimensions(by_name: dict[str, Dimension]) -> tuple[Dimension, Dimension | None]:
    """What people are divided by, and what that is crossed with."""
    names = list(by_name)
    with tools.box(tools.NARROW):
        first = toolbar.selection(
            "Divide by",
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
            format_func=lambda name: "nothing" if name == NONE else by_name[name].title,
        )
    if second == NONE:
        with tools.box(tools.NARROW):
            toolbar.selection(
                "Look into",
                [ALL, *by_name[first].values],
                key=SLICE,
                default=ALL,
                format_func=lambda name: "no slice" if name == ALL else name,
            )
    return by_name[first], by_name.get(second)


def _across_contenders(document: BakeoffDocument, contest: Contest, dimension: Dimension) -> None:
    """One dimension's slices against all contenders, and the slice that is looked into."""
    frame = pictures.heat_frame(by_contender(document, contest, dimension), contest.sign)
    chosen = str(st.session_state.get(SLICE, ALL))
    _picture(document, contest, frame, dimension, "", chosen)
    if chosen != ALL:
        within(document, contest, dimension, chosen)


def by_contender(
    document: BakeoffDocument, contest: Contest, dimension: Dimension
) -> dict[str, list[Cell]]:
    """A dimension's slices for each contender (title) against the chosen one, best first."""
    named = titles(document)
    others = [c.name for c in ranked(document, contest.metric)]
    others = [name for name in others if name not in (contest.against, FLOOR)]
    others = others or [contest.contender]
    return {named[name]: _cells(contest, name, dimension) for name in others}


def _cells(contest: Contest, contender: str, dimension: Dimension) -> list[Cell]:
    """A contender against the chosen one in each slice of a dimension; p is not adjusted."""
    theirs = Contest(
        contest.folder, contender, contest.against, contest.metric, contest.useful_share
    )
    names = [(value,) for value in dimension.values]
    return theirs.cells((dimension.name,), names, samples(contest.folder, dimension))


def _crossed(
    document: BakeoffDocument, contest: Contest, first: Dimension, second: Dimension
) -> None:
    """Two dimensions crossed, for the one contender that is chosen."""
    cells = table.by_two(
        contest.folder,
        contest.contender,
        contest.against,
        contest.metric,
        first.name,
        second.name,
        contest.useful_share,
    )
    people = {cell.values[0]: cell.n for cell in _cells(contest, contest.contender, first)}
    frame = pictures.crossed_frame(cells, first.name, people, contest.sign)
    _picture(document, contest, frame, first, second.title, ALL)


def _picture(
    document: BakeoffDocument,
    contest: Contest,
    frame: pd.DataFrame,
    rows: Dimension,
    across: str,
    chosen: str,
) -> None:
    named = titles(document)
    whose = named[contest.contender] if across else ""
    st.html(compare_matrix.room(frame["column"].nunique()))
    with st.container(key=compare_matrix.KEY):
        page.picture(
            pictures.heat(frame, contest.metric, rows.title, across, chosen=chosen),
            pictures.heat_alt(
                frame,
                contest.metric,
                rows.title,
                named[contest.against],
                whose=whose,
                across=across,
            ),
            frame.drop(columns=["row", "side", "words"]),
            key=PICTURE,
            on_select=_clicked if not across else None,
            selection="cell" if not across else None,
        )
    marks, of = look.OUTCOME_MARK, f"{whose}, " if whose else ""
    floor = " Random is not drawn." if document.contender(FLOOR) and not across else ""
    st.caption(
        page.plain(
            f"Each cell: {of}the paired difference to {named[contest.against]} among those "
            f"people; blue is better, orange worse, fuller is more. {marks['better']} better, "
            f"{marks['equivalent']} equivalent, {marks['worse']} worse, {marks['inconclusive']} "
            "inconclusive, by the cell's 95 % interval, which is not adjusted for the number of "
            f"cells. Dashed: fewer than {contest.fewest} people. {rows.title.capitalize()}: "
            f"{rows.note}{floor}"
        )
    )


def _clicked() -> None:
    """Look into the slice of the cell that was clicked."""
    hits = st.session_state[f"{PICTURE}_chart"]["selection"].get("cell", [])
    if hits:
        state.choose(**{SLICE: str(hits[0]["slice"])})


def _warnings(contest: Contest) -> None:
    """Where the whole says one thing and its parts another."""
    found = reversals.find(
        contest.folder, contest.contender, contest.against, contest.metric, contest.useful_share
    )
    for one in found[:MOST_WARNINGS]:
        st.warning(page.plain(one.sentence), icon=":material/swap_vert:")
    if len(found) > MOST_WARNINGS:
        with st.expander(f"{len(found) - MOST_WARNINGS} more reversals"):
            st.markdown("\n".join(f"- {page.plain(r.sentence)}" for r in found[MOST_WARNINGS:]))
