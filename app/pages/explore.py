"""Explore: what people would get, from every contender, side by side."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app import look, state
from app.components import comparison_charts as compare_charts
from app.components import page, results, tables, toolbar
from app.explore import data as explore_data
from app.explore import history_picker, views
from app.explore.data import Lists, Person
from pipelines.errors import AssayError
from pipelines.evaluation.results.document import BakeoffDocument

PERSON, MADE_UP = "person", "made-up"


def draw() -> None:
    document = state.chosen_document()
    if document is None:
        toolbar.without_bakeoff(state.chosen_dataset(), "every contender's list, side by side")
        return
    top = st.container()
    person = _person(document)
    if person is None:
        with top:
            _nobody_yet()
        return
    found = explore_data.lists(document, person)
    one, other = _pair(document, found)
    with top:
        _opening(document, found, one, other)
    _cards(document, found, person)
    _way(document, person)
    _numbers(found)


def _person(document: BakeoffDocument) -> Person | None:
    """Whose lists to show; None while a history is still empty."""
    people = explore_data.people(document)
    named = {p.name: p for p in people}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        who = toolbar.choice(
            "Whose lists",
            [PERSON, MADE_UP] if people else [MADE_UP],
            key="explore_who",
            default=PERSON if people else MADE_UP,
            format_func={
                PERSON: "someone in the data",
                MADE_UP: "a history you make up",
            }.__getitem__,
        )
        if who == PERSON:
            with st.container(width=300):
                name = toolbar.selection(
                    "Person",
                    list(named),
                    key="explore_persona",
                    default=list(named)[min(1, len(named) - 1)],
                )
    if who == MADE_UP:
        picked = history_picker.picked(document, "explore")
        return Person("This history", history=picked) if picked else None
    person = named[name]
    items = explore_data.catalogue(document)
    before = [str(items["title"].get(i, i)) for i in reversed(person.history)]
    st.caption(
        page.plain(f"{person.name} is user {person.user_id}: {person.why}.")
        + (page.plain(f" Newest first: {'; '.join(before[:5])}.") if before else "")
    )
    return person


def _nobody_yet() -> None:
    page.opening(
        "Pick a few titles, and every capable contender answers.",
        toolbar.blank("every contender's list, side by side"),
        alt="An empty picture: the lists will stand here once titles are picked.",
    )


def _pair(document: BakeoffDocument, found: Lists) -> tuple[str, str]:
    """The two contenders (titles) that the sentence is about."""
    named = compare_charts.titles(document)
    there = set(found.frame["contender"])
    answering = [name for name, title in named.items() if title in there]
    if len(answering) < 2:
        return ("", "") if not answering else (named[answering[0]], "")
    best = results.leader(document, ("built", "third-party"))
    one = best.name if best is not None and best.name in answering else answering[-1]
    baseline = str(document.manifest.get("baseline", "popular"))
    rest = [name for name in answering if name != one]
    other = baseline if baseline in rest else rest[0]
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=230):
            one = toolbar.selection(
                "The list of",
                answering,
                key="explore_one",
                default=one,
                format_func=named.__getitem__,
            )
        rest = [name for name in answering if name != one]
        with st.container(width=230):
            other = toolbar.selection(
                "against the list of",
                rest,
                key="explore_other",
                default=other if other in rest else rest[0],
                format_func=named.__getitem__,
            )
    return named[one], named[other]


def _opening(document: BakeoffDocument, found: Lists, one: str, other: str) -> None:
    if not other:
        page.opening(
            f"Only {one} gives a list here." if one else "No contender gives a list here.",
            toolbar.blank("every contender's list, side by side"),
            alt="There are no two lists to compare.",
        )
    else:
        page.opening(views.sentence(found.frame, one, other))
        styles = compare_charts.titled_styles(document)
        st.html(views.room(found.frame["contender"].nunique()))
        with st.container(key=views.SIDE_BY_SIDE):
            page.picture(
                views.linked_lists(found.frame, styles),
                views.linked_alt(found.frame, one, other),
                found.frame,
                key="explore",
            )
    page.notice(state.about(document.dataset))


def _cards(document: BakeoffDocument, found: Lists, person: Person) -> None:
    st.subheader("The lists", anchor=False)
    letters = "An item in several lists carries one letter; point at it to see it in each."
    if person.user_id is None:
        st.caption(f"{letters} Computed now, from the history above.")
    else:
        hits = int(found.frame[found.frame["chosen"]]["item_id"].nunique())
        st.caption(
            f"{letters} ✓ marks what the person took up after the cut-off: "
            f"{views.in_words(hits) if hits else 'none'} of the items shown. "
            "As answered in the bake-off."
        )
    named = compare_charts.titles(document)
    styles = compare_charts.titled_styles(document)
    about = {
        named[c.name]: (look.KIND_WORDS[c.kind], styles[named[c.name]]) for c in document.contenders
    }
    st.html(views.cards(found.frame, found.silent, about))


def _way(document: BakeoffDocument, person: Person) -> None:
    """For one contender, the way that each item took through its stages."""
    staged = [c for c in document.contenders if c.waterfall]
    if not staged:
        return
    named = compare_charts.titles(document)
    st.subheader("The way each item took", anchor=False)
    longest = max(staged, key=lambda c: len(c.waterfall))
    with st.container(width=260):
        name = toolbar.selection(
            "Contender",
            [c.name for c in staged],
            key="explore_way",
            default=longest.name,
            format_func=named.__getitem__,
        )
    try:
        frame = explore_data.trace(document, name, person)
    except AssayError as error:
        st.info(page.plain(str(error)))
        return
    also = [
        ", ".join(_readable(part) for part in str(row.sources).split(", ")[1:])
        for row in frame.itertuples()
    ]
    shown = pd.DataFrame(
        {
            "rank": frame["rank"],
            "title": frame["title"],
            "found by": [_source(r.source, r.source_rank) for r in compare_charts.rows_of(frame)],
            "also by": also,
            "after light": frame["light_rank"],
            "after heavy": frame["heavy_rank"],
            "rules": frame["rule"],
        }
    )
    unused = [name for name in ("after light", "after heavy") if shown[name].isna().all()]
    unused += [name for name in ("also by", "rules") if not shown[name].any()]
    tables.show(
        shown.drop(columns=unused),
        key="explore_trace",
        alt=f"The way of each item of {named[name]}: source, light, heavy, rules.",
        columns={
            "rank": st.column_config.Column(width="small"),
            "also by": st.column_config.Column(width="large"),
        },
    )
    st.caption(
        "Computed now. Found by: the generators, each with the item's place in its list; after "
        "light and after heavy: the place once that ranker had scored. Steps that this pipeline "
        "does not have are left out."
    )


def _source(name: str, rank: Any) -> str:
    """`ease 1`: a generator and the item's place in its list."""
    return _readable(name if pd.isna(rank) else f"{name} {rank}")


def _readable(name: str) -> str:
    """`popular (window days 90)` for `popular(window_days=90)`, `popular` for `popular()`."""
    words = name.replace("()", "").replace("(", " (")
    return words.replace("_", " ").replace("=", " ")


def _numbers(found: Lists) -> None:
    with page.numbers("All lists as a table"):
        frame = found.frame.assign(
            later=found.frame["chosen"].map({True: "✓ chosen later", False: ""})
        )
        shown = frame[["contender", "rank", "title", "categories", "lists", "later"]]
        tables.show(
            shown.rename(columns={"lists": "in lists"}),
            key="explore_lists",
            alt="Every list, item by item.",
        )


page.show(draw)
