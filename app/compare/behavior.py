"""How contenders behave, beside how well they do: tests that they pass or fail, with examples."""

from __future__ import annotations

import streamlit as st

from app import state
from app.compare import behavior_charts as pictures
from app.compare import matrix as compare_matrix
from app.compare import tools
from app.compare.examples import cards
from app.components import page, toolbar
from app.components.comparison import Words, declared, leader
from app.components.comparison_charts import titles
from pipelines.errors import AssayError
from pipelines.evaluation.behavior.names import load
from pipelines.evaluation.results.document import BakeoffDocument, BehaviorResult

TEST, WHOSE, PICTURE = "compare_test", "compare_of", "compare_behavior"


def section(document: BakeoffDocument) -> Words:
    """The matrix of tests by contenders, and one result with its sentence and examples."""
    names = [c.name for c in document.contenders if c.behavior]
    if not names:
        raise AssayError(
            "This bake-off has no behavioral tests: it is older than they are. Run it again."
        )
    frame = pictures.behavior_frame(document)
    told = dict(zip(frame["test"], frame["row"], strict=True))
    with tools.row():
        best = leader(document, declared(document))
        whose = tools.contender(document, "Contender", names, key=WHOSE, default=best)
        failed = frame[(frame["state"] == "fail") & (frame["contender"] == whose)]["test"]
        with st.container(width=420):
            test = toolbar.selection(
                "Test",
                list(told),
                key=TEST,
                default=next(iter([*failed, *told])),
                format_func=told.__getitem__,
            )
    st.html(compare_matrix.room(len(names)))
    with st.container(key=compare_matrix.KEY):
        page.picture(
            pictures.behavior(frame, test, whose),
            pictures.behavior_alt(frame),
            frame.drop(columns=["row", "words"]).rename(columns={"column": "title"}),
            key=PICTURE,
            on_select=_clicked,
            selection="cell",
        )
    st.caption(
        "✓ passed, ✕ failed; a figure alone is only told: its test has no threshold. Dashed: "
        "not run. Each test, its formula and where its threshold comes from: `docs/behavior.md`."
    )
    found = next(c.behavior for c in document.contenders if c.name == whose)
    _result(document, whose, next((r for r in found if r.name == test), None), told[test])
    return Words(pictures.sentence(document, whose))


def _clicked() -> None:
    """Show the result of the cell that was clicked."""
    hits = st.session_state[f"{PICTURE}_chart"]["selection"].get("cell", [])
    if hits:
        state.choose(**{TEST: str(hits[0]["test"]), WHOSE: str(hits[0]["contender"])})


def _result(
    document: BakeoffDocument, whose: str, result: BehaviorResult | None, title: str
) -> None:
    name = titles(document)[whose]
    st.subheader(page.plain(f"{name}: {title[0].lower()}{title[1:]}"), anchor=False)
    if result is None:
        st.write("This test was not run on it.")
        return
    mark = f"{pictures.MARKS[result.state]} {pictures.WORDS[result.state].capitalize()}".strip()
    st.markdown(f"**{mark}.** {page.plain(result.sentence)}")
    said = [_asks(result.name)]
    if result.condition:
        said.append(f"Passed when: {result.condition} ({result.unit}).")
    st.caption(page.plain(" ".join(filter(None, said))))
    if result.examples:
        st.html(cards(result.examples))
        page.notice(state.about(document.dataset))


def _asks(test: str) -> str:
    """The test's question; empty where its package is no longer installed, or broken."""
    try:
        return load(test).question
    except AssayError:
        return ""
