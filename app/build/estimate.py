"""What a pipeline takes to fit: the page's sentence, and a table of the stages."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app.build import spec_flow
from app.components import page
from app.components.tables import about, memory, show
from pipelines.errors import AssayError
from pipelines.recommender.spec import Spec
from pipelines.runtime.phrases import and_list


def sentence(
    doc: dict[str, Any],
    k: int,
    estimate: pd.DataFrame | None,
    error: str | None,
    items: int | None,
) -> str:
    """`500 → 100 → 10 items. Fitting takes about 41 s, 0.9 GB and $0.01.`"""
    if error:
        return error
    funnel = spec_flow.funnel(doc, k, items)
    if estimate is None:
        return f"{funnel}. Load data to estimate the fit."
    if estimate["refusal"].notna().any():
        return f"{funnel}. This pipeline is too large for this machine; see the reason below."
    seconds, megabytes = float(estimate["seconds"].sum()), float(estimate["megabytes"].sum())
    usd = float(estimate["usd"].sum())
    cost = f"${usd:,.2f}" if usd >= 0.01 else "less than $0.01"
    return f"{funnel}. Fitting takes about {about(seconds)}, {memory(megabytes)} and {cost}."


def moment(doc: dict[str, Any]) -> str:
    """Which stages use the moment of the request; empty if none does, or the spec is not valid."""
    try:
        checked = Spec.of(doc).checked
    except AssayError:  # the editor shows it
        return ""
    names = dict.fromkeys(cls.title for _, _, cls, _ in checked if cls.uses_moment)
    if not names:
        return ""
    return (
        f"{and_list(names)}: the moment of the request can change the list, as through recency or "
        "the time of day."
    )


def table(estimate: pd.DataFrame) -> None:
    """The estimate of each stage."""
    with page.numbers("Estimates by stage"):
        columns = {"seconds": "fit time (s)", "megabytes": "memory (MB)"}
        show(
            estimate.rename(columns=columns)[["stage", *columns.values()]],
            key="build_takes",
            alt="Estimated fit time and memory of each stage.",
        )
        st.caption(
            "Estimates for 2 cores. In a pipeline with rankers, candidate generators are fitted "
            "twice: to train the rankers, and on all training data."
        )
