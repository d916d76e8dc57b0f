"""Adapters: third parties in a bake-off, and what one of your own is made from.

docs/writing-an-adapter.md shows how. Those that ship are reached by name, through the registry.
"""

from typing import TYPE_CHECKING

from pipelines import lazy

if TYPE_CHECKING:
    from pipelines.adapters.contract import Adapter as Adapter
    from pipelines.adapters.contract import Capabilities as Capabilities
    from pipelines.adapters.contract import NotComparable as NotComparable
    from pipelines.adapters.contract import Reply as Reply
    from pipelines.adapters.contract import Task as Task
    from pipelines.adapters.contract import lists_for as lists_for

_HOMES = {
    "Adapter": "pipelines.adapters.contract",
    "Capabilities": "pipelines.adapters.contract",
    "NotComparable": "pipelines.adapters.contract",
    "Reply": "pipelines.adapters.contract",
    "Task": "pipelines.adapters.contract",
    "lists_for": "pipelines.adapters.contract",
}
__all__ = [*_HOMES]

if not TYPE_CHECKING:  # else every name would pass for one of the package
    __getattr__, __dir__ = lazy.exports(globals(), _HOMES)
