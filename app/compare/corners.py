"""Names beside the points of a scatter, at corners where they meet nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from app.components.comparison_charts import rows_of

CORNERS: dict[str, dict[str, Any]] = {
    "right above": {"align": "left", "dx": 12, "dy": -9},
    "right below": {"align": "left", "dx": 12, "dy": 12},
    "left above": {"align": "right", "dx": -12, "dy": -9},
    "left below": {"align": "right", "dx": -12, "dy": 12},
    "right": {"align": "left", "dx": 14, "dy": 1},
    "left": {"align": "right", "dx": -14, "dy": 1},
    "above": {"align": "center", "dx": 0, "dy": -18},
    "below": {"align": "center", "dx": 0, "dy": 20},
}
"""Where a name may stand beside its point."""
WIDE, TALL = 440.0, 280.0
"""Of the plot, pixels: a narrow one, so that wider ones have room."""
LETTER = 6.4

Box = tuple[float, float, float, float]
"""Left, right, top, bottom."""


def corners(frame: pd.DataFrame, field: str, limits: tuple[float, float]) -> list[str]:
    """For each point (`field` across, log; `value` up) the place of its name (`word`) that
    covers least of other names, points and intervals; of equals the first."""
    bottom, top = padded(frame)
    across = WIDE * np.log(frame[field] / limits[0]) / np.log(limits[1] / limits[0])
    down = {name: TALL * (top - frame[name]) / (top - bottom) for name in ("value", "low", "high")}
    taken: list[Box] = [
        box
        for x, y, low, high in zip(across, down["value"], down["low"], down["high"], strict=True)
        for box in ((x - 9, x + 9, y - 9, y + 9), (x - 2, x + 2, high, low))
    ]
    chosen = []
    for row, x, y in zip(rows_of(frame), across, down["value"], strict=True):
        # Inwards first: in a narrow window a name beside the edge would be cut.
        inwards = "right" if x < WIDE / 2 else "left"
        boxes = {c: _box(x, y, row.word, CORNERS[c]) for c in CORNERS}
        ranked = sorted(
            boxes,
            key=lambda c: (
                _outside(boxes[c]) + sum(_covered(boxes[c], t) for t in taken),
                not c.startswith(inwards),
            ),
        )
        taken.append(boxes[ranked[0]])
        chosen.append(ranked[0])
    return chosen


def _box(x: float, y: float, word: str, mark: dict[str, Any]) -> Box:
    width = LETTER * len(word)
    share = {"left": 0.0, "center": 0.5, "right": 1.0}[mark["align"]]
    left = x + mark["dx"] - share * width
    return (left, left + width, y + mark["dy"] - 8, y + mark["dy"] + 8)


def _outside(box: Box) -> float:
    """What of a name's area would stand outside the plot, square pixels."""
    beyond = max(0.0, -box[0]) + max(0.0, box[1] - WIDE)
    return beyond * (box[3] - box[2])


def _covered(a: Box, b: Box) -> float:
    """The area that two boxes share, square pixels."""
    wide = min(a[1], b[1]) - max(a[0], b[0])
    tall = min(a[3], b[3]) - max(a[2], b[2])
    return max(0.0, wide) * max(0.0, tall)


def padded(frame: pd.DataFrame) -> list[float]:
    """The range of the intervals with some room; never below zero where all values are above."""
    low, high = float(frame["low"].min()), float(frame["high"].max())
    room = 0.08 * ((high - low) or abs(high) or 1.0)
    return [max(0.0, low - room) if low >= 0 else low - room, high + room]
