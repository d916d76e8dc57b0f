"""Editing a spec: its document in the session, its stages' forms, its tiers.

The document (`Spec.document()`) is the truth; widgets write into it. `generation` changes
with the stages' order, so that no widget keeps the value of a stage that stood there before.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any, cast

import streamlit as st

from app import state
from app.components import forms
from app.components.page import plain
from pipelines.errors import AssayError
from pipelines.recommender.spec import Spec
from pipelines.stages import loading
from pipelines.stages.loading import StageKind

STAGE = "build_stage"
FROM = "build_from"
GENERATION = "build_generation"
KINDS: tuple[StageKind, ...] = ("candidates", "rankers", "rules")
KIND_WORD = {"candidates": "Candidates", "rankers": "Tier", "rules": "Rule"}
START = "two-stage"
NEW = {"candidates": {"k": 100}, "rankers": {"keep": 50}, "rules": {}}
AMOUNT = {"candidates": ("k", 200, "Items proposed"), "rankers": ("keep", 100, "Items kept")}


def document() -> dict[str, Any]:
    """The spec being edited, `two-stage` at first."""
    if state.SPEC not in st.session_state:
        load(Spec.load(START))
    return cast(dict[str, Any], st.session_state[state.SPEC])


def load(spec: Spec) -> None:
    """Edit `spec` from now on."""
    st.session_state[state.SPEC] = deepcopy(spec.document())
    _new_generation()


def stages(doc: dict[str, Any]) -> list[str]:
    """The ids of a document's stages in their order: `candidates:0`, `rankers:1`."""
    return [f"{kind}:{at}" for kind in KINDS for at in range(len(doc.get(kind, [])))]


def block_of(doc: dict[str, Any], stage: str) -> tuple[StageKind, int, dict[str, Any]]:
    """Kind, place and block of a stage's id."""
    kind, _, at = stage.partition(":")
    return cast(StageKind, kind), int(at), doc[kind][int(at)]


def title(kind: StageKind, name: str) -> str:
    """How a screen names a stage."""
    return str(loading.load(kind, name).title)


def changed(doc: dict[str, Any]) -> bool:
    """Whether it computes something else than the spec that ships under its name."""
    name = doc.get("name")
    if name not in Spec.shipped():
        return True
    shipped = Spec.load(str(name)).document()
    return any(shipped.get(kind, []) != doc.get(kind, []) for kind in KINDS)


def editor() -> dict[str, Any]:
    """The form of the chosen stage and what can be done with it; returns the document."""
    doc = document()
    ids = stages(doc)
    if st.session_state.get(STAGE) not in ids:
        st.session_state[STAGE] = ids[0]
    chosen = st.selectbox("Stage", ids, key=STAGE, format_func=lambda id: _stage_label(doc, id))
    kind, at, block = block_of(doc, chosen)
    _fields(doc, kind, at, block)
    with st.container(horizontal=True):
        _deeds(doc, kind, at)
    _rename_if_changed(doc)
    return doc


def _stage_label(doc: dict[str, Any], id: str) -> str:
    kind, at, block = block_of(doc, id)
    number = f" {at + 1}" if kind == "rankers" else ""
    return f"{KIND_WORD[kind]}{number}: {title(kind, block['stage'])}"


def _fields(doc: dict[str, Any], kind: StageKind, at: int, block: dict[str, Any]) -> None:
    """Which stage it is, how many items it lets through, and its own settings."""
    key = f"build_{kind}_{at}_{st.session_state.get(GENERATION, 0)}"
    names = loading.offered(kind)
    swapped = st.selectbox(
        "Is a",
        names,
        index=names.index(block["stage"]),
        key=f"{key}_stage",
        format_func=lambda name: title(kind, name),
    )
    fresh: dict[str, Any] = {"stage": swapped}
    if kind in AMOUNT:
        field, default, words = AMOUNT[kind]
        fresh[field] = int(
            st.number_input(
                words,
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


def _deeds(doc: dict[str, Any], kind: StageKind, at: int) -> None:
    """Duplicate, move, remove, add: each a change of the document, then a new page."""
    blocks = doc[kind]
    if kind == "rankers" and st.button("Duplicate tier", icon=":material/content_copy:"):
        blocks.insert(at + 1, deepcopy(blocks[at]))
        _again(kind, at + 1)
    if kind != "candidates" and at > 0 and st.button("Earlier", icon=":material/arrow_back:"):
        blocks[at - 1], blocks[at] = blocks[at], blocks[at - 1]
        _again(kind, at - 1)
    removable = kind != "candidates" or len(blocks) > 1
    if removable and st.button("Remove", icon=":material/remove:"):
        del blocks[at]
        _again(kind, max(at - 1, 0))
    with st.popover("Add a stage", icon=":material/add:"):
        left_out: list[str] = []
        new_kind = st.radio("Kind", KINDS, format_func=KIND_WORD.__getitem__, key="build_new_kind")
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
    # The picker of stages is already on the page: its next value is set before it is drawn.
    st.session_state[f"next_{STAGE}"] = f"{kind}:{at}"
    st.rerun()


def settle_stage() -> None:
    """Apply what a button or a click on the picture chose; call before `editor`."""
    wanted = st.session_state.pop(f"next_{STAGE}", None)
    if wanted in stages(document()):
        st.session_state[STAGE] = wanted


def _new_generation() -> None:
    st.session_state[GENERATION] = st.session_state.get(GENERATION, 0) + 1


def _rename_if_changed(doc: dict[str, Any]) -> None:
    """A changed pipeline is no longer the one that ships: it gets a name of its own."""
    name = str(doc.get("name", "mine"))
    if name in Spec.shipped() and changed(doc):
        doc["name"] = f"{name}-changed"
        doc["title"] = f"{doc.get('title', name)}, changed"
        doc.pop("description", None)


def problem(doc: dict[str, Any]) -> str | None:
    """What is wrong with the document, in one sentence; None where nothing is."""
    try:
        Spec.of(doc)
    except AssayError as error:
        return str(error)
    return None


def file(doc: dict[str, Any]) -> None:
    """The spec as a TOML file: shown, downloaded, or replaced by one's own."""
    text = Spec.of(doc).to_toml() if problem(doc) is None else ""
    if text:
        st.code(text, language="toml")
        st.download_button(
            "Download",
            text,
            file_name=f"{doc['name']}.toml",
            icon=":material/download:",
            on_click="ignore",
        )
    given = st.file_uploader("Edit a spec of your own (TOML)", type=["toml"], key="build_upload")
    if given is not None and st.session_state.get("build_uploaded") != given.file_id:
        try:
            spec = Spec.parse(given.getvalue().decode("utf-8", "replace"), origin=given.name)
        except AssayError as error:
            st.error(plain(str(error)))
            return
        st.session_state["build_uploaded"] = given.file_id
        load(spec)
        st.rerun()
