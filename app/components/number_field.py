"""A field for a number that keeps what was typed and says how it reads it.

Streamlit's own drops a comma without a word: a typed "27,5" becomes 275.
"""

from __future__ import annotations

from typing import Any, Literal, overload

import streamlit as st

from app import fields
from app.components.page import plain
from app.components.typed_number import Reading, read, shown


@overload
def draw(
    label: str, *, key: str, value: int, whole: Literal[True], optional: Literal[False] = ...,
    **options: Any,
) -> int: ...  # fmt: skip
@overload
def draw(
    label: str, *, key: str, whole: Literal[True], optional: bool = ..., **options: Any
) -> int | None: ...
@overload
def draw(label: str, *, key: str, **options: Any) -> float | None: ...
def draw(
    label: str,
    *,
    key: str,
    value: float | None = None,
    least: float | None = None,
    most: float | None = None,
    whole: bool = False,
    optional: bool = False,
    place: Any = st,
    **options: Any,
) -> float | None:
    """The number in the field; the last one where the text is no number, as a sentence says.

    `value` is the first number, `least` and `most` bound it, `whole` refuses decimals, and an empty
    field is None if it is `optional`. `options` go to the text field: `help`, `placeholder`,
    `disabled`.
    """
    first = "" if value is None else shown(value)
    fields.send_again(key)
    place.text_input(label, value=first, key=key, **options)
    bounds: dict[str, Any] = {"least": least, "most": most, "whole": whole, "optional": optional}
    reading, found = _read(key, value, **bounds)
    tell(reading, place)
    if reading.problem:
        used = "Nothing is set" if found is None else f"{shown(found)} is still set"
        place.caption(f"{used}.")
    return found


def number(key: str, value: float | None = None, **bounds: Any) -> float | None:
    """What `draw` with this key gives, also before the field is drawn; `bounds` are its own."""
    return _read(key, value, **bounds)[1]


def _read(
    key: str,
    value: float | None,
    *,
    least: float | None = None,
    most: float | None = None,
    whole: bool = False,
    optional: bool = False,
) -> tuple[Reading, float | None]:
    """How the field's text is read, and the number: the last one where it is none."""
    text = st.session_state.get(key, "" if value is None else shown(value))
    reading = _bounded(read(text, whole=whole), least, most, optional=optional)
    kept = f"{key}_number"
    if not reading.problem:
        found = reading.value
        st.session_state[kept] = int(found) if whole and found is not None else found
    return reading, st.session_state.get(kept, value)


def tell(reading: Reading, place: Any = st) -> None:
    """Below a field: why its text is no number, or how it was read where that is in doubt."""
    if reading.problem:
        place.caption(f":material/error: {plain(reading.problem)}")
    elif reading.note:
        place.caption(plain(reading.note))


def _bounded(
    reading: Reading, least: float | None, most: float | None, *, optional: bool
) -> Reading:
    value = reading.value
    if reading.problem or value is None:
        needed = not reading.problem and not optional
        return Reading(problem="A number is needed here.") if needed else reading
    if least is not None and value < least:
        return Reading(problem=f"{shown(value)} is too small: type {least:g} or more.")
    if most is not None and value > most:
        return Reading(problem=f"{shown(value)} is too large: type {most:g} or less.")
    return reading
