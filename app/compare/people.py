"""The view by user: for whom one contender does better, and what each user was shown."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import look, state
from app.compare import people_charts, tools
from app.compare.heading import Heading
from app.compare.people_charts import percent
from app.compare.person import cards, sheet
from app.components import page, tables, toolbar
from app.components.drawn import Drawn
from app.explore import data as explore_data
from pipelines.evaluation.comparison.pairs import MOST, Pairs
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.results.document import BakeoffDocument, titles_of
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.runtime.phrases import number_of
from pipelines.schema import Longs

PERSON = "compare_person"
SIDES = {"wins": "largest wins", "losses": "largest losses"}


def section(document: BakeoffDocument) -> Heading:
    """The distribution of paired differences, the twenty largest, and one user of them."""
    chosen = tools.pair(document)
    metric, one, other = chosen.metric, chosen.one, chosen.other
    tools.about_metric(document, metric)
    titles = titles_of(document.contenders)
    folder = state.bakeoff_folder(document.id)
    pairs = Pairs.of(folder.values(one, metric), folder.values(other, metric))
    if not pairs.defined:
        return Heading(
            f"No user has a value of {label(metric)} with both {titles[one]} and {titles[other]}."
        )
    frame = people_charts.histogram_frame(pairs)
    page.picture(
        Drawn(people_charts.histogram, frame, pairs, titles[one], titles[other], metric),
        people_charts.histogram_alt(pairs, titles[one], titles[other], metric),
        frame,
        key="compare_people",
    )
    fits = max(len(folder.fits(name)) for name in (one, other))
    if fits > 1:
        st.caption(
            f"Values are means over {fits} fits with different seeds; lists are of the first fit."
        )
    _explorer(document, folder, pairs, metric, one, other)
    more, same, less = pairs.shares()
    return Heading(
        f"{titles[one]} does better than {titles[other]} in {label(metric)} for "
        f"{percent(more)} of users, worse for {percent(less)}, and the same for "
        f"{percent(same)}."
    )


def _explorer(
    document: BakeoffDocument,
    folder: BakeoffFolder,
    pairs: Pairs,
    metric: str,
    one: str,
    other: str,
) -> None:
    """The twenty largest wins or losses, and the selected user."""
    st.header("Largest differences", anchor=False)
    side = toolbar.choice(
        "Users",
        list(SIDES),
        key="compare_side",
        default="wins",
        format_func=SIDES.__getitem__,
    )
    rows = pairs.wins(MOST) if side == "wins" else pairs.losses(MOST)
    if not len(rows):
        st.write("No user has such a difference.")
        return
    users = [str(user) for user in folder.users(one)[rows]]
    chosen = toolbar.settled(PERSON, users, users[0])
    del st.session_state[
        PERSON
    ]  # no widget owns it: it would outlive this page and override a link
    toolbar.keep(PERSON, chosen, default=users[0])
    at = users.index(chosen)
    _table(document, folder, metric, (one, other), rows, users, at, side)
    _person(document, folder, metric, (one, other), chosen, int(rows[at]))


def _table(
    document: BakeoffDocument,
    folder: BakeoffFolder,
    metric: str,
    pair: tuple[str, str],
    rows: Longs,
    users: list[str],
    chosen: int,
    side: str,
) -> None:
    titles = titles_of(document.contenders)
    one, other = (folder.values(name, metric)[rows] for name in pair)
    frame = pd.DataFrame(
        {
            "user": users,
            "events in history": folder.requests.history.lengths()[rows],
            "held-out interactions": folder.requests.truth.lengths()[rows],
            titles[pair[0]]: one,
            titles[pair[1]]: other,
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
        alt=f"Largest differences in {label(metric)}: {number_of(len(frame), 'user')}.",
        on_select="single-row",
        changed=changed,
        row=chosen,
        height=254,
    )


def _person(
    document: BakeoffDocument,
    folder: BakeoffFolder,
    metric: str,
    pair: tuple[str, str],
    user: str,
    row: int,
) -> None:
    titles = titles_of(document.contenders)
    k = int(metric.partition("@")[2])
    values = [
        f"{tables.digits(float(folder.values(name, metric)[row])) or 'undefined'} with "
        f"{titles[name]}"
        for name in pair
    ]
    st.header(page.plain(f"User {user}"), anchor=False)
    st.caption(page.plain(f"{label(metric)} is {' and '.join(values)}."))
    items = explore_data.catalogue(document)
    found = sheet(
        folder,
        row,
        k,
        {name: titles[name] for name in pair},
        items["title"].to_numpy(dtype=object),
        items["categories"].to_numpy(dtype=object),
    )
    st.html(cards(found, look.styles_by_title(document)))
    page.notice(state.about(document.dataset))
