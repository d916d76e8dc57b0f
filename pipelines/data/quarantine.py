"""Quarantine: rows that cannot be used, stored with their line and the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.data.dataset import QUARANTINE

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

COLUMNS = ("table", "line", "reason", "text", "file")
"""`table` is events, items or users; `line` is physical, from 1; `text` has at most 500
characters."""

SHOWN = 80
"""Characters of a row that an example shows."""


class Quarantine:
    """The quarantine of a running import; rows are written immediately, not kept in memory."""

    def __init__(self, writer: pq.ParquetWriter) -> None:
        self._writer = writer
        self._reasons: Counter[tuple[str, str]] = Counter()
        self._first: dict[tuple[str, str], str] = {}

    def add(
        self, table: str, file: str, lines: pa.Array, reasons: pa.Array, texts: Sequence[str]
    ) -> None:
        """Add rows of one file."""
        import pyarrow as pa

        n = len(texts)
        if n == 0:
            return
        columns = [pa.array([table] * n), lines, reasons, pa.array(texts), pa.array([file] * n)]
        self._writer.write_table(pa.table(columns, schema=_schema()))
        for reason in reasons.value_counts().to_pylist():
            self._reasons[table, reason["values"]] += reason["counts"]
            if (table, reason["values"]) not in self._first:
                at = reasons.index(reason["values"]).as_py()
                shown = "".join(ch if ch.isprintable() else "·" for ch in texts[at][:SHOWN])
                more = "…" if len(texts[at]) > SHOWN else ""
                line = f"line {lines[at].as_py():,}: {shown}{more}"
                self._first[table, reason["values"]] = line

    def by_reason(self, table: str = "events") -> dict[str, int]:
        """The number of quarantined rows of `table` by reason, the most frequent first."""
        found = [(reason, n) for (of, reason), n in self._reasons.items() if of == table]
        return dict(sorted(found, key=lambda pair: (-pair[1], pair[0])))

    def examples(self, table: str = "events") -> dict[str, str]:
        """The first quarantined row of `table` for each reason: its line and how it begins."""
        return {reason: text for (of, reason), text in self._first.items() if of == table}


def _schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema([(name, pa.int64() if name == "line" else pa.string()) for name in COLUMNS])


@contextmanager
def opened(folder: Path) -> Iterator[Quarantine]:
    """The quarantine of a dataset that is being written to `folder`."""
    import pyarrow.parquet as pq

    with pq.ParquetWriter(folder / QUARANTINE, _schema(), compression="zstd") as writer:
        yield Quarantine(writer)


def read(folder: Path, columns: Sequence[str] = COLUMNS) -> pd.DataFrame:
    """The quarantine of the dataset in `folder`: table, line, reason, text, file."""
    import pandas as pd

    path = folder / QUARANTINE
    if not path.exists():
        return pd.DataFrame(columns=list(columns))
    return pd.read_parquet(path, columns=list(columns))


def head(folder: Path, rows: int) -> pd.DataFrame:
    """The first `rows` rows of the quarantine; does not read the rest of the file."""
    import pyarrow.parquet as pq

    path = folder / QUARANTINE
    if not path.exists():
        return read(folder)
    with pq.ParquetFile(path) as file:
        first = next(file.iter_batches(rows), None)
        return read(folder) if first is None else first.to_pandas()


def counts(folder: Path) -> pd.DataFrame:
    """The number of quarantined rows by table and reason, the most frequent first.

    Columns: table, reason, rows.
    """
    found = read(folder, ("table", "reason")).value_counts(["table", "reason"], sort=False)
    frame = found.rename("rows").reset_index()
    return frame.sort_values(["rows", "table", "reason"], ascending=[False, True, True])
