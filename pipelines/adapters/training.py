"""Checks what a third party was trained on, and whether its lists are comparable.

A claim is stated in `FILE.meta.json`, `handover.json` or a setting. Under a split in time it
must state `trained_through`; under last-n, which has no single cut-off, it must state the hash
of the training rows that `assay export` wrote.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.adapters.contract import NotComparable, Task
from pipelines.errors import AssayError
from pipelines.runtime.phrases import noun_for
from pipelines.runtime.written import json_of, text_of
from pipelines.schema import Columns

if TYPE_CHECKING:
    import pandas as pd

LAST_SECOND_OF_DAY = timedelta(days=1, seconds=-1)
MILLISECONDS_FROM = 10**11  # as seconds this is the year 5138


@dataclass(frozen=True)
class Claim:
    """A statement about the training data; `through` is the last second it may include."""

    through: int | None = None
    split: str | None = None
    train_sha256: str | None = None

    @staticmethod
    def read(path: Path) -> Claim:
        """The claim in a JSON file (`trained_through`, `split`, `train_sha256`)."""
        try:
            document = json_of(text_of(path))
        except (OSError, ValueError) as error:
            raise AssayError(f"{path.name} cannot be read as JSON: {error}.") from error
        if not isinstance(document, dict):
            raise AssayError(f'{path.name} must contain {{"trained_through": "2016-09-01"}}.')
        through = document.get("trained_through")
        return Claim(
            None if through is None else moment(through),
            document.get("split"),
            document.get("train_sha256"),
        )


def moment(value: Any) -> int:
    """Seconds UTC of an epoch (s or ms), an ISO time (UTC without a zone) or an ISO date.

    A date means its last second, because training "through" a day includes all of it.
    """
    text = "" if isinstance(value, bool) else str(value).strip()
    at = _iso(text)
    if at is not None:
        is_day = not re.search("[T :]", text)
        return int((at + LAST_SECOND_OF_DAY if is_day else at).timestamp())
    if re.fullmatch(r"\d+(\.\d*)?", text):
        seconds = float(text)
        return int(seconds / 1000 if seconds >= MILLISECONDS_FROM else seconds)
    raise AssayError(
        f"The date {text!r} in trained_through cannot be read; write 2016-09-01, "
        "2016-09-01T12:00:00Z or seconds since 1970."
    )


def _iso(text: str) -> datetime | None:
    """An ISO time or date, including 20160901; UTC unless it has a zone."""
    if text.isdigit() and not re.fullmatch(r"(19|20)\d{6}", text):
        return None  # other bare numbers are seconds
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def day(seconds: int) -> str:
    """A time as text, UTC."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def require_comparable(claim: Claim, task: Task, *, source: str, how: str) -> str:
    """A note on the end of the training data; raises `NotComparable` if lists are not comparable.

    `source` names the third party in the message, `how` says where to state the missing date.
    """
    if task.cutoff is None:
        if claim.train_sha256 is None:
            raise NotComparable(
                f"This split has no single cut-off, so {source} must state the hash of its "
                "training rows: train on the rows of `assay export` for this split, and keep its "
                "handover.json beside the lists."
            )
        if claim.train_sha256 != rows_hash(task.train):
            raise NotComparable(
                f"{source} was trained on other rows (split: {claim.split or 'unknown'}) than "
                "this bake-off's training rows: export them again for this dataset and split."
            )
        return "Trained on exactly the exported training rows."
    if claim.through is None:
        raise NotComparable(
            f"The end of {source}'s training data is unknown, so it may include the test "
            f"period; {how}."
        )
    if claim.through > task.cutoff:
        raise NotComparable(
            f"{source} was trained through {day(claim.through)}, after the cut-off "
            f"{day(task.cutoff)}: it was trained on part of the test period."
        )
    gap = (task.cutoff - claim.through) / 86400
    if gap < 1:
        return f"Trained through {day(claim.through)}."
    days = f"{gap:.3g} {noun_for(gap, 'day')}"
    return f"Trained through {day(claim.through)}, {days} before the cut-off."


def rows_hash(train: pd.DataFrame) -> str:
    """SHA-256 (hex) of training rows (user_id, item_id, weight, timestamp) in any order."""
    keys = [Columns.USER, Columns.TIME, Columns.ITEM, Columns.WEIGHT]
    rows = train[keys].sort_values(keys, kind="stable")
    digest = hashlib.sha256(str(len(rows)).encode())
    for column in (Columns.USER, Columns.ITEM):
        raw = [str(value).encode() for value in rows[column].tolist()]
        digest.update(np.fromiter(map(len, raw), "<i8", len(raw)).tobytes())
        digest.update(b"".join(raw))
    digest.update(rows[Columns.TIME].to_numpy("<i8").tobytes())
    digest.update(rows[Columns.WEIGHT].to_numpy("<f4").tobytes())
    return digest.hexdigest()
