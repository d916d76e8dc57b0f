"""The workspace of a team: datasets, bake-offs, jobs and decisions, in SQLite and folders.

`from pipelines.workspace import Workspace`. The class is imported on first use, so that child
processes do not load the database code unnecessarily.
"""

from typing import TYPE_CHECKING

from pipelines import lazy

if TYPE_CHECKING:
    from pipelines.workspace.store import Workspace as Workspace

_HOMES = {"Workspace": "pipelines.workspace.store"}
__all__ = [*_HOMES]

if not TYPE_CHECKING:  # else every name would pass for one of the package
    __getattr__, __dir__ = lazy.exports(globals(), _HOMES)
