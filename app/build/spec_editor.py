"""The forms of the stages of the pipeline being edited, which write into its document.

`edited.GENERATION` changes with the order of the stages, so that no widget keeps the value of
another stage.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any, cast

import streamlit as st

from app.build import edited, forms
from app.components import number_field
from app.components.page import plain, with_code
from pipelines.errors import AssayError
from pipelines.recommender.spec import Spec
from pipelines.stages import loading
from pipelines.stages.loading import StageKind

STAGE = "build_stage"
FROM = "build_from"
KINDS: tuple[StageKind, ...] = ("candidates", "rankers", "rules")
KIND_LABEL = {"candidates": "Candidate generator", "rankers": "Ranker", "rules": "Rule"}
RANKERS = ("First ranker", "Second ranker", "Third ranker")
NEW = {"candidates": {"k": 100}, "rankers": {"keep": 50}, "rules": {}}
AMOUNT = {
    "candidates": ("k", 200, "Candidates (items)"),
    "rankers": ("keep", 100, "Items after ranking"),
}


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


def editor() -> dict[str, Any]:
    """The form and the buttons of the selected stage; returns the document."""
    doc = edited.document()
    ids = stages(doc)
    if st.session_state.get(STAGE) not in ids:
        st.session_state[STAGE] = ids[0]
    chosen = st.selectbox("Stage", ids, key=STAGE, format_func=lambda id: _stage_label(doc, id))
    kind, at, block = block_of(doc, chosen)
    _fields(doc, kind, at, block)
    with st.container(horizontal=True):
        _buttons(doc, kind, at)
    edited.rename_if_changed(doc)
    return doc


def _stage_label(doc: dict[str, Any], id: str) -> str:
    kind, at, block = block_of(doc, id)
    role = RANKERS[at] if kind == "rankers" and at < len(RANKERS) else KIND_LABEL[kind]
    return f"{role}: {title(kind, block['stage'])}"


def _fields(doc: dict[str, Any], kind: StageKind, at: int, block: dict[str, Any]) -> None:
    """The stage's type, how many items it returns, and its settings."""
    key = f"build_{kind}_{at}_{st.session_state.get(edited.GENERATION, 0)}"
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
        fresh[field] = number_field.draw(
            label,
            value=int(block.get(field, default)),
            least=1,
            most=5000,
            whole=True,
            key=f"{key}_{field}",
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
    doc = edited.document()
    edited.rename_if_changed(doc)
    edited.new_generation()
    # The stage selector is already drawn: its next value is set before it is drawn again.
    st.session_state[f"next_{STAGE}"] = f"{kind}:{at}"
    st.rerun()


def settle_stage() -> None:
    """Apply the stage that a button or a click on the chart selected; call before `editor`."""
    wanted = st.session_state.pop(f"next_{STAGE}", None)
    if wanted in stages(edited.document()):
        st.session_state[STAGE] = wanted


def file(doc: dict[str, Any]) -> None:
    """The spec as TOML: shown, with a download and an upload."""
    text = Spec.of(doc).to_toml() if edited.problem(doc) is None else ""
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
            st.error(with_code(str(error)))
            return
        st.session_state["build_uploaded"] = uploaded.file_id
        edited.load(spec)
        st.rerun()
