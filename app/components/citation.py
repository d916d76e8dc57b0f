"""What a downloaded chart says of itself: its title, and the data and bake-off it is from."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Literal

import streamlit as st

from app import state
from pipelines.data.dataset import About
from pipelines.errors import AssayError

Kind = Literal["bake-off", "dataset", "case"]
"""What the charts of a page are of."""
PAGE = "citation_kind"
"""Session key: the kind of the page that is being drawn."""
LONG = 130


def of_page(kind: Kind) -> None:
    """Remember what the charts of the page being drawn are of."""
    st.session_state[PAGE] = kind


def source() -> str:
    """`Source: shop, bake-off 20261123-2155-ab12, 23 November 2026. Drawn by Assay.`"""
    kind, name = st.session_state.get(PAGE, "bake-off"), state.chosen_dataset()
    if kind == "case":
        today = datetime.now(UTC).date()
        return f"Source: inputs of a build-or-buy case, {written(today)}. Drawn by Assay."
    document = state.chosen_document() if kind == "bake-off" else None
    if document is not None:
        return source_of(document.dataset, f"bake-off {document.id}", document.created)
    if name is None:
        return "Drawn by Assay."
    record = state.workspace().dataset_record(name)
    return source_of(name, f"version {record.version}", record.created)


def source_of(dataset: str, what: str, created: str) -> str:
    """The source of results on a dataset, with the notice that its license requires."""
    told = f"Source: {dataset}, {what}, {written(date.fromisoformat(created[:10]))}."
    try:
        notice = notice_sentence(state.about(dataset))
    except AssayError:  # the dataset was deleted
        notice = ""
    return " ".join(filter(None, (told, "Drawn by Assay.", notice)))


def notice_sentence(about: About | None) -> str:
    """The notice that a dataset's license requires; empty if it requires none."""
    if about is None:
        return ""
    return about.notice or (
        f"License: {about.licence}" if about.is_sample and about.licence else ""
    )


def title_of(alt: str) -> str:
    """The title of a chart from its alt text: the first sentence, or what it is about."""
    first = re.split(r"(?<=\D)\.\s", alt.strip(), maxsplit=1)[0].rstrip(".")
    if len(first) <= LONG:
        return first
    about, _, rest = first.partition(": ")
    return about if rest else first


def written(day: date) -> str:
    """`23 November 2026`."""
    return f"{day.day} {day:%B %Y}"
