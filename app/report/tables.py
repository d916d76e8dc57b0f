"""The tables of a report: what stands in each cell, before any HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd

from app import look
from app.components import charts
from app.components import comparison_charts as compare_charts
from app.components.tables import digits, duration, number, signed
from app.look import Style
from pipelines.evaluation.comparison.ranking import best_first
from pipelines.evaluation.metrics.names import MAIN, installed, label
from pipelines.evaluation.results.document import BakeoffDocument, Comparison, ContenderResult
from pipelines.statistics.interval import Interval


class Cell(NamedTuple):
    """Words, smaller words beneath them, and a contender's mark in its color."""

    text: str
    small: str = ""
    mark: str = ""
    color: str = ""


@dataclass(frozen=True)
class Table:
    """Headers, and rows of as many cells; columns named in `numeric` stand at the right."""

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


def contenders(document: BakeoffDocument, found: Sequence[Comparison], metric: str) -> Table:
    """Who took part, best first: value, difference and outcome, or why there is none."""
    by_name = {c.contender: c for c in found}
    names = Names(document)
    rows = []
    for c in best_first(document.contenders, metric):
        value, compared = c.metrics.get(metric), by_name.get(c.name)
        rows.append(
            [
                names.cell(c, look.KIND_WORDS[c.kind]),
                _interval(value),
                _difference(compared),
                _outcome(c, compared, str(document.manifest.get("baseline", "popular"))),
            ]
        )
    return Table(["contender", label(metric), "difference", "outcome"], rows, frozenset({1, 2}))


def _difference(compared: Comparison | None) -> Cell:
    if compared is None:
        return Cell("")
    p = compared.p_adjusted
    ends = f"{signed(compared.low)} to {signed(compared.high)}"
    return Cell(signed(compared.difference), ends + ("" if p is None else f"; p {p_words(p)}"))


def p_words(p: float) -> str:
    """`0.03`, `below 0.001`."""
    return "below 0.001" if p < 0.001 else digits(p)


def _outcome(c: ContenderResult, compared: Comparison | None, baseline: str) -> Cell:
    if c.status != "scored":
        return Cell(c.status, c.reason or "It gave no reason.")
    if compared is not None:
        over, failed = compared.over_budget, compared.failed_required
        return Cell(look.outcome_words(compared.outcome, over, failed))
    return Cell("compared with" if c.name == baseline else "")


def costs(document: BakeoffDocument) -> Table:
    """What each contender took: time, memory, money, and how completely it answered."""
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
    head = ["contender", "fit", "p50, ms", "p95, ms", "peak memory, MB", "model, MB"]
    head += ["charged per 1,000", "answered", "over budget"]
    return _without_empty(Table(head, rows, frozenset(range(1, 8))))


def values(document: BakeoffDocument) -> dict[str, list[tuple[str, Table]]]:
    """Every metric of every scored contender with its interval, by list length: the declared
    length first, then from short to long; each table with its caption."""
    scored = [c for c in document.contenders if c.metrics]
    there = dict.fromkeys(name for c in scored for name in c.metrics)
    declared = str(document.manifest.get("metric", "ndcg@10")).partition("@")[2]
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
            found.setdefault(k, []).append((_about(columns), table))
    return found


MOST_COLUMNS = 6


def _columns(names: list[str]) -> list[list[str]]:
    """The main metrics together, then the others, six to a table."""
    main = [name for name in names if name.partition("@")[0] in MAIN]
    others = [name for name in names if name not in main]
    parts = [others[n : n + MOST_COLUMNS] for n in range(0, len(others), MOST_COLUMNS)]
    return [part for part in (main, *parts) if part]


def _about(columns: list[str]) -> str:
    """What the metrics of a table are about."""
    metrics = [name.partition("@")[0] for name in columns]
    if all(metric in MAIN for metric in metrics):
        return "What people took up later"
    found = map(installed, metrics)
    groups = dict.fromkeys("other" if m is None else str(m.group) for m in found)
    words = charts.names(groups)
    return words[0].upper() + words[1:]


def _interval(found: Interval | None) -> Cell:
    if found is None:
        return Cell("")
    return Cell(digits(found.value), f"{digits(found.low)} to {digits(found.high)}")


def _without_empty(table: Table) -> Table:
    """The table without columns in which nobody has anything."""
    kept = [n for n in range(len(table.head)) if any(row[n].text for row in table.rows)]
    return Table(
        [table.head[n] for n in kept],
        [[row[n] for n in kept] for row in table.rows],
        frozenset(at for at, n in enumerate(kept) if n in table.numeric),
    )


class Names:
    """What a document's contenders are called, and how they are marked."""

    def __init__(self, document: BakeoffDocument) -> None:
        self._titles = compare_charts.titles(document)
        self._styles: dict[str, Style] = look.styles_of(document)

    def cell(self, contender: ContenderResult, small: str = "") -> Cell:
        """A contender's name behind its mark."""
        style = self._styles[contender.name]
        title = self._titles[contender.name]
        return Cell(title, small if small != title else "", style.mark, style.color)
