"""The line below the title of Compare: split, users, items, and what offline metrics miss."""

from __future__ import annotations

import streamlit as st

from app.components import page
from app.components.results import split_warning
from pipelines.evaluation.comparison.drift import pooling_sentence
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.runtime.phrases import number_of


def warning(document: BakeoffDocument) -> None:
    """Why not to base a decision on the split, and what ties decide; nothing where all is well."""
    ties = document.ties.sentence if document.ties else ""
    for sentence in filter(None, (split_warning(document), ties)):
        st.markdown(f":material/info: {page.plain(sentence)}")


def caption(document: BakeoffDocument) -> None:
    """Split and size of the bake-off, and what offline metrics miss."""
    manifest = document.manifest
    users, items = (int(manifest.get(name, 0)) for name in ("users", "items"))
    size = f"{number_of(users, 'user')}, {number_of(items, 'item')}"
    if manifest.get("split_note"):
        sentences = [f"{size}, full catalogue."]
    elif document.windows:
        sentences = [pooling_sentence(document), f"The last window: {size}, full catalogue."]
    else:
        split = manifest.get("split", "")
        sentences = [f"Split {split}: one cut-off date for all users. {size}, full catalogue."]
    exposure = document.exposure
    if exposure is not None and exposure.corrected:
        sentences.append("Debiased metrics correct for what users were shown.")
    else:
        sentences.append("Offline metrics favor items that users were already shown.")
    reason = None if exposure is None else page.with_code(exposure.sentence)
    st.caption(page.plain(" ".join(sentences)), help=reason, width="content")
