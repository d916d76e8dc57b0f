"""The quarantine's file: counted by reason and looked into without reading all of it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from pipelines.data import quarantine


def filled(folder: Path) -> None:
    with quarantine.opened(folder) as bad:
        lines = pa.array(range(2, 302), pa.int64())
        reasons = pa.array(["no user" if line % 3 else "no item" for line in range(2, 302)])
        bad.add("events", "a.csv", lines, reasons, ["text"] * 300)
        bad.add("items", "b.csv", pa.array([7], pa.int64()), pa.array(["no item"]), ["x"])


def test_rows_are_counted_by_table_and_reason_most_first(tmp_path: Path) -> None:
    filled(tmp_path)
    counts = quarantine.counts(tmp_path)
    assert counts.to_numpy().tolist() == [
        ["events", "no user", 200],
        ["events", "no item", 100],
        ["items", "no item", 1],
    ]


def test_the_first_rows_are_as_they_stand_in_the_file(tmp_path: Path) -> None:
    filled(tmp_path)
    head = quarantine.head(tmp_path, 5)
    assert head["line"].tolist() == [2, 3, 4, 5, 6]
    assert tuple(head.columns) == quarantine.COLUMNS
    assert len(quarantine.head(tmp_path, 1000)) >= 300


def test_without_rows_or_file_there_is_nothing(tmp_path: Path) -> None:
    assert quarantine.counts(tmp_path).empty
    assert quarantine.head(tmp_path, 5).empty
    with quarantine.opened(tmp_path):
        pass
    assert quarantine.counts(tmp_path).empty
    assert quarantine.head(tmp_path, 5).empty
