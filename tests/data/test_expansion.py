"""A file that would expand without end is refused early; the limit can be set."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.data.sources import expansion, open_source, parquet_tables
from pipelines.data.sources.streams import reading_bytes
from pipelines.errors import AssayError
from pipelines.runtime import memory, paths

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
        return sum(len(table) for table, _ in parquet_tables.tables(source, ["user_id", "item_id"]))
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


def wide(folder: Path, *, plain: bool) -> Path:
    """3,000,000 rows of one text of 20,000 characters, in a file of some kilobytes."""
    path, rows = folder / "events.parquet", 3_000_000
    codes = pa.array(np.zeros(rows, np.int32))
    user, item = (pa.DictionaryArray.from_arrays(codes, [text]) for text in ("u", "x" * 20_000))
    table = pa.table({"user_id": user, "item_id": item})
    pq.write_table(table, path, store_schema=not plain)
    assert path.stat().st_size < 200_000
    return path


@pytest.mark.parametrize("plain", [True, False])
def test_long_texts_that_take_nothing_in_the_file_come_in_small_tables(
    tmp_path: Path, plain: bool
) -> None:
    source = open_source(wide(tmp_path, plain=plain))
    tables = parquet_tables.tables(source, ["user_id", "item_id"])
    held = pa.total_allocated_bytes()
    for _, (table, _rows) in zip(range(3), tables, strict=False):
        assert 0 < table.nbytes <= 1.1 * parquet_tables.MOST_BYTES
        assert pa.total_allocated_bytes() - held < 5 * parquet_tables.MOST_BYTES
    tables.close()  # type: ignore[attr-defined]


SMALL_MEMORY = """
import numpy as np
from pipelines.errors import AssayError
from pipelines.runtime import memory

def take():
    with memory.bounded("The import of shop"):
        return [np.ones(10_000_000) for _ in range(40)]

try:
    take()
except AssayError as error:
    print(error)
print(len([np.ones(10_000_000) for _ in range(10)]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds what a process asks for")
def test_what_would_take_all_memory_ends_in_a_sentence() -> None:
    environment = os.environ | {"ASSAY_MOST_MEMORY_MB": "500"}
    command = [sys.executable, "-c", SMALL_MEMORY]
    told = subprocess.run(
        command, cwd=paths.CHECKOUT, env=environment, capture_output=True, text=True
    )
    assert told.stdout == (
        "The import of shop needs more than 500 MB of memory; leave out columns or rows, or use a "
        "machine with more. ASSAY_MOST_MEMORY_MB sets another limit.\n10\n"
    ), told.stderr


def test_the_limit_is_a_share_of_the_machine_or_of_its_container(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine, container = tmp_path / "meminfo", tmp_path / "memory.max"
    machine.write_text("MemTotal:       10000000 kB\nMemFree: 1 kB\n")
    monkeypatch.delenv(memory.MOST, raising=False)
    monkeypatch.setattr(memory, "MACHINE", machine)
    monkeypatch.setattr(memory, "CONTAINER", container)
    assert memory.most_mb() == pytest.approx(0.8 * 10_240)
    container.write_text("2000000000\n")
    assert memory.most_mb() == pytest.approx(1_600)
    container.write_text("max\n")
    assert memory.most_mb() == pytest.approx(0.8 * 10_240)
    monkeypatch.setenv(memory.MOST, "much")
    with pytest.raises(AssayError, match="positive whole number"):
        memory.most_mb()


def test_usual_files_are_far_from_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expansion, "FREE_BYTES", 1000)
    path = tmp_path / "events.csv.gz"
    rows = "".join(f"u{n % 997},i{n % 89},{1_700_000_000 + n * 37}\n" for n in range(20_000))
    path.write_bytes(gzip.compress(f"user_id,item_id,timestamp\n{rows}".encode()))
    assert read(path) > 300_000
