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


def fits(document: BakeoffDocument) -> str:
    """Over how many fits the figures of the contenders are."""
    scored = [c for c in document.contenders if c.status == "scored" and c.spread is not None]
    numbers = sorted({c.spread.refits for c in scored if c.spread is not None and c.spread.draws})
    if not scored:
        return ""
    if not numbers:
        return "Nothing draws at random: one fit each."
    if numbers == [1]:
        return "One fit each: how much another draw would change is not known."
    several = str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"
    once = "; third parties are asked once" if _asked_once(document) else ""
    return f"Figures of what draws at random are means over {several} fits with other seeds{once}."


def _asked_once(document: BakeoffDocument) -> bool:
    return any(c.status == "scored" and c.spread is None for c in document.contenders)


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
    sentences.append(fits(document))
    exposure = document.exposure
    if exposure is not None and exposure.corrected:
        sentences.append("Debiased metrics correct for what users were shown.")
    else:
        sentences.append("Offline metrics favor items that users were already shown.")
    reason = None if exposure is None else page.with_code(exposure.sentence)
    st.caption(page.plain(" ".join(filter(None, sentences))), help=reason, width="content")
