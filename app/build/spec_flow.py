"""A spec as boxes and bands: the frames of `flow_chart`."""

from __future__ import annotations

from math import sqrt
from typing import Any

import pandas as pd

from app.build.spec_editor import title
from app.components.tables import duration
from pipelines.runtime.phrases import noun_for

GAP = 0.025
LEAST = 0.16
"""Minimum height of a box as a share of the chart: two lines of text fit."""


def nodes_and_links(
    doc: dict[str, Any],
    k: int,
    seconds: dict[str, float],
    chosen: str | None,
    items: int | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """The frames of `flow_chart.chart`, and the number of columns.

    `seconds` has the estimated fit time of each stage by its id (`candidates:0`), and `items` is
    the size of the catalogue, if there is one.
    """
    columns = _columns(doc, k, items)
    total = max(sum(size for _, _, size, _ in columns[0]), 1)
    rows: list[dict[str, Any]] = []
    spans: list[tuple[float, float]] = []
    for at, column in enumerate(columns):
        height = 1.0 if at == 0 else max(LEAST * len(column), sqrt(min(1.0, column[0][2] / total)))
        low = top = 0.5 + height / 2
        whole = sum(size for _, _, size, _ in column) or 1
        share = height - GAP * (len(column) - 1)
        heights = _at_least([share * size / whole for _, _, size, _ in column], share)
        for (id, name, _, label), tall in zip(column, heights, strict=True):
            low = top - tall
            fit_time = duration(seconds[id]) if seconds.get(id, 0.0) >= 0.05 else ""
            rows.append(
                {
                    "id": id,
                    "column": at,
                    "low": low,
                    "high": top,
                    "title": name,
                    "label": " · ".join(part for part in (label, fit_time) if part),
                    "kind": id.partition(":")[0],
                    "chosen": id == chosen,
                }
            )
            top = low - GAP
        spans.append((low, 0.5 + height / 2))
    nodes = pd.DataFrame(rows)
    return nodes, _links(nodes, spans), len(columns)


def funnel(doc: dict[str, Any], k: int, items: int | None = None) -> str:
    """`500 → 100 → 10 items` leave the generators, each ranker, and the pipeline.

    None is more than the `items` of the catalogue.
    """
    proposed = sum(int(block.get("k", 200)) for block in doc["candidates"])
    ranked = [int(block.get("keep", 100)) for block in doc.get("rankers", [])]
    left = [_at_most(n, items) for n in (proposed, *ranked, k)]
    return f"{' → '.join(map(str, left))} {noun_for(left[-1], 'item')}"


def _at_most(n: int, items: int | None) -> int:
    return n if items is None else min(n, items)


def _columns(
    doc: dict[str, Any], k: int, items: int | None
) -> list[list[tuple[str, str, float, str]]]:
    """The boxes of each column: id, title, size, label."""
    k = _at_most(k, items)
    first = []
    for i, b in enumerate(doc["candidates"]):
        proposed = _at_most(int(b.get("k", 200)), items)
        first.append((f"candidates:{i}", _generator(b), float(proposed), str(proposed)))
    columns = [first]
    for i, b in enumerate(doc.get("rankers", [])):
        keep = _at_most(int(b.get("keep", 100)), items)
        name = title("rankers", b["stage"])
        columns.append([(f"rankers:{i}", name, float(keep), str(keep))])
    rules = doc.get("rules", [])
    if rules:
        columns.append(
            [(f"rules:{i}", title("rules", b["stage"]), float(k), "") for i, b in enumerate(rules)]
        )
    columns.append([("list:0", "List", float(k), str(k))])
    return columns


def _generator(block: dict[str, Any]) -> str:
    window = block.get("window_days")
    days = f" {window:g} {noun_for(window, 'day')}" if window else ""
    return title("candidates", block["stage"]) + days


def _at_least(heights: list[float], whole: float) -> list[float]:
    """Heights that add up to `whole`, each at least a minimum."""
    floor = min(0.115, whole / len(heights))
    raised = [max(h, floor) for h in heights]
    over = sum(raised) - whole
    room = sum(h - floor for h in raised)
    return [h - (h - floor) * over / room if room > 0 else h for h in raised]


def _links(nodes: pd.DataFrame, spans: list[tuple[float, float]]) -> pd.DataFrame:
    """A band from each box to the next column; the ends are stacked."""
    links = []
    for at in range(len(spans) - 1):
        boxes = nodes[nodes["column"] == at].to_dict("records")
        low, high = spans[at + 1]
        if at > 0 and len(boxes) > 1:  # rules apply one after the other: a single band
            boxes = [{"low": spans[at][0], "high": spans[at][1]}]
        tall = sum(b["high"] - b["low"] for b in boxes)
        top = high
        for box in boxes:
            share = (box["high"] - box["low"]) / tall * (high - low)
            links.append(
                {
                    "column": at,
                    "next": at + 1,
                    "low": box["low"],
                    "high": box["high"],
                    "next_low": top - share,
                    "next_high": top,
                }
            )
            top -= share
    return pd.DataFrame(links)
