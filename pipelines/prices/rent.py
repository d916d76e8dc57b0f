"""What a rented server costs for the time that a fit takes."""

from __future__ import annotations

from pipelines.prices.pricebook import PriceBook

SERVER = "ec2-m7g-large"
"""The line of the price book that fits are priced by: 2 cores, as the estimates assume."""


def server_usd(seconds: float) -> float:
    """US dollars for `seconds` on that server."""
    return float(PriceBook().line(SERVER).usd(seconds / 3600))
