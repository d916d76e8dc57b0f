"""Counts the calls to a third party, with failures, time and cost."""

from __future__ import annotations

from collections import Counter
from threading import Lock

from pipelines.runtime.phrases import number_of


class Meter:
    """Counts for one adapter; thread-safe.

    `milliseconds` has one entry per successful call, without waits and failed attempts before
    it. Only successful calls are charged.
    """

    def __init__(self, price_per_1000: float | None = None) -> None:
        self.price_per_1000 = price_per_1000
        """US dollars for 1,000 successful calls; None means unknown, and costs are 0."""
        self.fit_seconds: float | None = None
        self.calls = 0
        self.answers = 0
        self.retries = 0
        self.errors: Counter[str] = Counter()
        """Failed calls by kind ("throttled", "time-out", …), including those retried."""
        self.milliseconds: list[float] = []
        self._lock = Lock()

    def answered(self, milliseconds: float) -> None:
        """Count a successful call."""
        with self._lock:
            self.calls += 1
            self.answers += 1
            self.milliseconds.append(milliseconds)

    def failed(self, kind: str) -> None:
        """Count a failed call."""
        with self._lock:
            self.calls += 1
            self.errors[kind] += 1

    def retried(self) -> None:
        """Count a retry."""
        with self._lock:
            self.retries += 1

    def batched(self, answers: int) -> None:
        """Count a batch job that answered for this many users; it has no time per answer."""
        with self._lock:
            self.calls += 1
            self.answers += answers

    @property
    def timeouts(self) -> int:
        return self.errors["time-out"]

    @property
    def cost_usd(self) -> float:
        return self.answers * (self.price_per_1000 or 0.0) / 1000

    def sentence(self) -> str:
        """A sentence on the failed calls; empty if there are none."""
        if not self.errors:
            return ""
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.errors.items()))
        failed = f"{sum(self.errors.values()):,} of {number_of(self.calls, 'call')}"
        return f"{failed} failed ({kinds})."
