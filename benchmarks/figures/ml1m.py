"""A bake-off on MovieLens 1M, whose data may not be passed on."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from benchmarks.figures.measuring import assay, cell, short, table
from pipelines.runtime import paths

SPECS = ("popular", "als", "ease-recent", "two-stage")
METRIC = "ndcg@10"


def folder() -> Path | None:
    """The folder with ratings.parquet and movies.parquet of MovieLens 1M, if there is one."""
    beside = paths.CHECKOUT.parent / "shared" / "data" / "ml-1m"
    found = Path(os.environ.get("ASSAY_ML1M", beside))
    return found if (found / "ratings.parquet").exists() else None


def measure() -> dict[str, Any] | None:
    """The bake-off; None where the data is not here."""
    return None if folder() is None else bakeoff(*SPECS)


def bakeoff(*specs: str) -> dict[str, Any]:
    """Import and bake-off, with seconds of both together."""
    data = folder()
    if data is None:
        raise FileNotFoundError("MovieLens 1M is not here; name its folder in ASSAY_ML1M")
    arguments = [*specs, "--data", "ml-1m", "--split", "last-n:10"]
    began = time.perf_counter()
    ratings, movies = str(data / "ratings.parquet"), str(data / "movies.parquet")
    document = assay(
        ["data", "import", ratings, "--name", "ml-1m", "--items", movies],
        ["bakeoff", *arguments, "--json"],
    )
    seconds = time.perf_counter() - began
    return {
        "command": f"assay bakeoff {' '.join(arguments)}",
        "users": document["manifest"]["users"],
        "seconds": seconds,
        "contenders": {
            c["name"]: {
                **c["metrics"][METRIC],
                "sd": (c["spread"] or {}).get("sd"),
                "fit_seconds": c["fit_seconds"],
                "p50_ms": c["request_ms"]["p50"],
                "p95_ms": c["request_ms"]["p95"],
                "peak_mb": c["peak_mb"],
            }
            for c in document["contenders"]
        },
    }


def tables(found: dict[str, Any]) -> list[str]:
    """A row per contender, and a sentence on the whole command."""
    head = ["contender", "NDCG@10 (95%)", "fit, s", "request p50, ms", "p95, ms", "peak, MB"]
    rows = [
        [
            name,
            cell(one),
            f"{one['fit_seconds']:.1f}",
            short(one["p50_ms"]),
            short(one["p95_ms"]),
            f"{one['peak_mb']:,.0f}",
        ]
        for name, one in found["contenders"].items()
    ]
    whole = (
        f"Import and bake-off took {found['seconds']:.0f} s, with three fits of what draws and two "
        "other orders of tied times"
    )
    return [table(head, rows), whole]
