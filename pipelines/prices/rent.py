"""The cost of a rented server during a fit."""

from __future__ import annotations

from pipelines.prices.pricebook import PriceBook

SERVER = "ec2-m7g-large"
"""The price line used for fits: 2 cores, as the time estimates assume."""


def server_usd(seconds: float) -> float:
    """US dollars for `seconds` on that server."""
    return float(PriceBook().line(SERVER).usd(seconds / 3600))
