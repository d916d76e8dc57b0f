"""What a third party's answers took: calls, failures, time and money."""

from __future__ import annotations

from collections import Counter
from threading import Lock


class Meter:
    """Counts for one adapter, from several threads.

    `milliseconds` holds one entry per answered call: the attempt that was answered, without
    waits and failed attempts before it. Money is counted for answered calls alone.
    """

    def __init__(self, price_per_1000: float | None = None) -> None:
        self.price_per_1000 = price_per_1000
        """US dollars for 1,000 answered calls; None is unpriced, and costs come out 0."""
        self.fit_seconds: float | None = None
        self.calls = 0
        self.answers = 0
        self.retries = 0
        self.errors: Counter[str] = Counter()
        """Failed calls by kind ("throttled", "time-out", …), those tried again included."""
        self.milliseconds: list[float] = []
        self._lock = Lock()

    def answered(self, milliseconds: float) -> None:
        """One call came back with an answer."""
        with self._lock:
            self.calls += 1
            self.answers += 1
            self.milliseconds.append(milliseconds)

    def failed(self, kind: str) -> None:
        """One call failed."""
        with self._lock:
            self.calls += 1
            self.errors[kind] += 1

    def retried(self) -> None:
        """A failed call is about to be sent again."""
        with self._lock:
            self.retries += 1

    def batched(self, answers: int) -> None:
        """A batch job answered for so many users; it has no time per answer."""
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
        """What went wrong, in one sentence; empty where nothing did."""
        if not self.errors:
            return ""
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.errors.items()))
        return f"{sum(self.errors.values())} of {self.calls} calls failed ({kinds})."
