"""CSV that is safe to open in a spreadsheet: no cell runs as a formula."""

from __future__ import annotations

from typing import Any

import pandas as pd

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters of cells that a spreadsheet would run as a formula."""


def csv(frame: pd.DataFrame) -> bytes:
    """`frame` as UTF-8 CSV; text that would run as a formula is prefixed with an apostrophe."""
    texts = [name for name in frame if not pd.api.types.is_numeric_dtype(frame[name])]
    safe = frame.assign(**{str(name): frame[name].map(_harmless) for name in texts})
    return safe.rename(columns=_harmless).to_csv(index=False).encode()


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
