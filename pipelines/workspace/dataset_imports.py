"""Imports into a workspace: planned, run, and added as the next version of a dataset."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.data.dataset import check_name
from pipelines.data.recipe import Recipe
from pipelines.errors import AssayError
from pipelines.runtime.progress import Progress, silent
from pipelines.workspace.datasets import Datasets
from pipelines.workspace.records import DatasetRecord

if TYPE_CHECKING:
    from pipelines.data.importing.planning import Plan
    from pipelines.data.sources.database import Query


class DatasetImports(Datasets):
    """The datasets of the workspace, and imports of new versions."""

    def import_dataset(
        self,
        given: Path | str | Query | Sequence[Path | str],
        name: str,
        *,
        recipe: Recipe | None = None,
        again: bool = False,
        fixed: bool = False,
        items: Path | str | None = None,
        users: Path | str | None = None,
        progress: Progress = silent,
    ) -> DatasetRecord:
        """Plan an import and run it; see `planning.plan` for `recipe` and `fixed`.

        With `again`, the recipe of the newest version is used as it is.
        """
        from pipelines.data.importing.planning import plan

        check_name(name)
        if again:
            recipe = self.recipe(name)
        planned = plan(_sources(given), recipe, fixed=again or fixed)
        return self.import_planned(
            planned,
            name,
            items=None if items is None else Path(items),
            users=None if users is None else Path(users),
            progress=progress,
        )

    def import_planned(
        self,
        planned: Plan,
        name: str,
        *,
        items: Path | None = None,
        users: Path | None = None,
        progress: Progress = silent,
    ) -> DatasetRecord:
        """Import events (and tables of items and users) as the next version of a dataset."""
        from pipelines.data.importing.importer import import_events

        with self.folders.unfinished() as unfinished:
            folder = unfinished / name
            import_events(planned, name, folder, items=items, users=users, progress=progress)
            return self.add_dataset(folder)

    def recipe(self, name: str) -> Recipe:
        """The recipe of a dataset's newest version."""
        found = self.about(name).recipe
        if found is None:
            raise AssayError(
                f"The dataset {name!r} has no recipe, because it is a sample; import the file "
                "under another name."
            )
        return found


def _sources(given: Path | str | Query | Sequence[Path | str]) -> Path | Query | list[Path]:
    """File names as paths; a query as it is."""
    if isinstance(given, str | Path):
        return Path(given)
    return [Path(one) for one in given] if isinstance(given, Sequence) else given
