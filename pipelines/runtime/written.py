"""Small files that a person wrote, such as specs and recipes: read and parsed with limits."""

from __future__ import annotations

import json
import stat
import tomllib
from pathlib import Path
from typing import Any

from pipelines.errors import AssayError

MOST_BYTES = 10_000_000
"""What no written file reaches; without a limit, /dev/zero or a wrong file fills the memory."""
_TOO_DEEP = "it is nested too deeply"


def text_of(path: Path) -> str:
    """The text of a file, without a byte order mark.

    Raises `OSError`, `UnicodeDecodeError`, and `AssayError` for what is no file (a pipe would wait
    for ever) or larger than `MOST_BYTES`.
    """
    if not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():
        raise AssayError(f"{path.name} is not a file; give a text file.")
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise AssayError(
            f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB, so it is not what is asked "
            "for here; check the path."
        )
    return data.decode("utf-8-sig")


def toml_of(text: str) -> dict[str, Any]:
    """The values of TOML text; `ValueError` says what is wrong with it."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None


def json_of(text: str) -> Any:
    """The value of JSON text; `ValueError` says what is wrong with it."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
