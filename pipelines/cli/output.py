"""Output of the command line: tables for people, one JSON document for scripts."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from pipelines.errors import AssayError
from pipelines.runtime.phrases import number_of
from pipelines.runtime.progress import Progress
from pipelines.runtime.redact import redact

if TYPE_CHECKING:
    import pandas as pd

    from pipelines.statistics.interval import Interval

# If stdout is not a terminal, rich would assume 80 columns and fold every table.
_out = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Control characters except tab and line feed."""
_err = Console(stderr=True, highlight=False)


def document(value: Any) -> None:
    """Print one JSON document to stdout."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    print(_CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def harmless(text: str) -> str:
    """The text with control characters spelled out: an id may hold codes that steer a terminal."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def say(text: str) -> None:
    if text:
        _out.print(harmless(text), markup=False)


def warn(text: str) -> None:
    """Print a sentence to stderr."""
    _err.print(harmless(redact(text)), markup=False)


def heading(text: str) -> None:
    _out.print(f"\n{text}", style="bold")


@contextmanager
def progress(title: str) -> Iterator[Progress]:
    """A progress bar on stderr."""
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=_err, transient=True) as bars:
        task = bars.add_task(title, total=1.0)

        def show(share: float, message: str) -> None:
            bars.update(task, completed=share, description=harmless(message)[:60])

        yield show


class _Harmless(Table):
    def add_row(self, *cells: Any, **options: Any) -> None:
        shown = (harmless(cell) if isinstance(cell, str) else cell for cell in cells)
        super().add_row(*shown, **options)


def new_table(*headers: str, right: Sequence[int] = ()) -> Table:
    """An empty table without rules; `right` are the columns to align right."""
    table = _Harmless(box=None, pad_edge=False, header_style="bold")
    for at, header in enumerate(headers):
        table.add_column(
            header, justify="right" if at in right else "left", overflow="fold", no_wrap=at > 0
        )
    return table


def print_table(filled: Table) -> None:
    _out.print(filled)


def three(value: float | None) -> str:
    """Three significant digits, with an exponent only for small numbers."""
    if value is None:
        return "–"
    if value == 0 or 1e-4 <= abs(value) < 1e3:
        return f"{value:.3g}"
    return f"{value:,.0f}" if abs(value) >= 1e3 else f"{value:.2e}"


def interval(found: Interval | None) -> str:
    if found is None:
        return "–"
    return f"{three(found.value)} ({three(found.low)} to {three(found.high)})"


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write lists to a .csv or .parquet file, completely or not at all."""
    if path.suffix not in (".csv", ".parquet"):
        raise AssayError(f"{path.name} is neither .csv nor .parquet; use one of these for --out.")
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if path.suffix == ".csv":
            frame.to_csv(temporary, index=False)
        else:
            frame.to_parquet(temporary, index=False)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise AssayError(f"{path} cannot be written: {error.strerror or error}.") from None
    warn(f"{number_of(len(frame), 'row')} in {path}")
