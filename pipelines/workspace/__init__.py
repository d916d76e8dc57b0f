"""The workspace of a team: datasets, bake-offs, jobs and decisions, in SQLite and folders.

`from pipelines.workspace import Workspace`. The class is imported on first use, so that child
processes do not load the database code unnecessarily.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.workspace.store import Workspace

__all__ = ["Workspace"]


def __getattr__(name: str) -> Any:
    if name == "Workspace":
        from pipelines.workspace.store import Workspace

        return Workspace
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
