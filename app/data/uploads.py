"""Uploaded files on disk, under names that can do no harm."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from app import access, state

TYPES = ["csv", "tsv", "txt", "dat", "parquet", "jsonl", "ndjson", "gz", "zst"]


def kept(file: Any) -> Path:
    """The uploaded file on disk; written once, however often the page is drawn."""
    access.require("analyst", "Importing data")
    # Uploads lie where unfinished work lies: what nobody imports is tidied away.
    folder = state.workspace().folders.incoming / f"upload-{slug(file.file_id)}"
    path = folder / safe(file.name)
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        with part.open("wb") as out:
            out.write(file.getbuffer())
        part.replace(path)
    return path


def kept_all(files: Iterable[Any]) -> dict[str, Any]:
    """The uploaded files as a source of events, as the parameters of a job name it."""
    return {"paths": [str(kept(file)) for file in files]}


def safe(name: str) -> str:
    """The last 100 characters of an upload's own name, without folders and odd signs."""
    own = name.replace("\\", "/").rpartition("/")[2]
    return re.sub(r"[^A-Za-z0-9._-]", "_", own)[-100:].lstrip(".") or "events"


def slug(text: str) -> str:
    """A dataset's name from a file's: `Orders 2026.csv.gz` becomes `orders-2026`."""
    stem = text.replace("\\", "/").rpartition("/")[2].partition(".")[0].lower()
    return re.sub(r"[^a-z0-9-]+", "-", stem).strip("-")[:60].strip("-") or "events"
