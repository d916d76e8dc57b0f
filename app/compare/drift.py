"""The view of several windows: whether the differences last or drift."""

from __future__ import annotations

import streamlit as st

from app import look
from app.compare import drift_charts, tools
from app.compare.comparisons import comparable, comparisons
from app.compare.heading import Heading
from app.components import page, tables
from app.components.drawn import Drawn
from app.components.results import declared_baseline
from pipelines.evaluation.comparison.leading import leading, passed_over
from pipelines.evaluation.comparison.sentences import three_digits
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.results.document import BakeoffDocument, Comparison, titles_of

LEGEND = (
    "Each window is a bake-off of its own, trained on the events before it; its intervals are at "
    "95%, not adjusted. On the right is the result over all windows, in which every request counts "
    "the same."
)


def section(document: BakeoffDocument) -> Heading:
    """The picture of one metric over the windows, its numbers, and a sentence per contender."""
    with tools.row(gap="small"):
        metric = tools.metric_and_length(document)
    tools.about_metric(document, metric)
    titles, baseline = titles_of(document.contenders), declared_baseline(document)
    compared = comparable(metric) and any(
        metric in found for w in document.windows for found in w.differences.values()
    )
    against = titles.get(baseline, baseline) if compared else ""
    if compared:
        pooled = comparisons(document, metric, baseline)
        frame = drift_charts.differences_frame(document, metric, pooled)
    else:
        frame = drift_charts.values_frame(document, metric)
    drawn = drift_charts.without_floor(frame, titles)
    chart = Drawn(drift_charts.chart, drawn, look.styles_by_title(document), metric, against)
    page.picture(chart, drift_charts.alt_text(drawn, metric, against), frame, key="compare_drift")
    left_out = "" if len(drawn) == len(frame) else " Not shown: Random."
    st.caption(page.plain(LEGEND + left_out))
    told = [d.sentence for d in document.drift if d.metric == metric]
    if told:
        st.markdown("\n".join(f"- {page.plain(text)}" for text in told))
    with page.numbers():
        tables.show(
            frame, key="compare_drift_numbers", alt="Each contender's result in each window."
        )
    found = comparisons(document, metric, baseline) if comparable(metric) else []
    return Heading(_title(document, metric, found), passed_over(document, found))


def _title(document: BakeoffDocument, metric: str, found: list[Comparison]) -> str:
    """How the leading contender's difference goes from window to window."""
    baseline = declared_baseline(document)
    best = leading(document, found)
    if best is None:
        return f"{label(metric)} in {len(document.windows)} windows."
    steps = [w.differences.get(best.contender, {}).get(metric) for w in document.windows]
    numbers = ", ".join(three_digits(one.value) for one in steps if one is not None)
    of_it = (d for d in document.drift if (d.contender, d.metric) == (best.contender, metric))
    told = next((f"; {'a' if d.certain else 'no'} certain drift" for d in of_it), "")
    titles = titles_of(document.contenders)
    return (
        f"{titles[best.contender]} against {titles.get(baseline, baseline)} in {label(metric)}, "
        f"window by window: {numbers}{told}."
    )
