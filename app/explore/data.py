"""Whose lists are looked at, and what each contender gives them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from app import state
from app.components.comparison_charts import titles
from pipelines.data.personas import personas
from pipelines.data.split import split
from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff.opened import Opened, evaluated_users, open_contender, truth_of
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.runtime import paths
from pipelines.schema import Columns

LENGTH = 10
"""How many items of each list are shown."""
HISTORY_SHOWN = 10


@dataclass(frozen=True)
class Person:
    """Somebody whose lists are shown: a user of the data, or a made-up history."""

    name: str
    why: str = ""
    user_id: str | None = None
    history: list[str] = field(default_factory=list)
    """Item ids, newest last; of a user of the data the newest ones alone."""


@dataclass(frozen=True)
class Lists:
    """What the contenders give one person."""

    frame: pd.DataFrame
    """contender (title), rank, item_id, title, categories, lists (how many hold the item),
    mark (a letter where several do, else empty), chosen (whether taken up later)."""
    silent: dict[str, str]
    """Why a contender (title) gives no list."""


@st.cache_data(max_entries=32, show_spinner="Finding eight people who differ ...")
def _people(home: str, bakeoff_id: str) -> list[dict[str, Any]]:
    record = state.workspace().bakeoff_record(bakeoff_id)
    document = state.document(bakeoff_id)
    data = state.dataset(record.dataset, record.dataset_version)
    cut = split(data.interactions, str(document.manifest["split"]), seen=document.manifest["seen"])
    asked = data.users.encode(evaluated_users(record.folder))
    rows = np.flatnonzero(np.isin(cut.queries.user, asked))
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
    """Up to eight evaluated users, each typical of one description."""
    return [Person(**row) for row in _people(str(paths.home()), document.id)]


@st.cache_resource(max_entries=4, show_spinner=False)
def _catalogue(home: str, bakeoff_id: str) -> pd.DataFrame:
    record = state.workspace().bakeoff_record(bakeoff_id)
    catalogue = state.dataset(record.dataset, record.dataset_version).catalogue
    frame = pd.DataFrame({"title": catalogue.titles()}, index=catalogue.items.ids)
    given = catalogue.frame.get(Columns.CATEGORIES)
    words = "" if given is None else given.fillna("").astype(str).str.replace("|", ", ").to_numpy()
    return frame.assign(categories=words, folded=frame["title"].astype(str).str.casefold())


def catalogue(document: BakeoffDocument) -> pd.DataFrame:
    """title, categories and folded (the title in small letters) by item id; read-only."""
    return _catalogue(str(paths.home()), document.id)


def search(items: pd.DataFrame, words: str, most: int = 50) -> list[str]:
    """Ids of items whose title holds every word, those that begin with the first one first."""
    parts = words.casefold().split()
    found = items
    for part in parts:
        found = found[found["folded"].str.contains(part, regex=False)]
    if parts:
        starts = found["folded"].str.startswith(parts[0])
        found = pd.concat([found[starts], found[~starts]])
    return [str(i) for i in found.index[:most]]


@st.cache_resource(max_entries=12, show_spinner="Reading a fitted pipeline ...")
def _opened(home: str, bakeoff_id: str, name: str) -> Opened:
    return open_contender(state.workspace().bakeoff_folder(bakeoff_id), name)


def opened(document: BakeoffDocument, name: str) -> Opened:
    """A contender that can be asked; read from disk once per server."""
    return _opened(str(paths.home()), document.id, name)


@st.cache_data(max_entries=512, show_spinner="Asking the contenders ...")
def _live(home: str, bakeoff_id: str, name: str, history: tuple[str, ...]) -> list[str]:
    found = opened(state.document(bakeoff_id), name).recommend(histories=[history], k=LENGTH)
    return [str(i) for i in found[Columns.ITEM]]


@st.cache_data(max_entries=256, show_spinner="Computing the way of each item ...")
def _trace(
    home: str, bakeoff_id: str, name: str, user: str | None, history: tuple[str, ...]
) -> pd.DataFrame:
    asked = opened(state.document(bakeoff_id), name)
    if user is not None:
        return asked.trace(user=user, k=LENGTH)
    return asked.trace(list(history), k=LENGTH)


def trace(document: BakeoffDocument, name: str, person: Person) -> pd.DataFrame:
    """The way of each item of one list; an `AssayError` where the contender cannot tell."""
    return _trace(str(paths.home()), document.id, name, person.user_id, tuple(person.history))


def _stored(folder: Path, user: str) -> list[str] | None:
    """What a contender answered for a user in the bake-off; None where it did not."""
    path = folder / "lists.parquet"
    if not path.exists():
        return None
    rows = pd.read_parquet(path, filters=[(Columns.USER, "==", user)]).sort_values(Columns.RANK)
    return [str(i) for i in rows[Columns.ITEM][:LENGTH]] or None


def _answer(document: BakeoffDocument, name: str, folder: Path, person: Person) -> list[str]:
    """Item ids, best first; an `AssayError` says why there are none."""
    if person.user_id is None:
        return live(document, name, person.history)
    found = _stored(folder / "contenders" / name, person.user_id)
    if found is None:
        contender = document.contender(name)
        reason = contender.reason if contender and contender.status != "scored" else ""
        raise AssayError(reason or "It gave no list for this person.")
    return found


def live(document: BakeoffDocument, name: str, history: list[str]) -> list[str]:
    """What a contender answers now to a made-up history; an `AssayError` where it cannot."""
    asked = opened(document, name)
    if not asked.can_answer_history:
        raise AssayError(asked.why_not)
    return _live(str(paths.home()), document.id, name, tuple(history))


def lists(document: BakeoffDocument, person: Person) -> Lists:
    """Every contender's list for one person, and why some give none."""
    folder = state.workspace().bakeoff_folder(document.id)
    items = catalogue(document)
    rows, silent = [], {}
    for name, title in titles(document).items():
        try:
            answer = _answer(document, name, folder, person)
        except AssayError as error:
            silent[title] = str(error)
            continue
        rows += [(title, place, item) for place, item in enumerate(answer, 1)]
    later = set(truth_of(folder, person.user_id)) if person.user_id is not None else set()
    return Lists(described(rows, items, later), silent)


def described(
    rows: list[tuple[str, int, str]], items: pd.DataFrame, later: set[str]
) -> pd.DataFrame:
    """Lists as `Lists.frame`, from (contender, rank, item id) and the catalogue."""
    frame = pd.DataFrame(rows, columns=["contender", "rank", "item_id"])
    known = items.reindex(frame["item_id"])
    count = frame.groupby("item_id")["contender"].transform("nunique")
    frame = frame.assign(
        title=known["title"].fillna(frame["item_id"].set_axis(known.index)).to_numpy(),
        categories=known["categories"].fillna("").to_numpy(),
        lists=count.fillna(0).astype(int),
        chosen=frame["item_id"].isin(later),
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
