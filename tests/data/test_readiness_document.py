"""docs/readiness.md names every check, threshold's source, approach, event and field."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pyarrow as pa

from pipelines.data import readiness
from pipelines.data.dataset import Dataset, ImportCounts, load, save
from pipelines.data.readiness import Report, Verdict
from pipelines.data.readiness.tracking_events import EVENTS, FIELDS
from pipelines.runtime import paths
from pipelines.testing import datasets as synthetic
from tests.data.test_readiness import made

TEXT = (paths.CHECKOUT / "docs" / "readiness.md").read_text()
VERDICTS = set(get_args(Verdict))


def reports(folder: Path) -> list[Report]:
    """Datasets that between them lead to every check: with types, without, without times."""
    rows = [(u, i, u * 3600) for u in range(9) for i in range(4)]
    kinds = {"send": 30, "open": 3, "purchase": 3}
    full = made(rows, rows_in=36, arrivals=ImportCounts(event_types=kinds))
    full.user_frame["age"] = 30
    full.catalogue.frame["price"] = 1.0
    save(full, folder, pa.table({"propensity": [0.5] * len(rows)}))
    datasets: list[Dataset] = [
        load(folder), synthetic.dataset(), made([(0, 0, 0), (1, 1, 0)], arrivals=ImportCounts()),
    ]  # fmt: skip
    return [readiness.report(dataset) for dataset in datasets]


def test_every_check_is_documented(tmp_path: Path) -> None:
    found = {finding.check for report in reports(tmp_path) for finding in report.findings}
    tables = [line for line in TEXT.splitlines() if line.startswith("| `")]
    named = {name for line in tables for name in re.findall("`([^`]+)`", line.split("|")[1])}
    assert named - VERDICTS == found


def test_every_approach_stands_there_with_its_source(tmp_path: Path) -> None:
    for name, approach in reports(tmp_path)[0].approaches.items():
        row = next(line for line in TEXT.splitlines() if line.startswith(f"| {name} |"))
        assert approach.source in row


def test_every_threshold_stands_in_its_row(tmp_path: Path) -> None:
    for report in reports(tmp_path):
        for finding in report.findings:
            row = next(line for line in TEXT.splitlines() if f"`{finding.check}`" in line)
            if finding.threshold is None or finding.check == "repeated events, share":
                assert "a figure" in row or "at most" in row, finding.check
            else:
                said = f"{finding.threshold:,}".removesuffix(".0").replace("-", "−")
                assert said.replace("0.", ".") in row, finding.check
                assert finding.source in row


def test_every_event_and_field_of_the_plan_is_documented() -> None:
    assert [name for name in (*EVENTS, *(f.name for f in FIELDS)) if f"`{name}`" not in TEXT] == []
