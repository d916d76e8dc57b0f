"""The pipeline being edited, as a document in the session (`Spec.document()`), and earlier ones."""

from __future__ import annotations

from copy import deepcopy
from itertools import count
from typing import Any, cast

import streamlit as st

from app import state
from app.components import drafts
from pipelines.errors import AssayError
from pipelines.recommender.spec import Spec
from pipelines.stages.loading import BASES

DRAFT = "build"
"""The subject of the draft."""
START = "two-stage"
GENERATION = "build_generation"
"""Session key: a count of documents and orders of stages, which is in the keys of widgets."""
OWN = "build_own"
"""Session key: pipelines that were edited before the present one, as documents by name."""


def document() -> dict[str, Any]:
    """The spec being edited: the draft of an earlier session, initially `two-stage`."""
    if state.SPEC not in st.session_state:
        draft = drafts.opened(DRAFT).get("spec")
        if isinstance(draft, dict) and draft.get("candidates"):
            st.session_state[state.SPEC] = deepcopy(draft)
            new_generation()
        else:
            load(Spec.load(START))
    return cast(dict[str, Any], st.session_state[state.SPEC])


def load(spec: Spec) -> None:
    """Start editing `spec`; what was edited until now stays among the `own` pipelines."""
    before = st.session_state.get(state.SPEC)
    if before is not None and changed(before) and problem(before) is None:
        st.session_state[OWN] = {**st.session_state.get(OWN, {}), before["name"]: deepcopy(before)}
    st.session_state[state.SPEC] = deepcopy(spec.document())
    drafts.replace(DRAFT, {})
    new_generation()


def keep(doc: dict[str, Any]) -> None:
    """Keep a changed pipeline as a draft, so that a reload does not lose it."""
    drafts.typed(DRAFT, {"spec": deepcopy(doc)} if changed(doc) else {})


def own() -> dict[str, dict[str, Any]]:
    """The pipelines that were edited in this session before the present one, by name."""
    present = document()["name"]
    return {name: doc for name, doc in st.session_state.get(OWN, {}).items() if name != present}


def named(name: str) -> Spec:
    """The pipeline of that name: one's `own`, or one that Assay knows."""
    found = own().get(name)
    return Spec.load(name) if found is None else Spec.of(found)


def changed(doc: dict[str, Any]) -> bool:
    """Whether it differs from the known spec of its name in what it computes."""
    name = doc.get("name")
    if name not in Spec.known():
        return True
    known = Spec.load(str(name)).document()
    return any(known.get(part, []) != doc.get(part, []) for part in BASES)


def rename_if_changed(doc: dict[str, Any]) -> None:
    """Rename a changed copy of a known pipeline."""
    name = str(doc.get("name", "mine"))
    if name in Spec.known() and changed(doc):
        new, taken = f"{name}-changed", st.session_state.get(OWN, {})
        more = (f"{new}-{number}" for number in count(2))
        doc["name"] = new if new not in taken else next(n for n in more if n not in taken)
        doc["title"] = f"{doc.get('title', name)} (changed)"
        doc.pop("description", None)


def problem(doc: dict[str, Any]) -> str | None:
    """The error in the document, in one sentence; None if it is valid."""
    try:
        Spec.of(doc)
    except AssayError as error:
        return str(error)
    return None


def new_generation() -> None:
    """Give the widgets new keys, so that none keeps the value of another stage."""
    st.session_state[GENERATION] = st.session_state.get(GENERATION, 0) + 1
