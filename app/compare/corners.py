"""Places labels beside the points of a scatter chart without overlaps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from app.components.charts import rows_of

CORNERS: dict[str, dict[str, Any]] = {
    "right above": {"align": "left", "dx": 12, "dy": -9},
    "right below": {"align": "left", "dx": 12, "dy": 12},
    "left above": {"align": "right", "dx": -12, "dy": -9},
    "left below": {"align": "right", "dx": -12, "dy": 12},
    "right": {"align": "left", "dx": 14, "dy": 1},
    "left": {"align": "right", "dx": -14, "dy": 1},
    "above": {"align": "center", "dx": 0, "dy": -18},
    "below": {"align": "center", "dx": 0, "dy": 20},
    "right of the top": {"align": "left", "dx": 7, "dy": 4},
    "left of the top": {"align": "right", "dx": -7, "dy": 4},
    "over the top": {"align": "center", "dx": 0, "dy": -10},
    "right of the bottom": {"align": "left", "dx": 7, "dy": -4},
    "left of the bottom": {"align": "right", "dx": -7, "dy": -4},
    "under the bottom": {"align": "center", "dx": 0, "dy": 10},
}
"""Where a label may be placed relative to its point, or to an end of its interval; offsets in
pixels."""
CROSSED = 8.0
"""How much worse it is to cover a line than to cover the same area of something else: a line
through a word makes it illegible, though its area is small."""
WIDE, TALL = 440.0, 280.0
"""Assumed size of the plot in pixels: narrow, so that wider plots have room too."""
LETTER = 6.4
"""Average width of a letter, in pixels."""

Box = tuple[float, float, float, float]
"""Left, right, top, bottom, in pixels."""


def end(corner: str) -> str:
    """The column that a place is relative to: `value`, or the `high` or `low` of the interval."""
    return "high" if "top" in corner else "low" if "bottom" in corner else "value"


def corners(frame: pd.DataFrame, field: str, limits: tuple[float, float]) -> list[str]:
    """For each point, the place of its label that covers least of labels, points and lines.

    `field` is on the log x axis, `value` on the y axis, `label` is the text; the lines are the
    intervals and the Pareto front (`front`, if it is there). The first of equal places wins.
    """
    bottom, top = padded(frame)
    across = WIDE * np.log(frame[field] / limits[0]) / np.log(limits[1] / limits[0])
    down = {name: TALL * (top - frame[name]) / (top - bottom) for name in ("value", "low", "high")}
    taken: list[Box] = [
        (x - 9, x + 9, y - 9, y + 9) for x, y in zip(across, down["value"], strict=True)
    ]
    lines: list[Box] = [
        (x - 2, x + 2, high, low)
        for x, low, high in zip(across, down["low"], down["high"], strict=True)
    ]
    if "front" in frame:
        front = frame["front"].to_numpy(bool)
        lines += _steps(across[front].to_numpy(), down["value"][front].to_numpy())
    chosen = []
    for at, row in enumerate(rows_of(frame)):
        x = across.iloc[at]
        # Inward first: in a narrow window, a label at the edge would be cut.
        inwards = "right" if x < WIDE / 2 else "left"
        boxes = {c: _box(x, down[end(c)].iloc[at], row.label, CORNERS[c]) for c in CORNERS}
        ranked = sorted(
            boxes,
            key=lambda c: (
                _outside(boxes[c])
                + sum(_covered(boxes[c], t) for t in taken)
                + CROSSED * sum(_covered(boxes[c], line) for line in lines),
                end(c) != "value",  # a name beside its point is clearest
                not c.startswith(inwards),
            ),
        )
        taken.append(boxes[ranked[0]])
        chosen.append(ranked[0])
    return chosen


def _steps(across: np.ndarray, down: np.ndarray) -> list[Box]:
    """The Pareto front as thin boxes: each point's level up to the next point."""
    return [
        (left, right, y - 1, y + 1)
        for left, right, y in zip(across[:-1], across[1:], down[:-1], strict=True)
    ]


def _box(x: float, y: float, label: str, mark: dict[str, Any]) -> Box:
    width = LETTER * len(label)
    share = {"left": 0.0, "center": 0.5, "right": 1.0}[mark["align"]]
    left = x + mark["dx"] - share * width
    return (left, left + width, y + mark["dy"] - 8, y + mark["dy"] + 8)


def _outside(box: Box) -> float:
    """The area of a label outside the plot, in square pixels."""
    beyond = max(0.0, -box[0]) + max(0.0, box[1] - WIDE)
    over = max(0.0, -box[2]) + max(0.0, box[3] - TALL)
    return beyond * (box[3] - box[2]) + over * (box[1] - box[0])


def _covered(a: Box, b: Box) -> float:
    """The area that two boxes share, in square pixels."""
    wide = min(a[1], b[1]) - max(a[0], b[0])
    tall = min(a[3], b[3]) - max(a[2], b[2])
    return max(0.0, wide) * max(0.0, tall)


def padded(frame: pd.DataFrame) -> list[float]:
    """The range of the intervals with a margin; not below zero if no interval is."""
    low, high = float(frame["low"].min()), float(frame["high"].max())
    margin = 0.08 * ((high - low) or abs(high) or 1.0)
    return [max(0.0, low - margin) if low >= 0 else low - margin, high + margin]
