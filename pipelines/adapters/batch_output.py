"""Amazon Personalize's batch output: JSON Lines, a line per user.

`{"input": {"userId": "4638"}, "output": {"recommendedItems": ["63992"], "scores": [0.0152]},
"error": null}`; `error` and `scores` may be absent, and a failed line has no items.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipelines.adapters.answers import Answers


def read(path: Path, into: Answers) -> int:
    """Add the lines of `path`; the number of lines that were about a user."""
    about_users = 0
    with path.open("rb") as lines:
        for line in lines:
            if line.strip():
                about_users += _add(line, into)
    return about_users


def _add(line: bytes, into: Answers) -> bool:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        into.problems["lines that are not JSON"] += 1
        return False
    asked = document.get("input") if isinstance(document, dict) else None
    user = asked.get("userId") if isinstance(asked, dict) else None
    if not isinstance(user, str | int) or isinstance(user, bool):
        into.problems["lines without a user"] += 1
        return False
    output, error = document.get("output"), document.get("error")
    items = output.get("recommendedItems") if isinstance(output, dict) else None
    if error:
        into.fail(str(user), f"the vendor says: {_text(error)}")
    elif not isinstance(items, list) or not all(isinstance(item, str | int) for item in items):
        into.problems["lines without recommendedItems"] += 1
        into.fail(str(user), "the line has no recommendedItems")
    else:
        into.add(str(user), [str(item) for item in items], _scores(output.get("scores"), into))
    return True


def _scores(scores: Any, into: Answers) -> list[float] | None:
    if scores is None or scores == []:
        return None
    if isinstance(scores, list) and all(type(score) in (int, float) for score in scores):
        return [float(score) for score in scores]
    into.problems["lists with unusable scores"] += 1
    return None


def _text(error: Any) -> str:
    return error if isinstance(error, str) else json.dumps(error)
