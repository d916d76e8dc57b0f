"""Compare: who is better than the baseline, by how much, and at what price in time."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import look, state
from app.components import charts, page, tables, toolbar
from app.components import compare_charts as pictures
from app.components.compare_data import comparisons, headline, offered
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.results import BakeoffDocument, Comparison


def draw() -> None:
    document = state.chosen_document()
    if document is None:
        toolbar.without_bakeoff(state.chosen_dataset(), "each contender's difference to popular")
        return
    metrics, ks = offered(document)
    if not metrics:
        _nobody(document)
        return
    top = st.container()
    metric, against = _tools(document, metrics, ks)
    with top:
        found = _opening(document, metric, against)
    _quality(document, metric)
    _steps(document)
    _contenders(document, found, metric, against)
    _numbers(document)


def _nobody(document: BakeoffDocument) -> None:
    """A bake-off in which nobody was scored."""
    page.opening(
        "Nobody was scored in this bake-off; the table says why.",
        toolbar.blank("each contender's difference to popular"),
        alt="An empty picture: nobody was scored.",
    )
    _contenders(document, [], str(document.manifest.get("metric", "ndcg@10")), "")


def _tools(document: BakeoffDocument, metrics: list[str], ks: list[str]) -> tuple[str, str]:
    """Metric, list length and the contender to compare with."""
    declared, _, k = str(document.manifest.get("metric", "ndcg@10")).partition("@")
    scored = [c.name for c in document.contenders if c.status == "scored"]
    baseline = str(document.manifest.get("baseline", "popular"))
    named = pictures.titles(document)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        metric = toolbar.choice(
            "Metric",
            metrics,
            key="compare_metric",
            default=declared if declared in metrics else metrics[0],
            format_func=label,
        )
        length = toolbar.choice(
            "List length k", ks, key="compare_k", default=k if k in ks else ks[0]
        )
        with st.container(width=230):
            against = toolbar.selection(
                "Compare with",
                scored,
                key="compare_with",
                default=baseline if baseline in scored else scored[0],
                format_func=lambda name: named.get(name, name),
            )
    if (metric, length) != (declared, k):
        st.caption(
            f"Declared in advance was {label(f'{declared}@{k}')}; any other metric is a look, "
            "and the more looks, the more differences by chance."
        )
    return f"{metric}@{length}", against


def _opening(document: BakeoffDocument, metric: str, against: str) -> list[Comparison]:
    found = comparisons(document, metric, against)
    page.opening(headline(document, found, metric, against))
    _protocol(document)
    if not found:
        page.picture(
            toolbar.blank("each contender's difference"),
            "An empty picture: there are no two contenders to compare.",
            key="compare",
        )
        return found
    frame = pictures.differences_frame(document, found)
    baseline = pictures.titles(document)[against]
    drawn, floor = pictures.without_floor(frame)
    chart = pictures.differences(drawn, pictures.titled_styles(document), metric, baseline)
    alt = pictures.differences_alt(frame, metric, baseline)
    page.picture(chart, alt, frame.drop(columns="words"), key="compare")
    if floor:
        st.caption(page.plain(floor))
    share = float(document.manifest.get("useful_share", 0.02))
    st.caption(
        f"{look.OUTCOME_MARK['better']} better: the whole interval lies above zero. "
        f"{look.OUTCOME_MARK['equivalent']} equivalent: it lies within the grey band, the "
        f"smallest useful difference ({100 * share:.3g} % of {baseline}). "
        f"{look.OUTCOME_MARK['worse']} worse: below zero. "
        f"{look.OUTCOME_MARK['inconclusive']} inconclusive: more people are needed."
    )
    return found


def _protocol(document: BakeoffDocument) -> None:
    """Which split, how many people, and what a benchmark protocol lets in."""
    manifest = document.manifest
    asked = f"{manifest.get('users', 0):,} people, {manifest.get('items', 0):,} items"
    split = str(manifest.get("split", ""))
    note = str(manifest.get("split_note") or "")
    if note:
        st.markdown(
            f":material/info: **{note[0].upper()}{note[1:]}** (split `{split}`, {asked}). "
            "A split in time is what counts for a decision."
        )
    else:
        st.caption(f"Split {page.plain(split)}: one moment for all; {asked}; full catalogue.")


def _quality(document: BakeoffDocument, metric: str) -> None:
    frame = pictures.quality_frame(document, metric)
    if frame.empty:
        return
    st.subheader("Quality against the time of a request", anchor=False)
    budget = (document.manifest.get("budget") or {}).get("p95_ms")
    chart = pictures.quality(frame, pictures.titled_styles(document), metric, budget)
    page.picture(chart, pictures.quality_alt(frame, metric), frame, key="compare_quality")


def _steps(document: BakeoffDocument) -> None:
    """What each step of one contender adds, in quality and in time."""
    staged = [c for c in document.contenders if c.waterfall]
    if not staged:
        return
    longest = max(staged, key=lambda c: len(c.waterfall))
    named = pictures.titles(document)
    st.subheader("What each step adds", anchor=False)
    with st.container(width=260):
        name = toolbar.selection(
            "Contender",
            [c.name for c in staged],
            key="compare_steps",
            default=longest.name,
            format_func=lambda n: named.get(n, n),
        )
    contender = next(c for c in staged if c.name == name)
    frame = pictures.waterfall_frame(contender.waterfall)
    color = look.styles_of(document)[name].color
    page.picture(
        pictures.waterfall(frame, color),
        pictures.waterfall_alt(frame, named[name]),
        frame,
        key="compare_waterfall",
    )


def _contenders(
    document: BakeoffDocument, found: list[Comparison], metric: str, against: str
) -> None:
    """Who took part, with the reason where somebody is not in the pictures."""
    st.subheader("Contenders", anchor=False)
    outcomes = {
        c.contender: look.outcome_words(c.outcome, c.over_budget, c.failed_required) for c in found
    }
    named = pictures.titles(document)
    rows = []
    for c in document.contenders:
        value = c.metrics.get(metric)
        state_words = "over budget" if c.status == "scored" and c.over_budget else c.status
        rows.append(
            {
                "contender": f"{look.KIND_MARK[c.kind]} {named[c.name]}",
                label(metric): None if value is None else value.value,
                "outcome": "compared with" if c.name == against else outcomes.get(c.name, ""),
                "p95, ms": None if c.request_ms is None else c.request_ms.p95,
                "status": state_words,
                "kind": look.KIND_WORDS[c.kind],
            }
        )
    frame = pd.DataFrame(rows).sort_values(
        label(metric), ascending=False, na_position="last", ignore_index=True
    )
    tables.show(
        frame,
        key="compare_contenders",
        alt="Who took part, with status, value and outcome.",
    )
    for c in document.contenders:
        if c.status != "scored":
            why = page.plain(c.reason or "It gave no reason.")
            st.markdown(f"**{page.plain(named[c.name])}: {c.status}.** {why}")
    _notes(document, named)
    for note in document.notes:
        st.caption(page.plain(note))


def _notes(document: BakeoffDocument, named: dict[str, str]) -> None:
    """What is to be known of contenders; said once where it holds of several."""
    about: dict[str, list[str]] = {}
    for c in document.contenders:
        for text in (*c.over_budget, *c.failed_required, *c.notes):
            about.setdefault(text.rstrip("."), []).append(named[c.name])
    lines = [f"{charts.names(who)}: {text}." for text, who in about.items()]
    if lines:
        st.caption("\n".join(f"- {page.plain(line)}" for line in lines))


def _numbers(document: BakeoffDocument) -> None:
    """Every metric with its interval, and what each contender cost."""
    named = pictures.titles(document)
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
            st.markdown("Each metric with its 95 % interval; formulas in `docs/metrics.md`.")
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


page.show(draw)
