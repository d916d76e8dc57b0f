"""A finding of readiness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FindingState = Literal["enough", "thin", "not enough", "unknown"]


@dataclass(frozen=True)
class Finding:
    """A value compared with its threshold, why it matters, and what to do."""

    check: str
    value: float | str | None
    threshold: float | str | None
    state: FindingState
    why: str
    todo: str
    source: str
