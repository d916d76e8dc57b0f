"""Uploaded files on disk, under safe names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from app import access, state

TYPES = [
    "csv", "tsv", "txt", "dat", "data", "inter", "parquet", "pq", "json", "jsonl", "ndjson", "gz",
    "zst", "zip",
]  # fmt: skip
"""What the command line reads too; it looks at the content, a browser at the name."""


def saved(file: Any) -> Path:
    """The path of an uploaded file; it is written once, not each time the page is drawn."""
    access.require("analyst", "Importing data")
    # Uploads are in the folder of unfinished work, which is cleaned regularly.
    folder = state.workspace().folders.incoming / f"upload-{slug(file.file_id)}"
    path = folder / safe(file.name)
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        with part.open("wb") as out:
            out.write(file.getbuffer())
        part.replace(path)
    return path


def saved_all(files: Iterable[Any]) -> dict[str, Any]:
    """The uploaded files as a source of events, as in the parameters of a job."""
    return {"paths": [str(saved(file)) for file in files]}


def safe(name: str) -> str:
    """The last 100 characters of a file name, without folders and unusual characters."""
    base = name.replace("\\", "/").rpartition("/")[2]
    return re.sub(r"[^A-Za-z0-9._-]", "_", base)[-100:].lstrip(".") or "events"


def slug(text: str) -> str:
    """A dataset name from a file name: `Orders 2026.csv.gz` becomes `orders-2026`."""
    stem = text.replace("\\", "/").rpartition("/")[2].partition(".")[0].lower()
    return re.sub(r"[^a-z0-9-]+", "-", stem).strip("-")[:60].strip("-") or "events"
