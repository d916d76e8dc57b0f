"""The view of behavioral tests: which tests each contender passes, with examples."""

from __future__ import annotations

import streamlit as st

from app import state
from app.compare import behavior_charts, matrix, tools
from app.compare.comparisons import leader
from app.compare.examples import cards
from app.compare.heading import Heading
from app.components import page, toolbar
from app.components.drawn import Drawn
from app.components.results import declared_metric
from pipelines.errors import AssayError
from pipelines.evaluation.behavior.names import load
from pipelines.evaluation.results.document import BakeoffDocument, BehaviorResult, titles_of

TEST, CONTENDER, CHART = "compare_test", "compare_of", "compare_behavior"


def section(document: BakeoffDocument) -> Heading:
    """The matrix of tests by contenders, and one result with its sentence and examples."""
    names = [c.name for c in document.contenders if c.behavior]
    if not names:
        raise AssayError(
            "This bake-off has no behavioral tests, because an older version of Assay ran it. Run "
            "it again."
        )
    frame = behavior_charts.behavior_frame(document)
    tests = dict(zip(frame["test"], frame["row"], strict=True))
    with tools.row():
        best = leader(document, declared_metric(document))
        contender = tools.contender(document, "Contender", names, key=CONTENDER, default=best)
        failed = frame[(frame["state"] == "fail") & (frame["contender"] == contender)]["test"]
        with st.container(width=420):
            test = toolbar.selection(
                "Test",
                list(tests),
                key=TEST,
                default=next(iter([*failed, *tests])),
                format_func=tests.__getitem__,
            )
    st.html(matrix.scroll_css(len(names)))
    with st.container(key=matrix.KEY):
        page.picture(
            Drawn(behavior_charts.behavior, frame, test, contender),
            behavior_charts.behavior_alt(frame),
            frame.drop(columns=["row", "label"]).rename(columns={"column": "title"}),
            key=CHART,
            on_select=_clicked,
            selection="cell",
        )
    st.caption(
        f"{behavior_charts.LEGEND} Click a cell to see its result, and what the test measures."
    )
    found = next(c.behavior for c in document.contenders if c.name == contender)
    result = next((r for r in found if r.name == test), None)
    _result(document, contender, result, tests[test])
    return Heading(behavior_charts.sentence(document, contender))


def _clicked() -> None:
    """Show the result of the cell that was clicked."""
    hits = st.session_state[f"{CHART}_chart"]["selection"].get("cell", [])
    if hits:
        state.choose(**{TEST: str(hits[0]["test"]), CONTENDER: str(hits[0]["contender"])})


def _result(
    document: BakeoffDocument, contender: str, result: BehaviorResult | None, test: str
) -> None:
    title = titles_of(document.contenders)[contender]
    st.header(page.plain(f"{title}: {test}"), anchor=False)
    if result is None:
        st.write("This test was not run on this contender.")
        return
    state_title = behavior_charts.STATE_TITLE[result.state]
    mark = f"{behavior_charts.MARKS[result.state]} {state_title}".strip()
    st.markdown(f"**{mark}.** {page.plain(result.sentence)}")
    sentences = [_question(result.name)]
    if result.condition:
        sentences.append(f"Passes if: {result.condition} ({result.unit}).")
    st.caption(page.plain(" ".join(filter(None, sentences))))
    if result.examples:
        st.html(cards(result.examples))
        page.notice(state.about(document.dataset))


def _question(test: str) -> str:
    """The test's question; empty if its package is not installed or broken."""
    try:
        return load(test).question
    except AssayError:
        return ""
