"""JSON Lines with a whole list in each line: plain, or the output of Amazon Personalize.

Plain: `{"user_id": "4638", "items": ["63992", "11"]}`. A batch job of Personalize writes
`{"input": {"userId": "4638"}, "output": {"recommendedItems": ["63992"], "scores": [0.0152]},
"error": null}`; `scores` and `error` are optional, and a failed line has no items. Lists are
best first.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.data.importing.plain_names import plain
from pipelines.data.sources import Packing, Source
from pipelines.data.sources.lines import Counts, records
from pipelines.reading.rows import NAMES
from pipelines.schema import Columns as C

NOT_JSON, NO_USER = "lines that are not JSON", "lines without a user"
NO_ITEMS = "lines without recommendedItems"
UNUSABLE_SCORES = "lists with unusable scores"
LISTS = ("items", "itemids", "recommendeditems", "recommendations")
LINES_CHECKED = 1000
"""Lines that are read to detect what the file holds."""


@dataclass(frozen=True)
class Line:
    """One user's list, best first; if it is unusable, `error` says why and `items` may be
    incomplete."""

    user: str
    items: list[str]
    scores: list[float] | None = None
    error: str = ""


def holds_lists(path: Path, packing: Packing) -> bool:
    """Whether the lines of the file are lists, not rows of a table."""
    for number, line in enumerate(_lines(path, packing)):
        document = _document(line)
        if document:
            named = {plain(key) for key in document}
            return "input" in document or (bool(named & set(LISTS)) and not named & _ITEM)
        if number == LINES_CHECKED:
            break
    return False


def read(path: Path, packing: Packing, issues: Counter[str]) -> Iterator[Line]:
    """The lists of the file, line by line; counts unusable lines in `issues`."""
    for line in _lines(path, packing):
        document = _document(line)
        if document is None:
            issues[NOT_JSON] += 1
            continue
        found = _personalize(document, issues) if "input" in document else _plain(document, issues)
        if found is not None:
            yield found


def _lines(path: Path, packing: Packing) -> Iterator[bytes]:
    """The lines that are not blank."""
    source = Source(path, "jsonl", (), packing=packing)
    for found in records(source, Counts(), block=1 << 20):
        for begin, end in zip(found.begin.tolist(), found.end.tolist(), strict=True):
            if line := found.data[begin:end].strip():
                yield line


def _document(line: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return None
    # A line with another JSON value has no user.
    return document if isinstance(document, dict) else {}


def _personalize(document: dict[str, Any], issues: Counter[str]) -> Line | None:
    request, output, error = document["input"], document.get("output"), document.get("error")
    user = _id(request.get("userId")) if isinstance(request, dict) else None
    if user is None:
        issues[NO_USER] += 1
        return None
    if error:
        text = error if isinstance(error, str) else json.dumps(error)
        return Line(user, [], error=f"the vendor reports: {text}")
    given = output if isinstance(output, dict) else {}
    items, whole = _ids(given.get("recommendedItems"))
    if not whole:
        issues[NO_ITEMS] += 1
        return Line(user, items, error="the line has no recommendedItems")
    return Line(user, items, _scores(given.get("scores"), issues))


def _plain(document: dict[str, Any], issues: Counter[str]) -> Line | None:
    by_name = {plain(key): value for key, value in document.items()}
    user = next((_id(by_name[key]) for key in _USER if key in by_name), None)
    if user is None:
        issues[NO_USER] += 1
        return None
    items, whole = _ids(next((by_name[key] for key in LISTS if key in by_name), None))
    if not whole:
        issues[NO_ITEMS] += 1
        return Line(user, items, error="the line has no list of items")
    return Line(user, items, _scores(by_name.get("scores"), issues))


def _id(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value).strip()
    invalid = not text.isascii() and any("\ud800" <= ch <= "\udfff" for ch in text)
    return None if invalid or not text else text


def _ids(values: Any) -> tuple[list[str], bool]:
    """The valid ids in `values`, and whether `values` is a list of valid ids only."""
    found = [_id(value) for value in values] if isinstance(values, list) else [None]
    ids = [item for item in found if item is not None]
    return ids, len(ids) == len(found)


def _scores(scores: Any, issues: Counter[str]) -> list[float] | None:
    if scores is None or scores == []:
        return None
    if isinstance(scores, list) and all(_is_float(score) for score in scores):
        return [float(score) for score in scores]
    issues[UNUSABLE_SCORES] += 1
    return None


def _is_float(score: Any) -> bool:
    """Whether it is a number that fits into a float (integers in JSON may be too large)."""
    return type(score) is float or (type(score) is int and abs(score) <= sys.float_info.max)


_USER = (plain(C.USER), *NAMES[C.USER])
_ITEM = {plain(C.ITEM), *NAMES[C.ITEM]}
