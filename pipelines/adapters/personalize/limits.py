"""Limits that boto3 does not check: maxima, patterns, allowed values.

boto3 rejects missing, unknown and wrongly typed parameters and values below a minimum. The
other limits are in the shapes of the service model and are checked here before a call is
billed; `LONGEST_LIST` is only in the documentation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipelines.errors import AssayError

LONGEST_LIST = 500
"""Maximum of numResults and inputList, from the documentation (50 with metadata columns)."""


def check(params: dict[str, Any], shape: Any) -> None:
    """Raise `AssayError` for the first limit that `params` exceeds; `shape` is botocore's."""
    for problem in problems(params, shape):
        raise AssayError(f"{problem}.")


def problems(value: Any, shape: Any, name: str = "") -> Iterator[str]:
    """The limits that `value` exceeds, as clauses."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for key, part in value.items():
            if key in shape.members:
                yield from problems(part, shape.members[key], f"{name}.{key}" if name else key)
    elif shape.type_name == "list" and isinstance(value, list | tuple):
        yield from _too_many(len(value), shape, name)
        for part in value:
            yield from problems(part, shape.member, name)
    elif shape.type_name == "map" and isinstance(value, dict):
        yield from _too_many(len(value), shape, name)
        for key, part in value.items():
            yield from problems(key, shape.key, name)
            yield from problems(part, shape.value, f"{name}.{key}")
    elif shape.type_name == "string" and isinstance(value, str):
        yield from _of_text(value, shape, name)
    elif shape.type_name in ("integer", "long", "float", "double"):
        highest = LONGEST_LIST if name == "numResults" else shape.metadata.get("max")
        if highest is not None and value > highest:
            yield f"{name} is {value}, but at most {highest} is allowed"


def _too_many(length: int, shape: Any, name: str) -> Iterator[str]:
    highest = LONGEST_LIST if name == "inputList" else shape.metadata.get("max")
    if highest is not None and length > highest:
        yield f"{name} has {length} entries, but at most {highest} are allowed"


def _of_text(value: str, shape: Any, name: str) -> Iterator[str]:
    highest, pattern = shape.metadata.get("max"), shape.metadata.get("pattern")
    if highest is not None and len(value) > highest:
        yield (
            f"{name} has {len(value)} characters ({value[:20]}…), but at most {highest} are allowed"
        )
    elif pattern is not None and not re.fullmatch(pattern, value):
        yield f"{name} {value!r} does not match the pattern {pattern}"
    elif shape.enum and value not in shape.enum:
        yield f"{name} {value!r} is not one of {', '.join(shape.enum)}"
