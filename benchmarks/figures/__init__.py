"""The figures of README and docs, measured by the commands that stand beside them.

`python -m benchmarks figures` writes them to docs/figures.json and prints the tables that the
texts hold; `tests/test_figures.py` compares the two. `ASSAY_BENCH_FIGURES` names parts to measure
(`bakeoffs,audits`); the others stay as they are.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.figures import audits, bakeoffs, curves, ml1m, offers
from benchmarks.figures.measuring import where
from pipelines.runtime import paths

FIGURES = paths.CHECKOUT / "docs" / "figures.json"


class Part:
    """Figures that are measured together: `measure` gives them, None where its data is absent."""

    def __init__(
        self, measure: Callable[[], Any], tables: Callable[[Any], list[str]], text: str
    ) -> None:
        self.measure, self.tables, self.text = measure, tables, text


PARTS = {
    "bakeoffs": Part(bakeoffs.measure, bakeoffs.tables, "README.md"),
    "audits": Part(audits.measure, audits.tables, "docs/data.md"),
    "curves": Part(curves.measure, curves.tables, "docs/data.md"),
    "offers": Part(offers.measure, offers.tables, "docs/data.md"),
    "ml-1m": Part(ml1m.measure, ml1m.tables, "docs/performance.md"),
}


def run(_peer_python: Path) -> None:
    """Measure the parts, print their tables and sentences, and write the file."""
    stored = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    for name in os.environ.get("ASSAY_BENCH_FIGURES", ",".join(PARTS)).split(","):
        found = PARTS[name].measure()
        if found is None:
            print(f"{name}: skipped, its data is not here; the stored figures stay")
            continue
        stored[name] = where() | {"found": found}
        print(f"\n{PARTS[name].text}, {name}:", *PARTS[name].tables(found), sep="\n\n")
        FIGURES.write_text(json.dumps(stored, indent=1) + "\n")
