"""Tables (at most seven columns, units in the headers) and the format of numbers and times."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

MOST_COLUMNS = 7


def digits(value: float | None) -> str:
    """Three significant digits without an exponent: `0.0314`, `98.6`, `1,230,000`."""
    if value is None or isinstance(value, bool) or not math.isfinite(value):
        return "" if value is None or value != value else str(value)
    if value == 0:
        return "0"
    places = 2 - math.floor(math.log10(abs(value)))
    rounded = round(value, places)
    # Rounding up may add a digit before the decimal point (9.996 becomes 10.0).
    places = 2 - math.floor(math.log10(abs(rounded)))
    return f"{rounded:,.{max(places, 0)}f}"


def number(value: float | None) -> str:
    """A count in full (`100,004`), anything else to three significant digits."""
    if value is not None and not isinstance(value, bool) and float(value).is_integer():
        return f"{value:,.0f}"
    return digits(value)


def exact(value: float) -> str:
    """A value as it was read, without an exponent: `1,172.98`; of its own precision in bits."""
    if not math.isfinite(value):
        return str(value)
    return f"{Decimal(np.format_float_positional(value, trim='-')):,f}"


def signed(value: float) -> str:
    """`+0.0120`, `−0.0120`: three significant digits with their sign."""
    return ("+" if value > 0 else "−" if value < 0 else "") + digits(abs(value))


def duration(seconds: float | None) -> str:
    """`0.5 s`, `41 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds is None:
        return ""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 10:
        return f"{int(seconds) // 60} min {int(seconds) % 60} s"
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def about(seconds: float) -> str:
    """An estimated duration to two significant digits: `1 s`, `19 s`, `1 min 40 s`."""
    if seconds < 10:
        return f"{max(1, round(seconds))} s"
    step = 10 ** (math.floor(math.log10(seconds)) - 1)
    return duration(round(seconds / step) * step)


def memory(megabytes: float) -> str:
    """`320 MB`, `1.2 GB`."""
    return f"{megabytes / 1000:.1f} GB" if megabytes >= 950 else f"{max(megabytes, 1):.0f} MB"


def moment(text: str | None) -> str:
    """`23 Nov 21:55` (UTC) of an ISO 8601 time."""
    if not text:
        return ""
    at = pd.Timestamp(text)
    return f"{at.day} {at.strftime('%b %H:%M')}"


def show(
    frame: pd.DataFrame,
    *,
    key: str,
    alt: str,
    columns: dict[str, Any] | None = None,
    on_select: str | None = None,
    changed: Callable[[], None] | None = None,
    row: int | None = None,
    height: int | None = None,
    as_read: bool = False,
) -> Any:
    """A sortable table of `frame`; its columns are the headers as shown, with units.

    `columns` is Streamlit's `column_config`. With `on_select="single-row"` or "multi-row", the
    result holds the selected rows (`row` is selected at first), and `changed` is called when the
    selection changes. `as_read` shows all digits of a number instead of three. Raises
    `ValueError` above seven columns.
    """
    if frame.shape[1] > MOST_COLUMNS:
        raise ValueError(f"The table {key!r} has {frame.shape[1]} columns; 7 are readable.")
    numeric = frame.select_dtypes("number").columns
    styled = frame.style.format({name: _cell(frame[name], as_read) for name in numeric}, na_rep="")
    options: dict[str, Any] = {}
    if on_select is not None:
        options = {"on_select": changed or "rerun", "selection_mode": on_select}
        if row is not None:
            options["selection_default"] = {"selection": {"rows": [row]}}
    return st.dataframe(
        styled,
        hide_index=True,
        column_config=columns,
        key=key,
        placeholder="",
        height=height or "auto",
        alt=alt,
        **options,
    )


def _cell(values: pd.Series, as_read: bool) -> Any:
    if pd.api.types.is_integer_dtype(values):
        return number
    if not as_read:
        return digits
    # Of a float32 as float64, digits would appear that the file does not have.
    read = values.dtype.type
    return lambda value: exact(read(value))
