"""What a team keeps: datasets, bake-offs, jobs and decisions, in one SQLite file and folders.

`from pipelines.workspace import Workspace`. The class is looked up when it is first asked
for, so that processes started from here do not load the database code in vain.
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
