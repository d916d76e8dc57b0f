"""The lists for one user, or two of them, as one HTML file to hand on."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import streamlit as st
from markupsafe import Markup

from app.components import citation
from app.explore import linked_lists, person
from app.explore.cards import cards, contenders
from app.explore.data import Lists, Person
from app.explore.legend import legend
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.runtime.templates import template

TEMPLATE = Path(__file__).with_name("handout.html.j2")


def buttons(document: BakeoffDocument, found: Lists, who: Person, one: str, other: str) -> None:
    """Downloads of all lists and of the chosen pair; nothing without two lists."""
    if not other:
        return
    of = str(who.user_id or "made-up").replace("/", "_")
    pair = only(found, [one, other])
    with st.container(horizontal=True, gap="medium"):
        for label, name, shown in (
            ("Download these lists (HTML)", f"lists-{of}", found),
            ("Download this pair (HTML)", f"pair-{of}", pair),
        ):
            st.download_button(
                label,
                partial(html, document, shown, who, one, other),
                file_name=f"assay-{document.dataset}-{name}.html",
                mime="text/html",
                key=f"explore_{name.partition('-')[0]}_html",
                type="tertiary",
                icon=":material/description:",
                on_click="ignore",
                help="One file that opens without a network. For a link to this view, use "
                "“Copy link” in the sidebar.",
            )


def only(found: Lists, titles: list[str]) -> Lists:
    """The lists of these contenders; letters mark the items that are in several of them."""
    frame = found.frame[found.frame["contender"].isin(titles)]
    both = frame.groupby("item_id")["contender"].transform("nunique")
    marks = frame["mark"].where(both > 1, "")
    return replace(found, frame=frame.assign(lists=both, mark=marks), missing={})


def html(document: BakeoffDocument, found: Lists, who: Person, one: str, other: str) -> str:
    """The lists in `found` as one HTML document; all text is escaped, and nothing is loaded."""
    shown = set(found.frame["contender"]) | set(found.missing)
    looks = {title: one for title, one in contenders(document).items() if title in shown}
    text: str = template(TEMPLATE).render(
        title=linked_lists.sentence(found.frame, one, other),
        who=person.sentences(document, who),
        legend=legend(found, who),
        cards=Markup(cards(found.frame, found.missing, looks)),
        source=citation.source_of(document.dataset, f"bake-off {document.id}", document.created),
    )
    return text
