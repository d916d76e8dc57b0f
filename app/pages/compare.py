"""Compare: which contender is better than the baseline, by how much, for whom, at what cost."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app import report, state
from app.compare import (
    behavior,
    checks,
    comparisons,
    contenders,
    cost,
    differences,
    drift,
    overlap,
    people,
    protocol,
    slices,
    tools,
)
from app.compare.heading import Heading
from app.components import page, toolbar
from app.taste import view as taste
from pipelines.errors import AssayError
from pipelines.evaluation.results.document import BakeoffDocument

DIFFERENCES, DRIFT = "differences", "drift"
VIEWS: dict[str, tuple[str, Callable[[BakeoffDocument], Heading]]] = {
    DIFFERENCES: ("Overall", differences.section),
    DRIFT: ("Drift", drift.section),
    "slices": ("By slice", slices.section),
    "cost": ("Latency and cost", cost.section),
    "people": ("By user", people.section),
    "overlap": ("List overlap", overlap.section),
    "behavior": ("Behavioral tests", behavior.section),
    "taste": ("Blind taste test", taste.draw),
    "contenders": ("All results", contenders.section),
}
"""The views by the value of the query parameter: the label, and the function that draws it."""
EMPTY = "the difference of each contender from the baseline"


def draw() -> None:
    document = state.chosen_document()
    if document is None:
        toolbar.without_bakeoff(state.chosen_dataset(), EMPTY)
        return
    top = st.container()
    if comparisons.offered(document)[0]:
        view = toolbar.choice(
            "View",
            [name for name in VIEWS if name != DRIFT or document.windows],
            key="compare_view",
            default=DIFFERENCES,
            format_func=lambda name: VIEWS[name][0],
        )
        heading = _view(VIEWS[view][1], document)
    else:
        page.picture(
            toolbar.blank(EMPTY), "An empty chart: no contender was scored.", key="compare"
        )
        heading = contenders.section(document)
    with top:
        page.opening(heading.title)
        if heading.description:
            st.markdown(page.plain(heading.description))
        protocol.warning(document)
        checks.flags(document)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            protocol.caption(document)
            checks.details(document)
            page.link("data", "Leakage audit", ":material/fact_check:", data_view="studies",
                      dataset=document.dataset)  # fmt: skip
            # The report has the open view, which is drawn by now.
            report.button(document, *tools.current_view(document))
    comparisons.ready()


def _view(section: Callable[[BakeoffDocument], Heading], document: BakeoffDocument) -> Heading:
    """Draw a view; an error is shown within it, so that the other views stay available."""
    try:
        return section(document)
    except AssayError as error:
        st.error(page.with_code(str(error)), icon=":material/error:")
        return Heading("This view needs data that this bake-off did not store.")


page.show(draw)
