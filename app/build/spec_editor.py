"""Editing a spec: its document in the session, and the forms of its stages.

Widgets write into the document (`Spec.document()`). `generation` changes with the order of the
stages, so that no widget keeps the value of another stage.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any, cast

import streamlit as st

from app import state
from app.build import forms
from app.components import drafts
from app.components.page import plain
from pipelines.errors import AssayError
from pipelines.recommender.spec import Spec
from pipelines.stages import loading
from pipelines.stages.loading import StageKind

DRAFT = "build"
"""The subject of the draft."""
STAGE = "build_stage"
FROM = "build_from"
GENERATION = "build_generation"
KINDS: tuple[StageKind, ...] = ("candidates", "rankers", "rules")
KIND_LABEL = {"candidates": "Candidate generator", "rankers": "Ranker", "rules": "Rule"}
RANKERS = ("First ranker", "Second ranker", "Third ranker")
START = "two-stage"
NEW = {"candidates": {"k": 100}, "rankers": {"keep": 50}, "rules": {}}
AMOUNT = {
    "candidates": ("k", 200, "Candidates (items)"),
    "rankers": ("keep", 100, "Items after ranking"),
}


def document() -> dict[str, Any]:
    """The spec being edited: the draft of an earlier session, initially `two-stage`."""
    if state.SPEC not in st.session_state:
        draft = drafts.opened(DRAFT).get("spec")
        if isinstance(draft, dict) and draft.get("candidates"):
            st.session_state[state.SPEC] = deepcopy(draft)
            _new_generation()
        else:
            load(Spec.load(START))
    return cast(dict[str, Any], st.session_state[state.SPEC])


def load(spec: Spec) -> None:
    """Start editing `spec`."""
    st.session_state[state.SPEC] = deepcopy(spec.document())
    drafts.replace(DRAFT, {})
    _new_generation()


def keep(doc: dict[str, Any]) -> None:
    """Keep a changed pipeline as a draft, so that a reload does not lose it."""
    drafts.typed(DRAFT, {"spec": deepcopy(doc)} if changed(doc) else {})


def stages(doc: dict[str, Any]) -> list[str]:
    """The ids of a document's stages in order: `candidates:0`, `rankers:1`."""
    return [f"{kind}:{at}" for kind in KINDS for at in range(len(doc.get(kind, [])))]


def block_of(doc: dict[str, Any], stage: str) -> tuple[StageKind, int, dict[str, Any]]:
    """Kind, index and block of a stage by its id."""
    kind, _, at = stage.partition(":")
    return cast(StageKind, kind), int(at), doc[kind][int(at)]


def title(kind: StageKind, name: str) -> str:
    """The title of a stage."""
    return str(loading.load(kind, name).title)


def changed(doc: dict[str, Any]) -> bool:
    """Whether it differs from the shipped spec of its name in what it computes."""
    name = doc.get("name")
    if name not in Spec.shipped():
        return True
    shipped = Spec.load(str(name)).document()
    return any(shipped.get(kind, []) != doc.get(kind, []) for kind in KINDS)


def editor() -> dict[str, Any]:
    """The form and the buttons of the selected stage; returns the document."""
    doc = document()
    ids = stages(doc)
    if st.session_state.get(STAGE) not in ids:
        st.session_state[STAGE] = ids[0]
    chosen = st.selectbox("Stage", ids, key=STAGE, format_func=lambda id: _stage_label(doc, id))
    kind, at, block = block_of(doc, chosen)
    _fields(doc, kind, at, block)
    with st.container(horizontal=True):
        _buttons(doc, kind, at)
    _rename_if_changed(doc)
    return doc


def _stage_label(doc: dict[str, Any], id: str) -> str:
    kind, at, block = block_of(doc, id)
    role = RANKERS[at] if kind == "rankers" and at < len(RANKERS) else KIND_LABEL[kind]
    return f"{role}: {title(kind, block['stage'])}"


