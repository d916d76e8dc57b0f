"""How a file becomes a dataset: every choice that was made, saved and hashed with it.

Next month's file runs through the same recipe, so that two versions of a dataset differ by
their rows and by nothing else.
"""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from pipelines.data.split import SeenPolicy
from pipelines.errors import AssayError

Repeats = Literal["moment", "once", "keep"]
DateOrder = Literal["day-first", "month-first"]
Unit = Literal["s", "ms", "us", "ns"]


def _weight(value: float) -> float:
    if value != 0 and not 1e-6 <= value <= 1e6:  # NaN is not between, either
        raise ValueError("a weight is 0, or a number from 1e-6 to 1e6")
    return value


Weight = Annotated[float, AfterValidator(_weight)]


class Reading(BaseModel):
    """How the text of a file is read; None is "found out from the file"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    separator: str | None = Field(None, min_length=1, max_length=8)
    encoding: str | None = None
    quote: str = Field('"', max_length=1)
    """The quote mark; empty where quotes are ordinary characters."""
    escape: str = Field("", max_length=1)
    """The sign before a quote mark that belongs to the text; usually the mark is doubled."""


class Times(BaseModel):
    """How times are read; None is "found out from the values"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: Unit | None = None
    """Of times that are numbers; without it, told apart by size."""
    order: DateOrder | None = None
    """Of dates such as 1/2/2026."""
    zone: str = "UTC"
    """Of times that name no zone themselves, as in Europe/Berlin."""


class Recipe(BaseModel):
    """From rows to events; the steps are taken in the order of the fields from `weights` on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: dict[str, str] = {}
    """Standard name → the column of the file of events."""
    item_columns: dict[str, str] = {}
    user_columns: dict[str, str] = {}
    keep: tuple[str, ...] = ()
    """More columns of the events that are kept with each event, under their own names."""
    reading: Reading = Reading()
    times: Times = Times()
    returns: Literal["take-out", "quarantine"] = "take-out"
    """Rows with a negative weight, and orders whose number begins with C."""
    weights: dict[str, Weight] = {}
    """Weight of each type of event; 0 leaves the type out. A type that is not named weighs
    what is usual (`event_weights`): views .1, carts .3, purchases and unknown words 1."""
    least_weight: float | None = Field(None, allow_inf_nan=False)
    """Rows below this weight (a rating, mostly) are left out."""
    repeats: Repeats = "moment"
    """`moment` folds rows of the same person, item, type and second; `once` all rows of the
    same person and item (weights added, last time); `keep` none."""
    outliers: Literal["flag", "drop"] = "flag"
    """What is done with people whose events look like a machine's."""
    session_minutes: int = Field(30, ge=1)
    """Minutes without an event that end a visit."""
    seen: SeenPolicy = "exclude"
    """Whether items that a person already took up are left out of the lists."""

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self:
        """A recipe from parsed values; an `AssayError` says what is wrong with it."""
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part)[:60] for part in first["loc"]) or "document"
            told = first["msg"].removeprefix("Value error, ")
            raise AssayError(f"The recipe's {where} is not valid: {told}.") from None

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of the choices as sorted JSON: the same on every machine."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
