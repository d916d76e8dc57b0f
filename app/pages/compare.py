"""Compare: who is better than the baseline, for whom, by how much, and at what price."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app import report, state
from app.compare import behavior as compare_behavior
from app.compare import contenders as compare_contenders
from app.compare import cost as compare_cost
from app.compare import differences as compare_differences
from app.compare import overlap as compare_overlap
from app.compare import people as compare_people
from app.compare import slices as compare_slices
from app.compare import tools as compare_tools
from app.components import comparison as compare_data
from app.components import page, toolbar
from app.components.comparison import Words
from app.taste import view as taste
from pipelines.errors import AssayError
from pipelines.evaluation.results.document import BakeoffDocument

DIFFERENCES = "differences"
VIEWS: dict[str, tuple[str, Callable[[BakeoffDocument], Words]]] = {
    DIFFERENCES: ("Who is better", compare_differences.section),
    "slices": ("For whom", compare_slices.section),
    "cost": ("Time and cost", compare_cost.section),
    "people": ("Person by person", compare_people.section),
    "overlap": ("How alike", compare_overlap.section),
    "behavior": ("Behavior", compare_behavior.section),
    "taste": ("Blind taste test", taste.draw),
    "contenders": ("Contenders and numbers", compare_contenders.section),
}
"""What the address calls a view, what people read, and what draws it."""


def draw() -> None:
    document = state.chosen_document()
    if document is None:
        toolbar.without_bakeoff(state.chosen_dataset(), "each contender's difference to popular")
        return
    top = st.container()
    if not compare_data.offered(document)[0]:
        said = _nobody(document)
    else:
        view = toolbar.choice(
            "Show",
            list(VIEWS),
            key="compare_view",
            default=DIFFERENCES,
            format_func=lambda name: VIEWS[name][0],
        )
        said = _drawn(VIEWS[view][1], document)
    with top:
        page.opening(said.title)
        if said.under:
            st.markdown(page.plain(said.under))
        _protocol(document)
    compare_data.ready()


def _drawn(section: Callable[[BakeoffDocument], Words], document: BakeoffDocument) -> Words:
    """A view; what it lacks is said within it, and the other views stay reachable."""
    try:
        return section(document)
    except AssayError as error:
        st.error(page.plain(str(error)), icon=":material/error:")
        return Words("This view needs something that this bake-off did not keep.")


def _nobody(document: BakeoffDocument) -> Words:
    """A bake-off in which nobody was scored."""
    page.picture(
        toolbar.blank("each contender's difference to popular"),
        "An empty picture: nobody was scored.",
        key="compare",
    )
    return compare_contenders.section(document)


def _protocol(document: BakeoffDocument) -> None:
    """Which split, how many people, what a benchmark protocol lets in, and what a log cannot
    tell; the leakage audit and the report are one click away."""
    manifest = document.manifest
    asked = f"{manifest.get('users', 0):,} people, {manifest.get('items', 0):,} items"
    split = str(manifest.get("split", ""))
    note = str(manifest.get("split_note") or "")
    if note:
        st.markdown(
            f":material/info: **{page.plain(note[0].upper() + note[1:])}** (split `{split}`, "
            f"{asked}). "
            "A split in time is what counts for a decision."
        )
        words = ""
    else:
        words = f"Split {split}: one moment for all; {asked}; full catalogue. "
    known = document.exposure
    corrected = known is not None and known.corrected
    words += (
        "Debiased metrics correct for what was already shown."
        if corrected
        else "Offline numbers reward what was already shown."
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        why = None if known is None else page.plain(known.sentence)
        st.caption(page.plain(words), help=why, width="content")
        page.link(
            "data",
            "Leakage audit",
            icon=":material/fact_check:",
            data_view="studies",
            dataset=document.dataset,
        )
        # Of what was chosen in the view, which is drawn by now.
        report.button(document, *compare_tools.seen(document))


page.show(draw)