def _fields(doc: dict[str, Any], kind: StageKind, at: int, block: dict[str, Any]) -> None:
    """The stage's type, how many items it returns, and its settings."""
    key = f"build_{kind}_{at}_{st.session_state.get(GENERATION, 0)}"
    names = loading.offered(kind)
    swapped = st.selectbox(
        "Type",
        names,
        index=names.index(block["stage"]),
        key=f"{key}_stage",
        format_func=lambda name: title(kind, name),
    )
    fresh: dict[str, Any] = {"stage": swapped}
    if kind in AMOUNT:
        field, default, label = AMOUNT[kind]
        fresh[field] = int(
            st.number_input(
                label,
                min_value=1,
                max_value=5000,
                value=int(block.get(field, default)),
                step=10,
                key=f"{key}_{field}",
            )
        )
    config = loading.load(kind, swapped).Config
    given = block if swapped == block["stage"] else {}
    fresh |= forms.settings(config, given, key=f"{key}_{swapped}")
    doc[kind][at] = fresh


def _buttons(doc: dict[str, Any], kind: StageKind, at: int) -> None:
    """Duplicate, move, remove, add: each changes the document and redraws the page."""
    blocks = doc[kind]
    if kind == "rankers" and st.button("Duplicate ranker", icon=":material/content_copy:"):
        blocks.insert(at + 1, deepcopy(blocks[at]))
        _again(kind, at + 1)
    if kind != "candidates" and at > 0 and st.button("Move earlier", icon=":material/arrow_back:"):
        blocks[at - 1], blocks[at] = blocks[at], blocks[at - 1]
        _again(kind, at - 1)
    removable = kind != "candidates" or len(blocks) > 1
    if removable and st.button("Remove", icon=":material/remove:"):
        del blocks[at]
        _again(kind, max(at - 1, 0))
    with st.popover("Add a stage", icon=":material/add:"):
        left_out: list[str] = []
        new_kind = st.radio("Kind", KINDS, format_func=KIND_LABEL.__getitem__, key="build_new_kind")
        new_name = st.selectbox(
            "Stage",
            loading.offered(new_kind, left_out),
            format_func=lambda name: title(new_kind, name),
            key=f"build_new_{new_kind}",
        )
        for note in left_out:
            st.warning(plain(note))
        if st.button("Add", type="primary"):
            doc.setdefault(new_kind, []).append({"stage": new_name, **NEW[new_kind]})
            _again(new_kind, len(doc[new_kind]) - 1)


def _again(kind: StageKind, at: int) -> None:
    doc = document()
    _rename_if_changed(doc)
    _new_generation()
    # The stage selector is already drawn: its next value is set before it is drawn again.
    st.session_state[f"next_{STAGE}"] = f"{kind}:{at}"
    st.rerun()


def settle_stage() -> None:
    """Apply the stage that a button or a click on the chart selected; call before `editor`."""
    wanted = st.session_state.pop(f"next_{STAGE}", None)
    if wanted in stages(document()):
        st.session_state[STAGE] = wanted


def _new_generation() -> None:
    st.session_state[GENERATION] = st.session_state.get(GENERATION, 0) + 1


def _rename_if_changed(doc: dict[str, Any]) -> None:
    """Rename a changed copy of a shipped pipeline."""
    name = str(doc.get("name", "mine"))
    if name in Spec.shipped() and changed(doc):
        doc["name"] = f"{name}-changed"
        doc["title"] = f"{doc.get('title', name)} (changed)"
        doc.pop("description", None)


def problem(doc: dict[str, Any]) -> str | None:
    """The error in the document, in one sentence; None if it is valid."""
    try:
        Spec.of(doc)
    except AssayError as error:
        return str(error)
    return None


def file(doc: dict[str, Any]) -> None:
    """The spec as TOML: shown, with a download and an upload."""
    text = Spec.of(doc).to_toml() if problem(doc) is None else ""
    if text:
        st.code(text, language="toml")
        st.download_button(
            "Download spec (TOML)",
            text,
            file_name=f"{doc['name']}.toml",
            icon=":material/download:",
            on_click="ignore",
        )
    uploaded = st.file_uploader("Upload a spec (TOML)", type=["toml"], key="build_upload")
    if uploaded is not None and st.session_state.get("build_uploaded") != uploaded.file_id:
        try:
            spec = Spec.parse(uploaded.getvalue().decode("utf-8", "replace"), origin=uploaded.name)
        except AssayError as error:
            st.error(plain(str(error)))
            return
        st.session_state["build_uploaded"] = uploaded.file_id
        load(spec)
        st.rerun()
