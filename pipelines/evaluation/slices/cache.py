"""A cache of results per `BakeoffFolder`, dropped with it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from pipelines.evaluation.results.folder import BakeoffFolder

MOST = 256
"""The most results per bake-off; when it is reached, the bake-off's cache is cleared."""

T = TypeVar("T")
_results: WeakKeyDictionary[BakeoffFolder, dict[Hashable, Any]] = WeakKeyDictionary()


def cached(
    folder: BakeoffFolder,
    key: Hashable,
    make: Callable[[], T],
    small: Callable[[T], bool] = lambda _: True,
) -> T:
    """The result of `make`, computed once per `key`; cached only where it is `small`."""
    mine = _results.setdefault(folder, {})
    try:
        found: T = mine[key]
    except KeyError:
        found = make()
        if small(found):
            if len(mine) >= MOST:
                mine.clear()
            mine[key] = found
    return found
