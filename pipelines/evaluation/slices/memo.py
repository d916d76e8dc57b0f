"""What was worked out of a finished bake-off, kept for as long as its `BakeoffFolder` is."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from pipelines.evaluation.results.folder import BakeoffFolder

MOST = 256
"""Results of one bake-off at a time; when there are more, all are forgotten."""

T = TypeVar("T")
_results: WeakKeyDictionary[BakeoffFolder, dict[Hashable, Any]] = WeakKeyDictionary()


def remembered(
    kept: BakeoffFolder,
    key: Hashable,
    make: Callable[[], T],
    small: Callable[[T], bool] = lambda _: True,
) -> T:
    """What `make` gives, made once per `key`; not kept where it is not `small`."""
    mine = _results.setdefault(kept, {})
    try:
        found: T = mine[key]
    except KeyError:
        found = make()
        if small(found):
            if len(mine) >= MOST:
                mine.clear()
            mine[key] = found
    return found
