"""What a fit would take in seconds and memory, before anything is fitted."""

from __future__ import annotations

import os
from dataclasses import dataclass

from pipelines.stages.contract import Estimate


@dataclass(frozen=True)
class Forecast:
    """Stages with their estimates, the sums, and why it would not fit (empty where it does)."""

    stages: tuple[tuple[str, Estimate], ...]
    seconds: float
    megabytes: float
    refusal: str = ""

    def sentence(self, usd: float) -> str:
        """`About 19 s to fit, 0.69 GB, under $0.01 on a rented server.`; `usd` is the rent."""
        if self.refusal:
            return self.refusal
        took = f"{self.seconds:.0f} s" if self.seconds < 120 else f"{self.seconds / 60:.0f} min"
        money = f"${usd:.2f}" if usd >= 0.01 else "under $0.01"
        return f"About {took} to fit, {self.megabytes / 1000:.2g} GB, {money} on a rented server."


def forecast(stages: list[tuple[str, Estimate]], *, memory_mb: float | None = None) -> Forecast:
    """Add up `Pipeline.preflight`; refuse what exceeds `memory_mb`, else this machine's memory.

    Stages are fitted one after another and all kept, so their memory adds up.
    """
    seconds = sum(estimate.seconds for _, estimate in stages)
    megabytes = sum(estimate.megabytes for _, estimate in stages)
    refusal = next((f"{name}: {e.refusal}" for name, e in stages if e.refusal), "")
    have = machine_memory_mb() if memory_mb is None else memory_mb
    if not refusal and megabytes > have:
        largest = max(stages, key=lambda pair: pair[1].megabytes)[0]
        refusal = (
            f"It needs about {megabytes / 1000:,.3g} GB and this machine has "
            f"{have / 1000:,.3g} GB; leave out {largest}, which needs the most, "
            "or fit on a larger machine."
        )
    return Forecast(tuple(stages), seconds, megabytes, refusal)


def machine_memory_mb() -> float:
    """The machine's whole memory, MB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e6
