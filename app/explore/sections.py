"""The sections of the Explore page: the chart, the cards, and the table of all lists."""

from __future__ import annotations

import streamlit as st

from app import look, state
from app.components import page, results, tables, toolbar
from app.components.drawn import Drawn
from app.explore import linked_lists
from app.explore.cards import cards, contenders
from app.explore.data import Lists, Person, catalogue
from app.explore.legend import legend, without_sponsored
from pipelines.evaluation.results.document import BakeoffDocument, titles_of

HEADERS = {"lists": "number of lists", "chosen": "held-out interaction"}
EMPTY = "the lists of all contenders side by side"


def no_history() -> None:
    """The opening while a made-up history is empty."""
    page.opening(
        "Pick a few titles to see what each contender recommends.",
        toolbar.blank(EMPTY),
        alt="An empty chart. It will show the lists once you pick titles.",
    )


def choose_pair(document: BakeoffDocument, found: Lists) -> tuple[str, str]:
    """The two contenders (titles) that the title sentence compares; empty if there are fewer."""
    titles = titles_of(document.contenders)
    listed = set(found.frame["contender"])
    answering = [name for name, title in titles.items() if title in listed]
    if len(answering) < 2:
        return ("", "") if not answering else (titles[answering[0]], "")
    shown = results.narrowed(document, answering)
    first = _first(shown)
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=230):
            one = toolbar.selection(
                "Compare the list of",
                answering,
                key="explore_one",
                default=first,
                format_func=titles.__getitem__,
            )
        others = [name for name in answering if name != one]
        baseline = results.declared_baseline(document)
        with st.container(width=230):
            other = toolbar.selection(
                "with the list of",
                others,
                key="explore_other",
                default=baseline if baseline in others else others[0],
                format_func=titles.__getitem__,
            )
    why = results.passed_over(shown) if one == first else ""
    if why:
        st.caption(page.plain(why))
    return titles[one], titles[other]


def _first(document: BakeoffDocument) -> str:
    """The contender that leads, as on Compare, if there is one."""
    best = results.leader(document, ("built", "third-party"))
    if best is not None:
        return best.name
    return results.organic(document.contenders)[-1].name


def opening(found: Lists, one: str, other: str) -> None:
    """The title sentence: what two lists share, or that there are none to compare."""
    if other:
        page.opening(linked_lists.sentence(found.frame, one, other))
    else:
        page.opening(f"Only {one} gives a list here." if one else "No contender gives a list here.")


def picture(document: BakeoffDocument, found: Lists, one: str, other: str) -> None:
    """The chart of all lists, below what chooses them."""
    if not other:
        page.picture(
            toolbar.blank(EMPTY),
            "An empty chart: fewer than two lists can be compared.",
            key="explore",
        )
    else:
        styles = look.styles_by_title(document)
        st.html(linked_lists.scroll_css(found.frame["contender"].nunique()))
        with st.container(key=linked_lists.SIDE_BY_SIDE):
            page.picture(
                Drawn(linked_lists.linked_lists, found.frame, styles),
                linked_lists.linked_alt(found.frame, one, other),
                found.frame.drop(columns="mark").rename(columns=HEADERS),
                key="explore",
            )
    page.notice(state.about(document.dataset))


def list_header(document: BakeoffDocument, found: Lists, person: Person) -> None:
    """What the marks on the cards mean."""
    st.header("Lists", anchor=False)
    st.caption(legend(found, person))
    marked = bool(catalogue(document)["sponsored"].any())
    for sentence in without_sponsored(document, found, marked):
        st.caption(page.plain(sentence))


def list_cards(document: BakeoffDocument, found: Lists) -> None:
    """A card per contender, with its list or the reason why it has none."""
    st.html(cards(found.frame, found.missing, contenders(document)))


def all_lists(found: Lists) -> None:
    """Every list, item by item, as a table."""
    with page.numbers("All lists as a table"):
        frame = found.frame.assign(chosen=found.frame["chosen"].map({True: "✓", False: ""}))
        shown = frame[["contender", "rank", "title", "categories", "lists", "chosen"]]
        tables.show(
            shown.rename(columns=HEADERS),
            key="explore_lists",
            alt="Every list, item by item.",
        )
