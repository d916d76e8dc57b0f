"""The users whose lists are shown, and each contender's list for them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from app import state
from app.components import results
from pipelines.data.personas import personas
from pipelines.data.split import splits
from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff.opened import Opened, evaluated_users, open_contender, truth_of
from pipelines.evaluation.results.damage import reading
from pipelines.evaluation.results.document import BakeoffDocument, titles_of
from pipelines.evaluation.results.folder import PIPELINE, TRUTH
from pipelines.runtime import npy, paths
from pipelines.schema import Columns

LENGTH = 10
"""How many items of each list are shown."""
HISTORY_SHOWN = 10
"""How many of the newest events of a history are shown."""


@dataclass(frozen=True)
class Person:
    """Whose lists are shown: a user of the dataset, or a made-up history."""

    name: str
    why: str = ""
    user_id: str | None = None
    history: list[str] = field(default_factory=list)
    """Item ids, newest last; for a user of the dataset only the newest."""


@dataclass(frozen=True)
class Lists:
    """The contenders' lists for one user."""

    frame: pd.DataFrame
    """contender (title), rank, item_id, title, categories, lists (the number of lists with the
    item), mark (a letter if there are several, otherwise empty), chosen (whether the item is a
    held-out interaction), sponsored (whether a rule placed it because it is sponsored)."""
    missing: dict[str, str]
    """Why a contender (title) has no list."""


@st.cache_data(max_entries=32, show_spinner="Selecting eight users…")
def _people(home: str, bakeoff_id: str) -> list[dict[str, Any]]:
    record = state.workspace().bakeoff_record(bakeoff_id)
    document = state.document(bakeoff_id)
    data = state.bakeoff_dataset(bakeoff_id)
    seen = document.manifest["seen"]
    *_, cut = splits(data.interactions, str(document.manifest["split"]), seen=seen)
    evaluated = data.users.encode(evaluated_users(record.folder))
    rows = np.flatnonzero(np.isin(cut.queries.user, evaluated))
    cut = replace(cut, queries=cut.queries.take(rows), truth=cut.truth.take(rows))
    row_of = {int(user): row for row, user in enumerate(cut.queries.user)}
    found: list[dict[str, Any]] = []
    for p in personas(data, cut):
        row = row_of[int(data.users.encode([p.user_id])[0])]
        newest = cut.queries.history.row(row)[-HISTORY_SHOWN:]
        ids = [str(i) for i in data.catalogue.items.decode(newest)]
        found.append({"name": p.name, "why": p.why, "user_id": p.user_id, "history": ids})
    return found


def people(document: BakeoffDocument) -> list[Person]:
    """Up to eight evaluated users, each an example of one persona."""
    return [Person(**row) for row in _people(str(paths.home()), document.id)]


@st.cache_resource(max_entries=4, show_spinner=False)
def _catalogue(home: str, bakeoff_id: str) -> pd.DataFrame:
    catalogue = state.bakeoff_dataset(bakeoff_id).catalogue
    frame = pd.DataFrame({"title": catalogue.titles()}, index=catalogue.items.ids)
    given = catalogue.frame.get(Columns.CATEGORIES)
    categories = (
        "" if given is None else given.fillna("").astype(str).str.replace("|", ", ").to_numpy()
    )
    sponsored = catalogue.frame.get(Columns.SPONSORED)
    frame["sponsored"] = False if sponsored is None else sponsored.fillna(False).to_numpy(bool)
    return frame.assign(categories=categories, folded=frame["title"].astype(str).str.casefold())


def catalogue(document: BakeoffDocument) -> pd.DataFrame:
    """Columns title, categories, sponsored, folded (the lower-case title), by item id."""
    return _catalogue(str(paths.home()), document.id)


def search(items: pd.DataFrame, text: str, limit: int = 50) -> list[str]:
    """Ids of items whose title has every word; titles that start with the first word first."""
    parts = text.casefold().split()
    found = items
    for part in parts:
        found = found[found["folded"].str.contains(part, regex=False)]
    if parts:
        starts = found["folded"].str.startswith(parts[0])
        found = pd.concat([found[starts], found[~starts]])
    return [str(i) for i in found.index[:limit]]


@st.cache_resource(max_entries=12, show_spinner="Loading a fitted pipeline…")
def _opened(home: str, bakeoff_id: str, name: str) -> Opened:
    return open_contender(state.workspace().bakeoff_folder(bakeoff_id), name)


def opened(document: BakeoffDocument, name: str) -> Opened:
    """A contender's fitted pipeline; read from disk once per server."""
    return _opened(str(paths.home()), document.id, name)


def computes(document: BakeoffDocument) -> bool:
    """Whether a contender can compute new lists: its fitted pipeline is stored."""
    folder = state.workspace().bakeoff_folder(document.id) / "contenders"
    return any((folder / c.name / PIPELINE).exists() for c in document.contenders)


