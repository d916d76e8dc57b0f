"""Convert values to plain JSON ones, so that equal values are written and hashed alike."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

EXACT = 2**53
"""The largest whole number below which every one is an exact double."""


def plain(value: Any) -> Any:
    """The JSON form of a value: the same for a tuple and a list, for numpy's numbers and
    Python's, for 3.0 and 3, for -0.0 and 0. Raises `ValueError` for NaN and infinity."""
    if isinstance(value, BaseModel | str):
        return value
    if hasattr(value, "tolist"):  # numpy's, without importing it
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, set | frozenset):  # the order of a set changes from run to run
        return sorted((plain(part) for part in value), key=json.dumps)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} is not a number that JSON can hold")
        return int(value) if value.is_integer() and abs(value) <= EXACT else float(value)
    return to_jsonable_python(value)
