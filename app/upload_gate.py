"""Uploads are held in the server's memory: only from who may import, and not without end.

Streamlit takes files from every open page, also from one that shows nothing but the sign-in. It
has no setting for this, so its store of uploads is asked first. A request's body has been read by
then; what a proxy must limit is in docs/sharing.md.
"""

from __future__ import annotations

import os
from typing import Any

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app import access
from pipelines.errors import AssayError

MOST_MB = "ASSAY_UPLOADS_MB"
"""The environment variable with the limit of all uploads together, MB."""
DEFAULT_MB = 4000

_admitted: set[str] = set()
"""Ids of sessions whose user may import."""


def install() -> None:
    """Let this session upload if its user may import; the first call guards the server."""
    context = get_script_run_ctx()
    if not runtime.exists() or context is None:
        return
    _guard()
    if access.allowed("analyst"):
        _admitted.add(context.session_id)
    else:
        _admitted.discard(context.session_id)


def most_bytes() -> int:
    """The limit of all uploads together."""
    text = os.environ.get(MOST_MB, str(DEFAULT_MB))
    if not text.isdecimal():
        raise AssayError(f"{MOST_MB} must be a whole number of megabytes, not {text[:20]!r}.")
    return int(text[:9]) * 1_000_000


@st.cache_resource(show_spinner=False)
def _guard() -> None:
    from starlette.exceptions import HTTPException

    manager: Any = runtime.get_instance().uploaded_file_mgr
    add, most = manager.add_file, most_bytes()

    def add_file(session_id: str, file: Any) -> None:
        if session_id not in _admitted:
            raise HTTPException(403, "Sign in, and ask for the analyst role, to upload files.")
        held = sum(len(f.data) for kept in list(manager.file_storage.values())
                   for f in list(kept.values()))  # fmt: skip
        if held + len(file.data) > most:
            raise HTTPException(413, "The server holds too many uploads; try again later.")
        add(session_id, file)

    manager.add_file = add_file
