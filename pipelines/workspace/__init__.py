"""What a team keeps: datasets, bake-offs, jobs and decisions, in one SQLite file and folders.

`from pipelines.workspace import Workspace`. The class is looked up when it is first used, so
that processes started from here do not load the database code for nothing.
"""

from typing import TYPE_CHECKING, Any

from pipelines import lazy

if TYPE_CHECKING:
    from pipelines.workspace.store import Workspace as Workspace

_HOMES = {"Workspace": "pipelines.workspace.store"}
__all__ = [*_HOMES]


if not TYPE_CHECKING:  # else every name would pass for one of the package

    def __getattr__(name: str) -> Any:
        return lazy.attribute(__name__, _HOMES, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
