"""What was typed in a case's form, as the inputs that differ from the case."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.components.typed_number import read as read_number
from app.decide.case_values import (
    NOTES,
    PARTS,
    WHOLE,
    WITHOUT,
    Values,
    flat,
    inputs,
    is_note,
    is_number,
    merged,
    note_of,
)
from pipelines.economics.case import Case


def read(base: Case, draft: Values, key: str) -> Values:
    """The inputs that differ from `base`: those in the widgets, otherwise those of `draft`.

    Text that is not readable as a number stays text, as typed, which `changed_case` refuses.
    """
    start = flat(base)
    inputs_now = start | {path: v for path, v in draft.items() if path in inputs()}
    given = {path: _read(path, value, key) for path, value in inputs_now.items()}
    given["title"] = given["title"] or start["title"]
    changes = {path: value for path, value in given.items() if value != start.get(path)}
    left_out = {WITHOUT: draft[WITHOUT]} if draft.get(WITHOUT) else {}
    return changes | left_out | _read_notes(base, draft, key)


def _read_notes(base: Case, draft: Values, key: str) -> Values:
    """The sources and authors that differ from the case's."""
    notes = {path: text for path, text in draft.items() if is_note(path)}
    for table in NOTES:
        for name in inputs():
            typed = st.session_state.get(f"{key}_{table}.{name}")
            if typed is not None:
                notes[f"{table}.{name}"] = typed.strip()
    return {p: text for p, text in notes.items() if text != note_of(base, p)}


def _read(path: str, value: Any, key: str) -> Any:
    """The value in an input's widgets; `value` if they are not drawn."""
    session, name = st.session_state, f"{key}_{path}"
    if path.endswith(".overrun"):
        if name + "_drawn" not in session:
            return value
        if session[name + "_drawn"]:
            return "it-projects"
        value = 1.0 if value == "it-projects" else value
    if inputs()[path].range:
        if f"{name}_mode" not in session:
            return value
        return merged(*(_typed(path, session[f"{name}_{part}"]) for part in PARTS))
    if name not in session:
        return value
    return _typed(path, session[name]) if is_number(path) else session[name]


def _typed(path: str, text: str) -> Any:
    """A number of the form as the case has it: 2.4% is 0.024, not 0.024000000000000004."""
    last = path.rpartition(".")[2]
    found = read_number(text, whole=last in WHOLE)
    if found.problem:
        return text.strip()
    if found.value is None or last in WHOLE:
        return WHOLE.get(last) if found.value is None else int(found.value)
    return float(f"{found.value / inputs()[path].scale:.12g}")
