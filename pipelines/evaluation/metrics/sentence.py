"""What a hit rate says, in a sentence that needs no knowledge of metrics."""

from __future__ import annotations

from math import ceil, floor

from pipelines.statistics.interval import Interval


def visits(hit_rate: Interval, k: int) -> str:
    """`hit_rate@k` with its interval as a count of visits.

    "In 100 visits with 10 places, 31 (29 to 33) find something they later chose." A visit is
    one evaluated user's list of k places. Of 1,000 or 10,000 visits where the rate is below
    1 % or 0.1 %; the ends are rounded outward, so that no interval looks narrower than it is.
    """
    base = next((b for b in (100, 1_000) if hit_rate.value * b >= 1), 10_000)
    if hit_rate.value == 0:
        base = 100
    count = round(hit_rate.value * base)
    # Nine digits: a product such as .29 * 100 = 28.999999999999996 is no reason to go down.
    low = floor(round(hit_rate.low * base, 9))
    high = ceil(round(hit_rate.high * base, 9))
    shown = f"{count:,}" if count else "none"
    finds = "finds" if count == 1 else "find"
    places = "1 place" if k == 1 else f"{k} places"
    return (
        f"In {base:,} visits with {places}, {shown} ({low:,} to {high:,}) {finds} something they "
        "later chose."
    )
