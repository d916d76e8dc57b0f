"""The opening of the Runs page: the sentence on two specs, and the metric over bake-offs."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import look, state
from app.components import page, results
from app.components.drawn import Drawn
from app.runs.over_time_chart import chart
from app.runs.pairs import Run, other_manifests, sentences
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.results.document import BakeoffDocument, ContenderResult
from pipelines.runtime.phrases import number_of


def section(documents: list[BakeoffDocument], pair: tuple[Run, Run] | None) -> None:
    """The title, the chart of bake-offs on the chosen manifest, and which are not shown."""
    here = state.chosen_document() or documents[0]
    metric = results.declared_metric(here)
    shown = [d for d in documents if d.manifest.get("hash") == here.manifest.get("hash")]
    frame = _frame(shown, metric)
    contenders = {c.name: c for d in reversed(shown) for c in d.contenders}
    styles = look.styles((name, contenders[name].kind) for name in sorted(contenders))
    title, outcome = sentences(*pair) if pair else (_single(here), "")
    split, over = here.manifest.get("split", ""), number_of(len(shown), "bake-off")
    page.opening(
        title,
        Drawn(chart, frame, {_label(contenders[n]): s for n, s in styles.items()}, label(metric))
        if len(frame)
        else None,
        f"{label(metric)} of {len(contenders)} contenders over {over} with the "
        f"split {split}. In the chosen bake-off, {results.leader_label(here)}.",
        frame,
        key="runs_over_time",
    )
    if outcome:
        st.write(page.plain(outcome))
    k = here.manifest.get("k")
    caption = f"The chart shows {over} with split {split}, k = {k}."
    others = other_manifests(here, documents)
    if others:
        caption += f" Not shown: {others}."
    st.caption(page.plain(caption))


def _frame(documents: list[BakeoffDocument], metric: str) -> pd.DataFrame:
    """Columns: created, bakeoff, contender, value, low, high."""
    rows = [
        {
            "created": pd.Timestamp(d.created).tz_convert("UTC").tz_localize(None),
            "bakeoff": d.id,
            "contender": _label(c),
            "value": c.metrics[metric].value,
            "low": c.metrics[metric].low,
            "high": c.metrics[metric].high,
        }
        for d in documents
        for c in d.contenders
        if results.value_of(c, metric) is not None
    ]
    return pd.DataFrame(rows)


def _label(contender: ContenderResult) -> str:
    """The name, as in the specs below; a stand-in has no spec and keeps its title."""
    return contender.title if contender.kind == "stand-in" else contender.name


def _single(document: BakeoffDocument) -> str:
    return f"There is no second spec to compare yet; {results.leader_label(document)}."
