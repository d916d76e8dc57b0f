"""A file that would expand without end is refused early; the limit can be set."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.data.sources import expansion, open_source, parquet
from pipelines.data.sources.streams import reading_bytes
from pipelines.errors import AssayError

ROWS = 400_000


def zipped(folder: Path) -> Path:
    path = folder / "events.csv.gz"
    path.write_bytes(gzip.compress(b"user_id,item_id\n" + b"u,i\n" * ROWS))
    return path


def zstandard(folder: Path) -> Path:
    path = folder / "events.csv.zst"
    path.write_bytes(pa.compress(b"user_id,item_id\n" + b"u,i\n" * ROWS, "zstd", asbytes=True))
    return path


def columns(folder: Path) -> Path:
    path = folder / "events.parquet"
    equal = pa.array(["u"] * ROWS).dictionary_encode()
    pq.write_table(pa.table({"user_id": equal, "item_id": equal}), path)
    return path


def read(path: Path) -> int:
    """All of a file, as an import reads it; the number of bytes or rows."""
    source = open_source(path)
    if source.kind == "parquet":
        return sum(len(table) for table, _ in parquet.tables(source, ["user_id", "item_id"]))
    total = 0
    with reading_bytes(path, source.packing) as some:
        while got := some(1 << 16):
            total += len(got)
    return total


@pytest.mark.parametrize("make", [zipped, zstandard, columns])
def test_a_bomb_is_refused_and_the_limit_can_be_raised(
    make: Callable[[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path)
    assert read(path) >= ROWS  # as long as it is small, nobody minds
    monkeypatch.setattr(expansion, "FREE_BYTES", 100_000)
    with pytest.raises(AssayError, match=r"expands to more than 200 times .*ASSAY_MOST_EXPANSION"):
        read(path)
    monkeypatch.setenv(expansion.MOST, "100000")
    assert read(path) >= ROWS
    monkeypatch.setenv(expansion.MOST, "many")
    with pytest.raises(AssayError, match="positive whole number"):
        read(path)


def test_usual_files_are_far_from_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expansion, "FREE_BYTES", 1000)
    path = tmp_path / "events.csv.gz"
    rows = "".join(f"u{n % 997},i{n % 89},{1_700_000_000 + n * 37}\n" for n in range(20_000))
    path.write_bytes(gzip.compress(f"user_id,item_id,timestamp\n{rows}".encode()))
    assert read(path) > 300_000
