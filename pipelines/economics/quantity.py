"""A number of a case: given exactly, or as a range of plausible values."""

from pydantic import BaseModel, ConfigDict, Field, model_validator

STRICT = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Range(BaseModel):
    """A range of plausible values: a triangular distribution over low, mode and high."""

    model_config = STRICT
    low: float = Field(ge=0)
    mode: float = Field(ge=0)
    high: float = Field(ge=0)

    @model_validator(mode="after")
    def _ordered(self) -> "Range":
        if not self.low <= self.mode <= self.high:
            raise ValueError("a range needs low <= mode <= high")
        return self

    @property
    def mean(self) -> float:
        return (self.low + self.mode + self.high) / 3


class UpliftRange(Range):
    """A range of an uplift, of which `low` may be negative."""

    low: float = Field(ge=-1)


Quantity = float | Range
