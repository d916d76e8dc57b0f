"""A shop's order export, as shops' systems write it: cancellations, missing customers."""

from __future__ import annotations

import random

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
ROWS = 600
CANCELLED = 20
NOBODY = 60


def orders(rows: int = ROWS, *, month: int = 12, drop: str = "") -> bytes:
    """`rows` order lines of a month of 2010, dates written month first; seeded.

    Every 30th is a cancellation (C before the number, negative quantity), every 10th has no
    customer. `drop` names a column that is left out.
    """
    draw = random.Random(month)
    lines = [HEADER.split(",")]
    for at in range(rows):
        day, hour = 1 + at * 28 // rows, 8 + draw.randrange(10)
        item = min(int(draw.expovariate(0.15)), 39)
        cancelled, nobody = at % 30 == 7, at % 10 == 3
        lines.append(
            [
                f"{'C' if cancelled else ''}{536365 + at // 3}",
                f"{85000 + item}{'A' if item % 5 == 0 else ''}",
                f'"LANTERN, NO. {item}"',
                str(-1 if cancelled else 1 + draw.randrange(12)),
                f"{month}/{day}/2010 {hour}:{draw.randrange(60):02d}",
                f"{1 + item * 0.25:.2f}",
                "" if nobody else str(12000 + draw.randrange(80)),
                "United Kingdom" if at % 8 else "France",
            ]
        )
    at = HEADER.split(",").index(drop) if drop else -1
    kept = [[cell for i, cell in enumerate(line) if i != at] for line in lines]
    return ("\n".join(",".join(line) for line in kept) + "\n").encode()
