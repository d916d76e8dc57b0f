"""A person's drafts: in the session, and in the workspace, where they outlive it.

A server that does not know who its users are keeps drafts for the session only; otherwise
strangers would share one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from app import access, state

Inputs = dict[str, Any]
"""A draft's content: plain JSON values by name."""


def opened(subject: str) -> Inputs:
    """The draft as last kept, by this window or another one: for a form that is drawn anew."""
    if access.known():
        st.session_state[_key(subject)] = state.workspace().draft(subject, access.who()).inputs
    else:
        st.session_state.setdefault(_key(subject), {})
    return seen(subject)


def loaded(subject: str) -> bool:
    """Whether this window has read the draft already."""
    return _key(subject) in st.session_state


def seen(subject: str) -> Inputs:
    """The draft as this window last saw it; it may differ from another window's."""
    return dict(st.session_state.get(_key(subject), {}))


def typed(subject: str, inputs: Mapping[str, Any]) -> None:
    """Keep what was typed in this window."""
    before = seen(subject)
    if inputs == before:
        return
    st.session_state[_key(subject)] = dict(inputs)
    if access.known():
        state.workspace().change_draft(subject, before, inputs, access.who())


def replace(subject: str, inputs: Mapping[str, Any]) -> None:
    """Replace the draft, or discard it (no inputs); `previous` returns the old one."""
    if inputs == seen(subject):
        return
    st.session_state[f"{_key(subject)}_previous"] = seen(subject)
    st.session_state[_key(subject)] = dict(inputs)
    if access.known():
        state.workspace().replace_draft(subject, inputs, access.who())


def previous(subject: str) -> Inputs:
    """The draft that was replaced or discarded last; empty if there is none."""
    if access.known():
        return state.workspace().draft(subject, access.who()).previous
    return dict(st.session_state.get(f"{_key(subject)}_previous", {}))


def _key(subject: str) -> str:
    return f"draft_{subject}"
