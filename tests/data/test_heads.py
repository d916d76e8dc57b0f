"""A plan reads the first rows in little memory, whatever the file holds: the app makes it."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable
from itertools import repeat
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.data.sources import open_source, streams
from pipelines.errors import AssayError
from pipelines.runtime import paths

MOST_MB = 600
KEYS = ",".join(f'"k{n}":1' for n in range(4_000))
MB = 1 << 20

PLANNED = """
import resource, sys
from pathlib import Path

from pipelines.data.importing.planning import plan
from pipelines.data.recipe import Recipe
from pipelines.errors import AssayError
from pipelines.runtime import memory

path, item, *others = sys.argv[1:]
for usual in others:  # loads what the server has loaded
    plan(Path(usual))
# A file that gets further than it should must not take the machine along.
held = int(next(x for x in open("/proc/self/status") if x.startswith("VmData")).split()[1])
resource.setrlimit(resource.RLIMIT_DATA, (held * 1024 + 1_500_000_000,) * 2)
before = memory.peak_mb()
try:
    print("columns:", len(plan(Path(path), Recipe(columns={"item_id": item})).columns))
except AssayError as error:
    print(error)
print(round(memory.peak_mb() - before))
"""


def gzipped(path: Path, parts: Iterable[bytes]) -> Path:
    with gzip.open(path, "wb", compresslevel=1) as file:
        for part in parts:
            file.write(part)
    return path


def many_columns(folder: Path) -> Path:
    """Rows that name none of 4,000 columns."""
    first = f'{{"user_id":"u","item_id":"i",{KEYS}}}\n'.encode()
    return gzipped(folder / "x.json.gz", [first, *repeat(b"{}\n" * (MB // 3), 50)])


def many_elements(folder: Path) -> Path:
    """Arrays whose elements name none of 4,000 columns."""
    first = f'{{"user_id":"u","items":[{{"item_id":"i",{KEYS}}}]}}\n'.encode()
    row = b'{"user_id":"u","items":[' + b"{}," * 30_000 + b"{}]}\n"
    return gzipped(folder / "x.json.gz", [first, *repeat(row, 100)])


def deep(folder: Path) -> Path:
    """Arrays within arrays, as deep as a row of a table may be long, and one that is longer."""
    rows = [b'{"user_id":"u","item_id":"i","more":' + b"[" * n + b"]" * n + b"}\n"
            for n in (10, 48_000, 48_000, 1_000_000)]  # fmt: skip
    return gzipped(folder / "x.json.gz", rows)


def deep_columns(folder: Path) -> Path:
    """Objects within objects."""
    rows = b'{"user_id":"u","item_id":"i","a":' + b'{"a":' * 15_000 + b"1" + b"}" * 15_001 + b"\n"
    return gzipped(folder / "x.json.gz", [b'{"user_id":"u","item_id":"i"}\n', *repeat(rows, 10)])


def one_line(folder: Path) -> Path:
    return gzipped(folder / "x.csv.gz", [b"user_id,item_id\n", *repeat(b"a" * MB, 500)])


def one_line_alone(folder: Path) -> Path:
    return gzipped(folder / "x.csv.gz", repeat(b"ab," * (MB // 3), 500))


def one_row(folder: Path) -> Path:
    """A document with a row of 500 MB, of values that take the most memory."""
    first = b'{"events":[{"user_id":"u","item_id":"i"},{"user_id":"u","x":['
    return gzipped(folder / "x.json.gz", [first, *repeat(b"[]," * (MB // 3), 500)])


def wide_rows(folder: Path) -> Path:
    codes = pa.array(np.zeros(1_000_000, np.int32))
    user, item = (pa.DictionaryArray.from_arrays(codes, [text]) for text in ("u", "x" * 20_000))
    pq.write_table(pa.table({"user_id": user, "item_id": item}), folder / "x.parquet")
    return folder / "x.parquet"


def wide_table(folder: Path) -> Path:
    """4,000 columns without values."""
    none = pa.nulls(20_000, pa.int8())
    names = ["user_id", "item_id", *(f"k{n}" for n in range(4_000))]
    pq.write_table(pa.table([none] * len(names), names), folder / "x.parquet")
    return folder / "x.parquet"


def long_array(folder: Path) -> Path:
    """A row with an array of 40,000,000 equal elements."""
    items = pa.ListArray.from_arrays([0, 40_000_000], pa.array(np.zeros(40_000_000, np.int8)))
    table = pa.table({"user_id": ["u"], "items": items})
    pq.write_table(table, folder / "x.parquet")
    return folder / "x.parquet"


def usual(folder: Path) -> list[Path]:
    """Files that load what planning needs: text, JSON and Parquet."""
    rows = [{"user_id": f"u{n % 7}", "item_id": f"i{n % 5}", "timestamp": n} for n in range(100)]
    table = pa.Table.from_pylist(rows)
    pq.write_table(table, folder / "usual.parquet")
    table.to_pandas().to_csv(folder / "usual.csv", index=False)
    table.to_pandas().to_json(folder / "usual.json", orient="records", lines=True)
    return [folder / f"usual.{kind}" for kind in ("parquet", "csv", "json")]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak")
@pytest.mark.parametrize(
    ("make", "says"),
    [
        (many_columns, "columns: 4002"),
        (many_elements, "columns: 4002"),
        (deep, "columns: 3"),
        (deep_columns, r"columns: \d"),
        (one_line, "'x.csv.gz' has a line of more than 4 MB; write a table with one row per"),
        (one_line_alone, "The first line of 'x.csv.gz' has more than 100,000 characters"),
        (one_row, "The JSON of 'x.json.gz' is damaged or truncated at row 2, or that row"),
        (wide_rows, "columns: 2"),
        (wide_table, "columns: 4002"),
        (long_array, "The rows of 'x.parquet' take 320 MB each, too much for events"),
    ],
)  # fmt: skip
def test_a_plan_takes_little_memory(
    make: Callable[[Path], Path], says: str, tmp_path: Path
) -> None:
    path = make(tmp_path)
    item = {many_elements: "items[].item_id", long_array: "items[]"}.get(make, "item_id")
    told = subprocess.run(
        [sys.executable, "-c", PLANNED, path, item, *usual(tmp_path)],
        cwd=paths.CHECKOUT, capture_output=True, text=True,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    said, more = told.stdout.splitlines()
    assert re.match(says, said), said
    assert int(more) < MOST_MB


def test_a_zip_file_of_very_many_files_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "events.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for n in range(20_000):
            archive.writestr(f"{n:06}.csv", "")
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert path.stat().st_size > streams.MOST_INDEX
    with pytest.raises(AssayError, match="zip file with very many files"):
        open_source(path)
