"""Limits that boto3 lets pass: maxima, patterns, lists of allowed values.

boto3 rejects missing, unknown and wrongly typed parameters and values under a minimum.
The rest stands in the service model's shapes and is checked here before a call is paid
for; what only the documentation says is in `LONGEST_LIST`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipelines.errors import AssayError

LONGEST_LIST = 500
"""numResults and inputList, by the documentation (50 with metadata columns)."""


def check(params: dict[str, Any], shape: Any) -> None:
    """`AssayError` with the first limit that `params` exceeds; `shape` is botocore's."""
    for problem in problems(params, shape):
        raise AssayError(f"{problem}.")


def problems(value: Any, shape: Any, name: str = "") -> Iterator[str]:
    """What the service would refuse of `value`, a sentence each."""
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
            yield f"{name} is {value}, at most {highest} is allowed"


def _too_many(length: int, shape: Any, name: str) -> Iterator[str]:
    highest = LONGEST_LIST if name == "inputList" else shape.metadata.get("max")
    if highest is not None and length > highest:
        yield f"{name} has {length} entries, at most {highest} are allowed"


def _of_text(value: str, shape: Any, name: str) -> Iterator[str]:
    highest, pattern = shape.metadata.get("max"), shape.metadata.get("pattern")
    if highest is not None and len(value) > highest:
        yield f"{name} has {len(value)} characters ({value[:20]}…), at most {highest} are allowed"
    elif pattern is not None and not re.fullmatch(pattern, value):
        yield f"{name} {value!r} does not have the form {pattern}"
    elif shape.enum and value not in shape.enum:
        yield f"{name} {value!r} is none of {', '.join(shape.enum)}"
