"""Who took part in a bake-off: status, outcome, notes, and every number as a table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import look
from app.components import charts, page, tables
from app.components.comparison import Words, comparisons, declared, scored
from app.components.comparison_charts import titles
from pipelines.evaluation.comparison.ranking import best_first
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.results.document import BakeoffDocument


def section(document: BakeoffDocument) -> Words:
    """The table of contenders by the declared metric, and what is to be known of them."""
    tables.show(
        contenders_frame(document),
        key="compare_contenders",
        alt="Who took part, with status, value and outcome.",
    )
    missing(document)
    notes(document)
    _numbers(document)
    return Words(_sentence(document))


def _sentence(document: BakeoffDocument) -> str:
    there, n = scored(document), len(document.contenders)
    if not there:
        return "Nobody was scored in this bake-off; the table says why."
    if len(there) == n:
        return f"All {n} contenders answered completely and were scored."
    return f"{len(there)} of {n} contenders were scored; the table says why the others were not."


def contenders_frame(document: BakeoffDocument) -> pd.DataFrame:
    """A row per contender, best first: value of the declared metric, outcome, p95, status."""
    metric, against = declared(document), str(document.manifest.get("baseline", "popular"))
    there = against in scored(document, metric)
    found = comparisons(document, metric, against) if there else []
    outcomes = {
        c.contender: look.outcome_words(c.outcome, c.over_budget, c.failed_required) for c in found
    }
    named = titles(document)
    rows = []
    for c in best_first(document.contenders, metric):
        value = c.metrics.get(metric)
        state_words = "over budget" if c.status == "scored" and c.over_budget else c.status
        rows.append(
            {
                "contender": f"{look.KIND_MARK[c.kind]} {named[c.name]}",
                label(metric): None if value is None else value.value,
                "outcome": "compared with" if c.name == against else outcomes.get(c.name, ""),
                "chance to lead, %": _percent(c.chance_best),
                "p95, ms": None if c.request_ms is None else c.request_ms.p95,
                "status": state_words,
                "kind": look.KIND_WORDS[c.kind],
            }
        )
    figures = [label(metric), "chance to lead, %", "p95, ms"]
    frame = pd.DataFrame(rows).astype(dict.fromkeys(figures, float))
    if frame["chance to lead, %"].isna().all():  # of an older bake-off
        frame = frame.drop(columns="chance to lead, %")
    return frame


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def missing(document: BakeoffDocument) -> None:
    """Who is not in the pictures, with the reason."""
    named = titles(document)
    for c in document.contenders:
        if c.status != "scored":
            why = page.plain(c.reason or "It gave no reason.")
            st.markdown(f"**{page.plain(named[c.name])}: {c.status}.** {why}")


def notes(document: BakeoffDocument) -> None:
    """What is to be known of contenders and of the bake-off."""
    lines = about_contenders(document)
    if lines:
        st.caption("\n".join(f"- {page.plain(line)}" for line in lines))
    for note in document.notes:
        st.caption(page.plain(note))


def about_contenders(document: BakeoffDocument) -> list[str]:
    """What is to be known of contenders; said once where it holds of several."""
    named = titles(document)
    about: dict[str, list[str]] = {}
    for c in document.contenders:
        for text in (*c.over_budget, *c.failed_required, *c.notes):
            about.setdefault(text.rstrip("."), []).append(named[c.name])
    return [f"{charts.names(who)}: {text}." for text, who in about.items()]


def _numbers(document: BakeoffDocument) -> None:
    """Every metric with its interval, and what each contender cost."""
    named = titles(document)
    with page.numbers():
        metrics = [
            {
                "contender": named[c.name],
                "metric": label(name),
                "value": i.value,
                "from": i.low,
                "to": i.high,
            }
            for c in document.contenders
            for name, i in c.metrics.items()
        ]
        if metrics:
            st.markdown(
                "Each metric with its 95 % interval, not adjusted; formulas in `docs/metrics.md`."
            )
            tables.show(
                pd.DataFrame(metrics), key="compare_metrics", alt="Every metric with its interval."
            )
        costs = [
            {
                "contender": named[c.name],
                "fit, s": c.fit_seconds,
                "p50, ms": c.request_ms.p50 if c.request_ms else None,
                "p95, ms": c.request_ms.p95 if c.request_ms else None,
                "peak memory, MB": c.peak_mb,
                "model, MB": c.model_mb,
                "answered": f"{c.answered:,} of {c.requested:,}",
            }
            for c in document.contenders
        ]
        st.markdown("What each contender took.")
        tables.show(
            pd.DataFrame(costs), key="compare_costs", alt="Time, memory and size per contender."
        )
        manifest = document.manifest
        st.markdown(
            f"Manifest `{str(manifest.get('hash', ''))[:12]}`: the same for every contender."
        )
        st.json(manifest, expanded=False)
