"""The view of all results: each contender's status and outcome, notes, and every number."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import look, state
from app.compare.comparisons import comparisons, scored
from app.compare.heading import Heading
from app.components import charts, page, tables
from app.components.results import declared_baseline, declared_metric
from pipelines.evaluation.comparison.moment import moment_sentence
from pipelines.evaluation.comparison.ranking import best_first
from pipelines.evaluation.comparison.sentences import spread_sentence
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.results.document import BakeoffDocument, titles_of

BEST = "probability of being best, %"
LATENCY = "95th-percentile latency (ms)"


def section(document: BakeoffDocument) -> Heading:
    """The table of contenders by the declared metric, notes, and all numbers."""
    tables.show(
        contenders_frame(document, shipped=state.is_shipped(document.id)),
        key="compare_contenders",
        alt="The contenders with value, outcome and status.",
    )
    missing(document)
    notes(document)
    _numbers(document)
    return Heading(_sentence(document))


def _sentence(document: BakeoffDocument) -> str:
    there, n = scored(document), len(document.contenders)
    if not there:
        return "No contender was scored. The reasons are below."
    if len(there) == n:
        return f"All {n} contenders gave complete answers and were scored."
    return f"Assay scored {len(there)} of {n} contenders. The reasons for the others are below."


def contenders_frame(document: BakeoffDocument, *, shipped: bool = False) -> pd.DataFrame:
    """A row per contender, best first: value of the declared metric, outcome, latency, status.

    `shipped` is whether the bake-off came with Assay.
    """
    metric, against = declared_metric(document), declared_baseline(document)
    there = against in scored(document, metric)
    found = comparisons(document, metric, against) if there else []
    outcomes = {
        c.contender: look.outcome_label(c.outcome, c.over_budget, c.failed_required, c.borderline)
        for c in found
    }
    titles, kinds = titles_of(document.contenders), look.kind_labels(document, shipped=shipped)
    rows = []
    for c in best_first(document.contenders, metric):
        value = c.metrics.get(metric)
        status = "over budget" if c.status == "scored" and c.over_budget else c.status
        rows.append(
            {
                "contender": f"{look.KIND_MARK[c.kind]} {titles[c.name]}",
                label(metric): None if value is None else value.value,
                "outcome": "baseline" if c.name == against else outcomes.get(c.name, ""),
                BEST: _percent(c.chance_best),
                LATENCY: None if c.request_ms is None else c.request_ms.p95,
                "status": status,
                "kind": kinds[c.name] + (", uses the moment" if c.uses_moment else ""),
            }
        )
    numbers = [label(metric), BEST, LATENCY]
    frame = pd.DataFrame(rows).astype(dict.fromkeys(numbers, float))
    if frame[BEST].isna().all():  # an older bake-off
        frame = frame.drop(columns=BEST)
    return frame


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def missing(document: BakeoffDocument) -> None:
    """The contenders that were not scored, with the reason."""
    titles = titles_of(document.contenders)
    for c in document.contenders:
        if c.status != "scored":
            why = page.with_code(c.reason or "No reason was given.")
            st.markdown(f"**{page.plain(titles[c.name])}: {c.status}.** {why}")


def notes(document: BakeoffDocument) -> None:
    """Notes on the contenders and on the bake-off."""
    metric = declared_metric(document)
    spreads = [spread_sentence(c, metric) for c in document.contenders if c.kind != "baseline"]
    lines = [*filter(None, [*spreads, moment_sentence(document)]), *contender_notes(document)]
    if lines:
        st.caption("\n".join(f"- {page.with_code(line)}" for line in lines))
    for note in document.notes:
        st.caption(page.with_code(note))


def contender_notes(document: BakeoffDocument) -> list[str]:
    """Notes on contenders; a note that several share is one line."""
    titles = titles_of(document.contenders)
    noted: dict[str, list[str]] = {}
    for c in document.contenders:
        for text in (*c.over_budget, *c.failed_required, *c.notes):
            noted.setdefault(text.rstrip("."), []).append(titles[c.name])
    return [f"{charts.names(contenders)}: {text}." for text, contenders in noted.items()]


def _preloaded(document: BakeoffDocument) -> str:
    """How much of the peak memory is the libraries that a process starts with."""
    found = [c.preloaded_mb for c in document.contenders if c.preloaded_mb]
    if not found:
        return ""
    low, high = min(found), max(found)
    size = f"{low:,.0f} MB" if round(low) == round(high) else f"{low:,.0f} to {high:,.0f} MB"
    return f" Peak memory includes {size} of libraries that each process starts with."


def fits_frame(document: BakeoffDocument) -> pd.DataFrame:
    """A row per contender that draws: its fits, their spread, and what the further ones took."""
    titles = titles_of(document.contenders)
    return pd.DataFrame(
        [
            {
                "contender": titles[c.name],
                "fits": c.spread.refits,
                "lowest": c.spread.low,
                "highest": c.spread.high,
                "standard deviation": c.spread.sd,
                "further fits (s)": c.spread.seconds,
            }
            for c in document.contenders
            if c.spread is not None and c.spread.draws
        ]
    )


def orders_frame(document: BakeoffDocument) -> pd.DataFrame:
    """A row per contender and order of the events whose times tie: difference and outcome."""
    titles = titles_of(document.contenders)
    rows = [
        (titles[one.contender], "of the data" if at == 0 else f"other {at}", difference, found)
        for one in (document.ties.outcomes if document.ties else ())
        for at, (difference, found) in enumerate(zip(one.differences, one.outcomes, strict=True))
    ]
    return pd.DataFrame(rows, columns=["contender", "order", "difference", "outcome"])


def _numbers(document: BakeoffDocument) -> None:
    """Every metric with its interval, each contender's time and memory, and the manifest."""
    titles = titles_of(document.contenders)
    with page.numbers():
        metrics = [
            {
                "contender": titles[c.name],
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
                "Each metric with its 95% interval, not adjusted for multiple comparisons. What a "
                "metric measures stands below its choice in the view “Overall”."
            )
            tables.show(
                pd.DataFrame(metrics), key="compare_metrics", alt="Every metric with its interval."
            )
        costs = [
            {
                "contender": titles[c.name],
                "fit time (s)": c.fit_seconds,
                "median latency (ms)": c.request_ms.p50 if c.request_ms else None,
                LATENCY: c.request_ms.p95 if c.request_ms else None,
                "peak memory (MB)": c.peak_mb,
                "model size (MB)": c.model_mb,
                "answered": f"{c.answered:,} of {c.requested:,}",
            }
            for c in document.contenders
        ]
        st.markdown("Time, memory and completeness of each contender." + _preloaded(document))
        tables.show(
            pd.DataFrame(costs), key="compare_costs", alt="Time, memory and size per contender."
        )
        fits = fits_frame(document)
        if len(fits):
            st.markdown(
                "What the draw changes: contenders that draw at random, fitted with different "
                f"seeds, and the mean {label(declared_metric(document))} of each fit. Lists, "
                "times and behavioral tests are those of the first fit."
            )
            tables.show(fits, key="compare_fits", alt="The spread between fits per contender.")
        orders = orders_frame(document)
        if len(orders):
            st.markdown(
                f"Differences in {label(declared_metric(document))} in several orders of the "
                "events whose times tie, from first fits alone."
            )
            tables.show(
                orders, key="compare_orders", alt="Difference and outcome per contender and order."
            )
        manifest = document.manifest
        st.markdown(
            f"Manifest `{str(manifest.get('hash', ''))[:12]}`: the same for every contender."
        )
        st.json(manifest, expanded=False)
