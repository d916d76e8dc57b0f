"""Arrays of zeros that a thread keeps between requests."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import numpy.typing as npt


class _Kept(threading.local):
    def __init__(self) -> None:
        self.arrays: dict[tuple[str, Any], npt.NDArray[Any]] = {}


_KEPT = _Kept()


def zeros(purpose: str, size: int, kind: type[np.generic]) -> npt.NDArray[Any]:
    """At least `size` zeros of the dtype `kind`; whoever borrows them hands them back zero.

    A request touches a few hundred items: filling a new array as long as the catalogue would
    cost more than the work. One array per thread and `purpose`, so that two borrowers in one
    call do not meet.
    """
    key = (purpose, kind)
    found = _KEPT.arrays.get(key)
    if found is None or len(found) < size:
        found = _KEPT.arrays[key] = np.zeros(size, kind)
    return found
