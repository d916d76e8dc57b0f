"""The tables of a report: the content of each cell, before any HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd

from app import look
from app.compare.checks import frame as checks_frame
from app.components import charts
from app.components.results import declared_baseline, declared_metric
from app.components.tables import digits, duration, number, signed
from app.look import Style
from pipelines.evaluation.comparison.ranking import best_first
from pipelines.evaluation.metrics.names import MAIN, installed, label
from pipelines.evaluation.results.document import (
    BakeoffDocument,
    Comparison,
    ContenderResult,
    titles_of,
)
from pipelines.statistics.interval import Interval


class Cell(NamedTuple):
    """Text, smaller text beneath it, and a contender's mark in its color."""

    text: str
    small: str = ""
    mark: str = ""
    color: str = ""


@dataclass(frozen=True)
class Table:
    """Headers, and rows of as many cells; the columns in `numeric` are right-aligned."""

    head: list[str]
    rows: list[list[Cell]]
    numeric: frozenset[int] = field(default_factory=frozenset)


def of_frame(frame: pd.DataFrame) -> Table:
    """A chart's data as a table; numbers to three significant digits."""
    numeric = [pd.api.types.is_numeric_dtype(frame[c]) for c in frame]
    numeric = [n and frame[c].dtype != bool for n, c in zip(numeric, frame, strict=True)]
    rows = [
        [Cell(_shown(value)) for value in row]
        for row in frame.astype(object).itertuples(index=False)
    ]
    head = [str(c).replace("_", " ") for c in frame.columns]
    return Table(head, rows, frozenset(n for n, is_number in enumerate(numeric) if is_number))


def _shown(value: Any) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(float(value)) if isinstance(value, int | float) else str(value)


def contenders(
    document: BakeoffDocument, found: Sequence[Comparison], metric: str, *, shipped: bool = False
) -> Table:
    """The contenders, best first: value, difference and outcome, or why there is none.

    `shipped` is whether the bake-off came with Assay.
    """
    by_name = {c.contender: c for c in found}
    kinds = look.kind_labels(document, shipped=shipped)
    names = Names(document)
    rows = []
    for c in best_first(document.contenders, metric):
        value, compared = c.metrics.get(metric), by_name.get(c.name)
        rows.append(
            [
                names.cell(c, kinds[c.name]),
                _interval(value),
                _difference(compared),
                _outcome(c, compared, declared_baseline(document)),
            ]
        )
    return Table(["contender", label(metric), "difference", "outcome"], rows, frozenset({1, 2}))


def _difference(compared: Comparison | None) -> Cell:
    if compared is None:
        return Cell("")
    p = compared.p_adjusted
    ends = f"{signed(compared.low)} to {signed(compared.high)}"
    return Cell(
        signed(compared.difference), ends + ("" if p is None else f"; adjusted p {p_label(p)}")
    )


def p_label(p: float) -> str:
    """`0.03`, `below 0.001`."""
    return "below 0.001" if p < 0.001 else digits(p)


def _outcome(c: ContenderResult, compared: Comparison | None, baseline: str) -> Cell:
    if c.status != "scored":
        return Cell(c.status, c.reason or "No reason was given.")
    if compared is not None:
        over, failed = compared.over_budget, compared.failed_required
        return Cell(look.outcome_label(compared.outcome, over, failed, compared.borderline))
    return Cell("baseline" if c.name == baseline else "")


def costs(document: BakeoffDocument) -> Table:
    """Time, memory, cost and completeness of each contender."""
    names = Names(document)
    rows = [
        [
            names.cell(c),
            Cell(duration(c.fit_seconds)),
            Cell(digits(c.request_ms.p50) if c.request_ms else ""),
            Cell(digits(c.request_ms.p95) if c.request_ms else ""),
            Cell(digits(c.peak_mb)),
            Cell(digits(c.model_mb)),
            Cell(f"${digits(1000 * c.cost_usd / c.answered)}" if c.cost_usd and c.answered else ""),
            Cell(f"{c.answered:,} of {c.requested:,}"),
            Cell("; ".join(c.over_budget)),
        ]
        for c in document.contenders
    ]
    head = ["contender", "fit time", "median latency (ms)", "95th-percentile latency (ms)"]
    head += ["peak memory (MB)", "model size (MB)", "charged per 1,000 requests", "answered"]
    head += ["over budget"]
    return _without_empty(Table(head, rows, frozenset(range(1, 8))))


def values(document: BakeoffDocument) -> dict[str, list[tuple[str, Table]]]:
    """Every metric of every scored contender with its interval, by list length.

    The declared length is first, the others are in ascending order; each table has a caption.
    """
    scored = [c for c in document.contenders if c.metrics]
    there = dict.fromkeys(name for c in scored for name in c.metrics)
    declared = declared_metric(document).partition("@")[2]
    lengths = {name.partition("@")[2] for name in there}
    names = Names(document)
    found: dict[str, list[tuple[str, Table]]] = {}
    for k in sorted(lengths, key=lambda k: (k != declared, len(k), k)):
        for columns in _columns([name for name in there if name.partition("@")[2] == k]):
            rows = [
                [names.cell(c), *(_interval(c.metrics.get(m)) for m in columns)] for c in scored
            ]
            head = ["contender", *(label(m).partition("@")[0] for m in columns)]
            table = Table(head, rows, frozenset(range(1, len(head))))
            found.setdefault(k, []).append((_caption(columns), table))
    return found


MOST_COLUMNS = 6


def _columns(names: list[str]) -> list[list[str]]:
    """The main metrics together, then the others, six to a table."""
    main = [name for name in names if name.partition("@")[0] in MAIN]
    others = [name for name in names if name not in main]
    parts = [others[n : n + MOST_COLUMNS] for n in range(0, len(others), MOST_COLUMNS)]
    return [part for part in (main, *parts) if part]


def _caption(columns: list[str]) -> str:
    """The caption of a table of metrics."""
    metrics = [name.partition("@")[0] for name in columns]
    if all(metric in MAIN for metric in metrics):
        return "Accuracy on held-out interactions"
    found = map(installed, metrics)
    groups = dict.fromkeys("other" if m is None else str(m.group) for m in found)
    return f"Other metrics: {charts.names(groups)}"


def _interval(found: Interval | None) -> Cell:
    if found is None:
        return Cell("")
    return Cell(digits(found.value), f"{digits(found.low)} to {digits(found.high)}")


def checks(document: BakeoffDocument) -> Table | None:
    """The checks of the bake-off and what they found; None in older documents."""
    if document.evidence is None:
        return None
    return of_frame(checks_frame(document))


def _without_empty(table: Table) -> Table:
    """The table without empty columns."""
    filled = [n for n in range(len(table.head)) if any(row[n].text for row in table.rows)]
    return Table(
        [table.head[n] for n in filled],
        [[row[n] for n in filled] for row in table.rows],
        frozenset(at for at, n in enumerate(filled) if n in table.numeric),
    )


class Names:
    """Titles and marks of a document's contenders."""

    def __init__(self, document: BakeoffDocument) -> None:
        self._titles = titles_of(document.contenders)
        self._styles: dict[str, Style] = look.styles_of(document)

    def cell(self, contender: ContenderResult, small: str = "") -> Cell:
        """A contender's mark and title."""
        style = self._styles[contender.name]
        return Cell(self._titles[contender.name], small, style.mark, style.color)
