"""An estimate with its confidence interval."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Interval(BaseModel):
    """An estimate with its confidence interval, 95% unless said otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float
    low: float
    high: float
