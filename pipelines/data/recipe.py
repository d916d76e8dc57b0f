"""The recipe of a dataset: all choices of its import, saved and hashed with it.

Next month's file is imported with the same recipe, so that two versions of a dataset differ
only by their rows.
"""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from pipelines.data.id_forms import IdForm
from pipelines.data.split import SeenPolicy
from pipelines.errors import AssayError, first_problem

Repeats = Literal["moment", "once", "keep"]
DateOrder = Literal["day-first", "month-first", "year-first"]
Unit = Literal["s", "ms", "us", "ns", "days", "excel"]
Decimal = Literal[".", ","]


def _weight(value: float) -> float:
    if value != 0 and not 1e-6 <= value <= 1e6:  # also rejects NaN
        raise ValueError("a weight must be 0 or a number from 1e-6 to 1e6")
    return value


Weight = Annotated[float, AfterValidator(_weight)]


class Reading(BaseModel):
    """How the text of a file is read; None means detected from the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    separator: str | None = Field(None, min_length=1, max_length=8)
    encoding: str | None = None
    quote: str = Field('"', max_length=1)
    """The quote mark; empty if quotes are ordinary characters."""
    escape: str | None = Field(None, max_length=1)
    """The escape character before a quote mark in a text; empty if quote marks are doubled."""
    decimal: Decimal | None = None
    """The decimal mark of numbers; thousands are parted by the other one."""
    columns: tuple[str, ...] = ()
    """Names of the columns of a file that has no header."""
    skip_lines: int | None = Field(None, ge=0)
    """Lines above the header."""


class Times(BaseModel):
    """How times are read; None means detected from the values."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: Unit | None = None
    """Unit of numeric times; None means detected from their size. `days` count from 1970,
    `excel` from 1900 as in spreadsheets."""
    zero_is_missing: bool = False
    """Whether a time of exactly 0 stands for a missing one."""
    order: DateOrder | None = None
    """Order of day and month in dates such as 1/2/2026, or of two-digit years such as 26/2/1."""
    clock: str = ""
    """Column of the events with the time of day, if the column of times holds dates."""
    zone: str = "UTC"
    """Time zone of times without one, such as Europe/Berlin."""


class Recipe(BaseModel):
    """How rows become events; steps are applied in the order of the fields from `weights` on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: dict[str, str] = {}
    """Standard name → column of the events."""
    item_columns: dict[str, str] = {}
    user_columns: dict[str, str] = {}
    user_fallback: str = ""
    """Column of the events with a visitor's id, for rows without a user."""
    order_lines: tuple[Literal["user_id", "timestamp", "event_type"], ...] = ()
    """Standard columns that the further lines of an order leave empty, and that they have from
    its first line: the user, the time, or the event type."""
    normalize_ids: tuple[IdForm, ...] = ()
    """Spellings that are read as one id, in the events and in both tables."""
    keep: tuple[str, ...] = ()
    """Further columns of the events to keep with each event, under their own names."""
    reading: Reading = Reading()
    items_reading: Reading | None = None
    """How the table of items is read; None means by the quote mark, escape character, encoding
    and decimal mark of `reading`, and its own separator and header."""
    users_reading: Reading | None = None
    times: Times = Times()
    returns: Literal["take-out", "quarantine"] = "take-out"
    """What to do with rows with a negative weight, and orders whose number begins with C."""
    weights: dict[str, Weight] = {}
    """Weight of each event type; 0 leaves the type out. The defaults (`event_weights`) are
    views .1, carts .3, purchases and unknown types 1."""
    least_weight: float | None = Field(None, allow_inf_nan=False)
    """Rows below this weight (usually a rating) are left out."""
    repeats: Repeats = "moment"
    """`moment` folds rows of the same user, item, type and second; `once` all rows of the
    same user and item (weights added, last time); `keep` none."""
    outliers: Literal["flag", "drop"] = "flag"
    """What to do with suspected bots."""
    session_minutes: int = Field(30, ge=1)
    """Minutes without an event that end a visit."""
    seen: SeenPolicy = "exclude"
    """Whether the lists leave out items that the user has interacted with."""

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self:
        """A recipe from parsed values; raises `AssayError` if one is invalid."""
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            where, why = first_problem(error, "document")
            raise AssayError(f"The recipe's {where} is invalid: {why}.") from None

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of the choices as sorted JSON: the same on every machine."""
        document = self.model_dump(mode="json")
        for path, default in _LATER_FIELDS.items():
            *above, name = path.split(".")
            part = document[above[0]] if above else document
            if part[name] == default:
                del part[name]
        document["reading"]["escape"] = document["reading"]["escape"] or ""
        text = json.dumps(document, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


_LATER_FIELDS: dict[str, Any] = {
    "normalize_ids": [], "user_fallback": "", "items_reading": None, "users_reading": None,
    "order_lines": [], "reading.decimal": None, "reading.columns": [], "reading.skip_lines": None,
    "times.zero_is_missing": False, "times.clock": "",
}  # fmt: skip
"""Fields that were added later, and their defaults: a recipe without them keeps its hash."""
