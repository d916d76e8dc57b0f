"""What an import would do, planned once for a form that is drawn many times; the form's keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from pipelines.runtime import paths

if TYPE_CHECKING:
    from pipelines.data.importing.planning import Plan

DRAFT = "data_draft"
"""Session key: the import whose columns are confirmed (`source` and `recipe`, as documents)."""
ASKED = "data_sql"
"""Session key: the database address (known to hold no password) and the query looked at."""
LOADING = "data_loading"
"""Session key: whether the form for loading events was opened by an address or is all there is."""
IMPORTS = "data_imports"
"""Session key: how many imports were started; a part of the form's keys, so that it empties."""


def plan(source: dict[str, Any], recipe: dict[str, Any], *, fixed: bool = False) -> Plan:
    """What an import of a source (`paths` or `sql`, as a job's parameters) would do."""
    written = json.dumps([source, recipe], sort_keys=True)
    return _plan(str(paths.home()), written, fixed)


@st.cache_resource(max_entries=32, ttl=600, show_spinner="Looking at the first rows ...")
def _plan(home: str, written: str, fixed: bool) -> Plan:
    from pipelines.data.importing.planning import plan
    from pipelines.data.recipe import Recipe
    from pipelines.data.sources.database import Query

    source, recipe = json.loads(written)
    sql = source.get("sql")
    given = Query(**sql) if sql else [Path(path) for path in source["paths"]]
    return plan(given, Recipe.of(recipe), fixed=fixed)


def look_again() -> None:
    """Forget what was planned: a database may answer otherwise now."""
    _plan.clear()
