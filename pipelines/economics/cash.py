"""The cash that an option takes and brings: by year, and the most that it needs at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipelines.economics.case import Case
from pipelines.economics.costs import Values, evaluate
from pipelines.prices.pricebook import PriceBook


@dataclass(frozen=True)
class Cash:
    """Undiscounted cash of one option, as a difference from what is there today."""

    cumulative: np.ndarray
    """At the end of month 0 (the set-up), 1, …, (horizon + 1,)."""

    @property
    def years(self) -> list[float]:
        """The flow of each year; the first has the set-up, the last may be shorter."""
        last = len(self.cumulative) - 1
        ends = [*range(12, last, 12), last]
        return np.diff(self.cumulative[ends], prepend=0.0).tolist()

    @property
    def peak_funding(self) -> float:
        """The most that is paid before it comes back; 0 where nothing is ever paid in advance."""
        return float(max(0.0, -self.cumulative.min()))

    @property
    def peak_month(self) -> int:
        """The first month at whose end that much is paid."""
        return int(self.cumulative.argmin())

    def document(self) -> dict[str, Any]:
        return {
            "years": self.years,
            "peak_funding": self.peak_funding,
            "peak_month": self.peak_month,
        }


def cash(case: Case, values: Values, book: PriceBook) -> dict[str, Cash]:
    """Each option's cash over the horizon: the formula of its value, without the discount."""
    plain = case.model_copy(update={"discount_rate": 0.0})
    until = np.arange(case.horizon_months + 1)
    flows = evaluate(plain, values, book, until)
    return {name: Cash(np.broadcast_to(flow.npv, until.shape)) for name, flow in flows.items()}
