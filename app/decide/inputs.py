"""The choice of a case and its form; changes are kept as a query parameter."""

from __future__ import annotations

import streamlit as st

from app.components import toolbar
from app.decide import case_form
from app.decide.case_values import Values, from_text, to_text
from pipelines.economics.case import Case, blank_case, load_case

OWN = "own"
CASES = {
    OWN: "your own",
    "shop": "shop",
    "video": "video",
    "data-poor": "little data",
}
CASE, CHANGES = "decide_case", "decide_inputs"
"""Query parameters: the case, and the inputs that differ from it."""


def base_case() -> tuple[str, Case]:
    """The name of the chosen case, and the case before changes."""
    name = toolbar.settled(CASE, list(CASES), OWN)
    return name, blank_case() if name == OWN else load_case(name)


def from_address() -> dict[str, Values]:
    """The changes in the query parameters by case; read before the form rewrites them."""
    case = st.query_params.get(CASE, OWN)
    return {case: from_text(st.query_params.get(CHANGES, ""))}


def form(base: Case, linked: dict[str, Values]) -> tuple[str, Values]:
    """Draw the choice of the case and its form; returns the case's name and the changes."""
    name = toolbar.choice(
        "Case (the last three are examples)",
        list(CASES),
        key=CASE,
        default=OWN,
        format_func=CASES.__getitem__,
    )
    stored = f"decide_changes_{name}"
    if stored not in st.session_state:
        st.session_state[stored] = linked.get(name, {})
    start = st.session_state.setdefault(f"{stored}_start", st.session_state[stored])
    changes = case_form.draw(base, start, key=f"decide_{name}")
    st.session_state[stored] = changes
    toolbar.keep(CHANGES, to_text(changes), default="")
    if changes and st.button("Undo all changes", key=f"decide_reset_{name}"):
        restart(name, {})
    return name, changes


def restart(name: str, changes: Values) -> None:
    """Redraw the form of a case with these changes."""
    for key in list(st.session_state):
        if str(key).startswith((f"decide_{name}_", f"decide_changes_{name}")):
            del st.session_state[key]
    st.session_state[f"decide_changes_{name}"] = changes
    st.rerun()
