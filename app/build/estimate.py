"""What a pipeline takes to fit: the page's sentence, and a table of the stages."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import streamlit as st

from app import datasets
from app.build import spec_flow
from app.components import page
from app.components.tables import about, memory, show
from pipelines.errors import AssayError
from pipelines.recommender.spec import Spec
from pipelines.runtime.phrases import and_list
from pipelines.stages.contract import DataShape


def preflight(spec: dict[str, Any], name: str) -> pd.DataFrame:
    """The estimated cost of fitting each stage of a spec (document) on a dataset.

    Columns: stage, seconds, megabytes, usd, refusal (None if the stage fits).
    """
    size = datasets.shape(name)
    return _preflight(json.dumps(spec, sort_keys=True), size.n_users, size.n_items, size.n_events)


@st.cache_data(max_entries=128, show_spinner=False)
def _preflight(spec: str, n_users: int, n_items: int, n_events: int) -> pd.DataFrame:
    from pipelines.prices.rent import server_usd
    from pipelines.recommender.forecast import forecast
    from pipelines.recommender.pipeline import Pipeline

    stages = Pipeline(Spec.of(json.loads(spec))).preflight(DataShape(n_users, n_items, n_events))
    total = forecast(stages)
    rows = [(stage, e.seconds, e.megabytes, e.refusal) for stage, e in stages]
    estimate = pd.DataFrame(rows, columns=["stage", "seconds", "megabytes", "refusal"])
    estimate["usd"] = server_usd(total.seconds) * estimate["seconds"] / max(total.seconds, 1e-9)
    if total.refusal and estimate["refusal"].isna().all():
        # Each stage fits alone, but this machine cannot hold all of them.
        estimate["refusal"] = estimate["refusal"].astype(object)
        estimate.loc[estimate["megabytes"].idxmax(), "refusal"] = total.refusal
    return estimate


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
