"""The price book: prices of vendors and servers, each with date, source and confidence."""

from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipelines.errors import AssayError, first_problem
from pipelines.runtime import paths
from pipelines.runtime.written import text_of, toml_of

SHIPPED = Path(__file__).with_name("pricebook.toml")
SECONDS_A_MONTH = 30 * 24 * 3600  # vendors bill idle capacity over 30 days

Unit = Literal[
    "1,000 requests", "1,000 training interactions", "GB", "hour", "TPS-hour", "contract"
]
Confidence = Literal["vendor", "second", "derived", "conflict", "by contract"]
STRICT = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Band(BaseModel):
    """A marginal price: `usd` per unit, for units up to `up_to` (None: all further units)."""

    model_config = STRICT
    usd: float = Field(ge=0)
    up_to: float | None = Field(default=None, gt=0)


class Price(BaseModel):
    """One line of the price book; the fields are explained at the top of pricebook.toml."""

    model_config = STRICT
    id: str
    vendor: str
    service: str
    unit: Unit
    confidence: Confidence
    source: str
    date: str
    bands: tuple[Band, ...] = ()
    monthly_usd: float = Field(default=0.0, ge=0)
    free_below: float = Field(default=0.0, ge=0)
    min_tps: float = Field(default=0.0, ge=0)
    retired: bool = False
    note: str = ""

    @model_validator(mode="after")
    def _bands_rise(self) -> "Price":
        tops = [band.up_to for band in self.bands]
        bounded = [top for top in tops[:-1] if top is not None]
        rising = all(a < b for a, b in pairwise(bounded))
        if self.bands and (tops[-1] is not None or len(bounded) != len(tops) - 1 or not rising):
            raise ValueError("bands must rise, and all but the last one need up_to")
        if not self.bands and self.unit != "contract":
            raise ValueError("a line needs bands unless its unit is contract")
        if self.min_tps and self.unit != "1,000 requests":
            raise ValueError("min_tps is a minimum of requests: the unit must be 1,000 requests")
        return self

    @property
    def lot(self) -> float:
        """The number of units that a price is for (1,000 requests: 1000)."""
        return 1000.0 if self.unit.startswith("1,000") else 1.0

    @property
    def title(self) -> str:
        """As people read it: `Google Retail API: recommendation predictions`."""
        return f"{self.vendor}: {self.service}"

    @property
    def least(self) -> float:
        """The requests a month that are billed even if fewer are made; 0 without a minimum."""
        return self.min_tps * SECONDS_A_MONTH

    @property
    def per_1000(self) -> float:
        """US dollars for 1,000 requests in the first band, without minimum or base fee.

        Raises AssayError where the line does not price requests.
        """
        if self.unit != "1,000 requests" or not self.bands:
            raise AssayError(f"The price line '{self.id}' has no price for 1,000 requests.")
        return self.bands[0].usd

    def usd(self, amount: float | np.ndarray) -> np.ndarray:
        """US dollars a month for `amount` units (requests, hours, GB), of any shape.

        Raises AssayError for a line without a public price.
        """
        if not self.bands:
            raise AssayError(
                f"{self.vendor} has no public price: enter the quoted fee ($k a month) as `fee`."
            )
        asked = np.asarray(amount, dtype=np.float64)
        return self._by_bands(np.maximum(asked, self.least)) + self._base_fee(asked)

    def usd_without_minimum(self, amount: float | np.ndarray) -> np.ndarray:
        """`usd` as if nothing more than `amount` units were billed."""
        asked = np.asarray(amount, dtype=np.float64)
        return self._by_bands(asked) + self._base_fee(asked)

    def _by_bands(self, billed: np.ndarray) -> np.ndarray:
        total = np.zeros_like(billed)
        below = 0.0
        for band in self.bands:
            top = np.inf if band.up_to is None else band.up_to
            total += np.clip(billed, below, top) * band.usd - below * band.usd
            below = top
        return total / self.lot

    def _base_fee(self, asked: np.ndarray) -> np.ndarray:
        return np.asarray(self.monthly_usd * (asked >= self.free_below))


@lru_cache(maxsize=8)
def _read(path: Path, _stamp: int) -> tuple[Price, ...]:
    try:
        document = toml_of(text_of(path))
        lines = tuple(Price.model_validate(line) for line in document["line"])
    except ValidationError as error:
        where, why = first_problem(error)
        raise AssayError(f"The price book {path.name} has a bad line: {where} {why}.") from error
    except (TypeError, KeyError, ValueError) as error:
        raise AssayError(f"The price book {path.name} cannot be read: {error}.") from error
    if len({line.id for line in lines}) != len(lines):
        raise AssayError(f"The price book {path.name} has two lines with the same id: rename one.")
    return lines


class PriceBook:
    """The price lines by id; a pricebook.toml in the workspace replaces the built-in one."""

    def __init__(self, path: Path | None = None) -> None:
        own = paths.home() / "pricebook.toml"
        self.path = path or (own if own.is_file() else SHIPPED)
        if not self.path.is_file():
            raise AssayError(f"There is no price book at {self.path}: check the path.")
        self.lines = _read(self.path, self.path.stat().st_mtime_ns)
        self._by_id = {line.id: line for line in self.lines}

    def line(self, name: str) -> Price:
        """The line with this id. Raises an AssayError that lists the known ids."""
        if name not in self._by_id:
            known = ", ".join(sorted(self._by_id))
            raise AssayError(f"The price book has no line '{name}'; it has: {known}.")
        return self._by_id[name]

    def monthly(self, name: str, requests: float | np.ndarray) -> np.ndarray:
        """Fee in $k a month for `requests` a month. Raises AssayError for retired services."""
        line = self.line(name)
        if line.retired:
            raise AssayError(f"{line.vendor}, {line.service}: choose another price line.")
        if line.unit != "1,000 requests" and line.bands:
            raise AssayError(f"'{name}' is priced per {line.unit}, not per request.")
        return line.usd(requests) / 1000.0


def requests_for_fee(book: PriceBook, name: str, fee: float) -> float | None:
    """Requests a month at which the line costs `fee` ($k a month); None where it never does.

    A tiered fee is monotone, so bisection finds the volume. None where the fee is due without
    any traffic, or is flat.
    """
    low, high = 0.0, 1e15
    if not float(book.monthly(name, low)) < fee < float(book.monthly(name, high)):
        return None
    for _ in range(200):
        middle = (low + high) / 2
        if float(book.monthly(name, middle)) < fee:
            low = middle
        else:
            high = middle
        if high - low < 1e-3:
            break
    reached = abs(float(book.monthly(name, high)) - fee) <= max(1e-6, 1e-9 * fee)
    return high if reached else None  # at a step (a base fee) the exact fee never occurs
