"""Plans and imports in one step; each import gets a new folder `home/NAME/NUMBER`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipelines.data.importing.importer import import_events
from pipelines.data.importing.planning import plan
from pipelines.data.recipe import Recipe
from pipelines.data.sources.database import Query


def import_file(
    given: Path | Query | Sequence[Path],
    name: str,
    home: Path,
    *,
    recipe: Recipe | None = None,
    fixed: bool = False,
    **options: Any,
) -> Path:
    """The finished folder."""
    planned = plan(given, recipe, fixed=fixed)
    there = [p for p in (home / name).glob("*") if p.name.isdecimal()]
    return import_events(planned, name, home / name / str(len(there) + 1), **options)
