"""One thing that readiness found about the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FindingState = Literal["enough", "thin", "not enough", "unknown"]


@dataclass(frozen=True)
class Finding:
    """One thing found about the data: a value beside its threshold, why, and what to do."""

    check: str
    value: float | str | None
    threshold: float | str | None
    state: FindingState
    why: str
    todo: str
    source: str
