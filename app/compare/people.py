"""Person by person: whom one contender serves better than another, and what each was shown."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import state
from app.compare import people_charts as pictures
from app.compare import tools
from app.compare.people_charts import share_words
from app.compare.person import cards, sheet
from app.components import page, tables, toolbar
from app.components.comparison import Words
from app.components.comparison_charts import titled_styles, titles
from app.explore import data as explore_data
from pipelines.evaluation.comparison.pairs import MOST, Pairs
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.schema import Longs

PERSON = "compare_person"
SIDES = {"wins": "the biggest wins", "losses": "the biggest losses"}


def section(document: BakeoffDocument) -> Words:
    """The distribution of paired differences, the twenty at either end, and one of them."""
    chosen = tools.pair(document)
    metric, one, other = chosen.metric, chosen.one, chosen.other
    tools.about_metric(document, metric)
    named = titles(document)
    kept = state.kept(document.id)
    pairs = Pairs.of(kept.values(one, metric), kept.values(other, metric))
    if not pairs.defined:
        return Words(f"Nobody has a value of {label(metric)} with {named[one]} and {named[other]}.")
    frame = pictures.histogram_frame(pairs)
    page.picture(
        pictures.histogram(frame, pairs, named[one], named[other], metric),
        pictures.histogram_alt(pairs, named[one], named[other], metric),
        frame,
        key="compare_people",
    )
    _explorer(document, kept, pairs, metric, one, other)
    more, same, less = pairs.shares()
    return Words(
        f"{named[one]} does better than {named[other]} in {label(metric)} for "
        f"{share_words(more)} of people, worse for {share_words(less)}, and the same for "
        f"{share_words(same)}."
    )


def _explorer(
    document: BakeoffDocument, kept: BakeoffFolder, pairs: Pairs, metric: str, one: str, other: str
) -> None:
    """The twenty biggest wins or losses, and the person chosen among them."""
    st.subheader("Who they are", anchor=False)
    side = toolbar.choice(
        "The twenty people of",
        list(SIDES),
        key="compare_side",
        default="wins",
        format_func=SIDES.__getitem__,
    )
    rows = pairs.wins(MOST) if side == "wins" else pairs.losses(MOST)
    if not len(rows):
        st.write("Nobody: there is no such difference.")
        return
    users = [str(user) for user in kept.users(one)[rows]]
    chosen = toolbar.settled(PERSON, users, users[0])
    del st.session_state[PERSON]  # no widget's: it would outlive this page and win over a link
    toolbar.keep(PERSON, chosen, default=users[0])
    at = users.index(chosen)
    _table(document, kept, metric, (one, other), rows, users, at, side)
    _person(document, kept, metric, (one, other), chosen, int(rows[at]))


def _table(
    document: BakeoffDocument,
    kept: BakeoffFolder,
    metric: str,
    pair: tuple[str, str],
    rows: Longs,
    users: list[str],
    chosen: int,
    side: str,
) -> None:
    named = titles(document)
    one, other = (kept.values(name, metric)[rows] for name in pair)
    frame = pd.DataFrame(
        {
            "person": users,
            "events before": kept.requests.history.lengths()[rows],
            "chosen later": kept.requests.truth.lengths()[rows],
            named[pair[0]]: one,
            named[pair[1]]: other,
            "difference": one - other,
        }
    )
    key = "_".join(("compare_people", document.id, metric, *pair, side))

    def changed() -> None:
        picked = st.session_state[key]["selection"]["rows"]
        if picked:
            state.choose(compare_person=users[picked[0]])

    tables.show(
        frame,
        key=key,
        alt=f"The {len(frame)} people with the largest differences in {label(metric)}.",
        on_select="single-row",
        changed=changed,
        row=chosen,
        height=254,
    )


def _person(
    document: BakeoffDocument,
    kept: BakeoffFolder,
    metric: str,
    pair: tuple[str, str],
    user: str,
    row: int,
) -> None:
    named = titles(document)
    k = int(metric.partition("@")[2])
    values = [
        f"{tables.digits(float(kept.values(name, metric)[row])) or 'not defined'} with "
        f"{named[name]}"
        for name in pair
    ]
    st.subheader(page.plain(f"Person {user}"), anchor=False)
    st.caption(page.plain(f"{label(metric)} is {' and '.join(values)}."))
    items = explore_data.catalogue(document)
    found = sheet(
        kept,
        row,
        k,
        {name: named[name] for name in pair},
        items["title"].to_numpy(dtype=object),
        items["categories"].to_numpy(dtype=object),
    )
    st.html(cards(found, titled_styles(document)))
    page.notice(state.about(document.dataset))