@st.cache_data(max_entries=512, show_spinner="Computing recommendations…")
def _live(home: str, bakeoff_id: str, name: str, history: tuple[str, ...]) -> list[str]:
    found = opened(state.document(bakeoff_id), name).recommend(histories=[history], k=LENGTH)
    npy.release()
    return [str(i) for i in found[Columns.ITEM]]


@st.cache_data(max_entries=256, show_spinner="Tracing each item…")
def _trace(
    home: str, bakeoff_id: str, name: str, user: str | None, history: tuple[str, ...]
) -> pd.DataFrame:
    contender = opened(state.document(bakeoff_id), name)
    try:
        if user is not None:
            return contender.trace(user=user, k=LENGTH)
        return contender.trace(list(history), k=LENGTH)
    finally:
        npy.release()  # a long history reads most of a model


def trace(document: BakeoffDocument, name: str, person: Person) -> pd.DataFrame:
    """How each item of a list went through the stages; `AssayError` if it cannot be computed."""
    return _trace(str(paths.home()), document.id, name, person.user_id, tuple(person.history))


def _stored(folder: Path, user: str) -> list[str] | None:
    """A contender's list for a user in the bake-off; None if it gave none."""
    path = folder / "lists.parquet"
    return _list(str(path), path.stat().st_mtime_ns, user) if path.exists() else None


@st.cache_data(max_entries=2048, show_spinner=False)
def _list(path: str, written: int, user: str) -> list[str] | None:
    """Read once: a switch to this page reads the file of each contender."""
    with reading(Path(path)):
        rows = pd.read_parquet(path, filters=[(Columns.USER, "==", user)])
        rows = rows.sort_values(Columns.RANK)
    return [str(i) for i in rows[Columns.ITEM][:LENGTH]] or None


def _held_out(folder: Path, user: str) -> set[str]:
    path = folder / TRUTH
    return set(_chosen(str(folder), path.stat().st_mtime_ns if path.exists() else 0, user))


@st.cache_data(max_entries=2048, show_spinner=False)
def _chosen(folder: str, written: int, user: str) -> list[str]:
    return truth_of(Path(folder), user)


def _answer(document: BakeoffDocument, name: str, folder: Path, person: Person) -> list[str]:
    """Item ids, best first; an `AssayError` has the reason if there are none."""
    if person.user_id is None:
        return live(document, name, person.history)
    found = _stored(folder / "contenders" / name, person.user_id)
    if found is None:
        contender = document.contender(name)
        reason = contender.reason if contender and contender.status != "scored" else ""
        raise AssayError(reason or "It gave no list for this user.")
    return found


def live(document: BakeoffDocument, name: str, history: list[str]) -> list[str]:
    """A contender's list for a made-up history, computed now; `AssayError` if it cannot."""
    contender = opened(document, name)
    if not contender.can_answer_history:
        raise AssayError(contender.why_not)
    return _live(str(paths.home()), document.id, name, tuple(history))


def lists(document: BakeoffDocument, person: Person) -> Lists:
    """Every contender's list for one user, and why some have none."""
    folder = state.workspace().bakeoff_folder(document.id)
    items = catalogue(document)
    rows: list[tuple[str, int, str]] = []
    missing = {}
    for name, title in titles_of(document.contenders).items():
        try:
            answer = _answer(document, name, folder, person)
        except AssayError as error:
            missing[title] = str(error)
            continue
        rows += [(title, rank, item) for rank, item in enumerate(answer, 1)]
    held_out = _held_out(folder, person.user_id) if person.user_id is not None else set()
    frame = lists_frame(rows, items, held_out)
    titles = titles_of(document.contenders)
    placing = {titles[c.name] for c in document.contenders if results.places_sponsored(c)}
    paid = items["sponsored"].reindex(frame["item_id"]).fillna(False).to_numpy(bool)
    return Lists(frame.assign(sponsored=paid & frame["contender"].isin(placing)), missing)


def lists_frame(
    rows: list[tuple[str, int, str]], items: pd.DataFrame, held_out: set[str]
) -> pd.DataFrame:
    """The frame of `Lists`, from (contender, rank, item id) and the catalogue."""
    frame = pd.DataFrame(rows, columns=["contender", "rank", "item_id"])
    known = items.reindex(frame["item_id"])
    count = frame.groupby("item_id")["contender"].transform("nunique")
    frame = frame.assign(
        title=known["title"].fillna(frame["item_id"].set_axis(known.index)).to_numpy(),
        categories=known["categories"].fillna("").to_numpy(),
        lists=count.fillna(0).astype(int),
        chosen=frame["item_id"].isin(held_out),
        sponsored=False,
    )
    shared = frame[frame["lists"] > 1].drop_duplicates("item_id")["item_id"]
    marks = {item: letters(n) for n, item in enumerate(shared)}
    return frame.assign(mark=frame["item_id"].map(marks).fillna(""))


def letters(number: int) -> str:
    """A, B, …, Z, AA, AB, … for 0, 1, …"""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
