"""Values as JSON has them, so that equal ones are written, and hashed, alike."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

EXACT = 2**53
"""Whole numbers up to which a double is exact."""


def plain(value: Any) -> Any:
    """JSON's form of a value: the same for a tuple and a list, for numpy's numbers and
    Python's, for 3.0 and 3, for -0.0 and 0. `ValueError` where JSON has none (NaN)."""
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
            raise ValueError(f"{value} is no number that can be written down")
        return int(value) if value.is_integer() and abs(value) <= EXACT else float(value)
    return to_jsonable_python(value)
