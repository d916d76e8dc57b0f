"""20 M rows of CSV to a dataset, its readiness, and its events back; beside pandas and RecTools.

Each part runs in a process of its own, so that its peak memory is its own. `ASSAY_BENCH_ROWS`
sets another number of rows.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROWS = int(os.environ.get("ASSAY_BENCH_ROWS", 20_000_000))
CHUNK = 1_000_000


def generate(path: Path, rows: int = ROWS, seed: int = 0) -> None:
    """Write `rows` events: string ids of rows/10 users and 100,000 items, a weight, a time.

    Users and items are drawn with a long tail; times rise over a year, as a log's do.
    """
    import pyarrow as pa
    import pyarrow.csv as pc

    draw = np.random.default_rng(seed)
    users, items = max(rows // 10, 1), 100_000
    options = pc.WriteOptions(include_header=False, quoting_style="none")
    with path.open("wb") as file:
        file.write(b"user_id,item_id,weight,timestamp\n")
        for at in range(0, rows, CHUNK):
            n = min(CHUNK, rows - at)
            user = (users * draw.random(n) ** 1.5).astype(np.int64) * 7_919 % 10_000_019
            item = (items * draw.random(n) ** 3).astype(np.int64)
            time = np.sort(1_700_000_000 + 31_536_000 * (at + n * draw.random(n)) / rows)
            table = pa.table(
                {
                    "user_id": np.char.add("u", user.astype(str)),
                    "item_id": np.char.add("sku-", item.astype(str)),
                    "weight": draw.integers(1, 6, n),
                    "timestamp": time.astype(np.int64),
                }
            )
            pc.write_csv(table, file, options)


# Each prints the seconds of its work; imports and the interpreter's start are not in them.
IMPORT = """
import sys, time
from pathlib import Path
from pipelines.data.importing.importer import import_events
from pipelines.data.importing.planning import plan
began = time.perf_counter()
folder = import_events(plan(Path(sys.argv[1])), "bench", Path(sys.argv[2], "bench"))
print(time.perf_counter() - began)
"""
LOAD = """
import sys, time
from pathlib import Path
from pipelines.data.dataset import load
began = time.perf_counter()
found = load(Path(sys.argv[2], "bench"))
print(time.perf_counter() - began)
assert len(found.interactions) == found.about.kept
"""
READINESS = """
import sys, time
from pathlib import Path
from pipelines.data import readiness
from pipelines.data.dataset import load
found = load(Path(sys.argv[2], "bench"))
began = time.perf_counter()
readiness.document(found)
print(time.perf_counter() - began)
"""
PEER = """
import sys, time
import pandas as pd
from rectools import Columns
from rectools.dataset import Dataset
began = time.perf_counter()
frame = pd.read_csv(sys.argv[1])
print(time.perf_counter() - began)
frame = frame.rename(columns={"timestamp": Columns.Datetime})
frame[Columns.Datetime] = pd.to_datetime(frame[Columns.Datetime], unit="s")
Dataset.construct(frame)
print(time.perf_counter() - began)
"""
_MEASURED = """
import resource, subprocess, sys
done = subprocess.run([sys.argv[1], "-c", *sys.argv[2:]], stdout=subprocess.PIPE, text=True)
print(done.stdout.split()[-1], resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6)
sys.exit(done.returncode)
"""


def measured(python: Path, code: str, *arguments: str) -> tuple[float, float]:
    """Seconds that `code` printed last, and the peak memory of its process, GB."""
    command = [sys.executable, "-c", _MEASURED, str(python), code, *arguments]
    # Compiled modules are kept between runs, as they are wherever nobody forbids it.
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    told = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, env=kept
    ).stdout.split()
    return float(told[0]), float(told[1])


def run(peer_python: Path) -> None:
    ours = Path(sys.executable)
    with tempfile.TemporaryDirectory() as folder:
        events, home = Path(folder) / "events.csv", str(Path(folder) / "home")
        generate(events)
        print(f"{ROWS:,} rows, {events.stat().st_size / 1e6:,.0f} MB of CSV")
        # Kernels are compiled once per machine, with the first small import.
        generate(Path(folder) / "small.csv", 10_000)
        measured(ours, IMPORT, str(Path(folder) / "small.csv"), str(Path(folder) / "warm"))
        parts = (
            ("Assay: import, checked line by line, written", ours, IMPORT),
            ("Assay: Interactions from the workspace", ours, LOAD),
            ("Assay: readiness", ours, READINESS),
            ("pandas read_csv + RecTools 0.19 Dataset.construct, in memory", peer_python, PEER),
        )
        for title, python, code in parts:
            seconds, gigabytes = measured(python, code, str(events), home)
            print(f"{title}: {seconds:.1f} s, peak {gigabytes:.2f} GB", flush=True)
        about = json.loads((Path(home) / "bench" / "about.json").read_text())
        assert about["rows_in"] == ROWS, about["rows_in"]
        print(f"kept {about['kept']:,}, folded {about['folded']:,}")
