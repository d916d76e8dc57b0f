"""The cached plan of an import, for a form that is drawn many times; the form's keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from pipelines.runtime import paths

if TYPE_CHECKING:
    from pipelines.data.importing.planning import Plan
    from pipelines.data.importing.tables import Preview, Table

DRAFT = "data_draft"
"""Session key: the import with confirmed columns (`source` and `recipe`, as documents)."""
ASKED = "data_sql"
"""Session key: the database address (checked to have no password) and the query."""
LOADING = "data_loading"
"""Session key: whether the form for loading events is open."""
IMPORTS = "data_imports"
"""Session key: how many imports were started; part of the form's keys, which clears it."""


def plan(source: dict[str, Any], recipe: dict[str, Any], *, fixed: bool = False) -> Plan:
    """The plan of an import of a source (`paths` or `sql`, as a job's parameters)."""
    written = json.dumps([source, recipe], sort_keys=True)
    return _plan(str(paths.home()), written, fixed)


@st.cache_resource(max_entries=32, ttl=600, show_spinner="Reading the first rows…")
def _plan(home: str, written: str, fixed: bool) -> Plan:
    from pipelines.data.importing.planning import plan
    from pipelines.data.recipe import Recipe
    from pipelines.data.sources.database import Query

    source, recipe = json.loads(written)
    sql = source.get("sql")
    given = Query(**sql) if sql else [Path(path) for path in source["paths"]]
    return plan(given, Recipe.of(recipe), fixed=fixed)


def table(
    path: Path, table: Literal["items", "users"], recipe: dict[str, Any]
) -> tuple[Table, Preview | None]:
    """A table of items or users as an import opens it, and its first rows once its id is known.

    `recipe` is that of the import.
    """
    return _table(str(path), table, json.dumps(recipe, sort_keys=True))


@st.cache_resource(max_entries=32, ttl=600, show_spinner="Reading the first rows…")
def _table(
    path: str, table: Literal["items", "users"], recipe: str
) -> tuple[Table, Preview | None]:
    from pipelines.data.importing.table_opening import opened
    from pipelines.data.recipe import Recipe

    found = opened(Path(path), table, Recipe.of(json.loads(recipe)))
    return found, found.preview() if found.key in found.columns else None


def keyed(name: str) -> str:
    """The key of a widget of the form, which a started import clears."""
    return f"data_{name}_{st.session_state.get(IMPORTS, 0)}"


def clear() -> None:
    """Clear the cached plans: a database may have changed."""
    _plan.clear()
