"""The controls that the views of Compare share: metric, list length, contenders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from app import state
from app.compare.comparisons import comparable, leader, lengths, offered, scored
from app.components import page, toolbar
from app.components.results import declared_baseline, declared_metric
from pipelines.errors import AssayError
from pipelines.evaluation.comparison.ranking import better_sign
from pipelines.evaluation.metrics.names import label, load
from pipelines.evaluation.results.document import BakeoffDocument, titles_of

MORE = "more"
"""The option that opens the list of all other metrics."""
METRIC, FIRST, OTHER = "compare_metric", "compare_metric_first", "compare_metric_other"
WIDE, NARROW = 230, 180
"""Widths of a dropdown in pixels; five narrow ones fit side by side."""
BETTER = {
    "higher": "Higher is better.",
    "lower": "Lower is better.",
    "neither": "Neither higher nor lower is better.",
}


def row(gap: Literal["small", "medium"] = "medium") -> st.delta_generator.DeltaGenerator:
    """The container of a view's controls, side by side."""
    return st.container(horizontal=True, vertical_alignment="top", gap=gap)


def box(width: int = WIDE) -> st.delta_generator.DeltaGenerator:
    """The container of a dropdown, `width` pixels wide."""
    return st.container(width=width)


def side_by_side() -> st.delta_generator.DeltaGenerator:
    """The container of columns of charts; `look.css` stacks them in a narrow window."""
    return st.container(key="compare_sides")


def metric_and_length(document: BakeoffDocument, *, only_higher: bool = False) -> str:
    """The chosen metric at the chosen list length: `ndcg@10`.

    `only_higher` offers only metrics of which higher is better.
    """
    metric = _metric(document, only_higher)
    k = declared_metric(document).partition("@")[2]
    ks = lengths(document, metric)
    length = toolbar.choice("List length (k)", ks, key="compare_k", default=k if k in ks else ks[0])
    return f"{metric}@{length}"


def _metric(document: BakeoffDocument, only_higher: bool) -> str:
    """The main metrics as buttons, the others in a dropdown; the query parameter has the name."""
    main, others = offered(document)
    if only_higher:
        others = [m for m in others if comparable(m) and better_sign(m) > 0]
    first = declared_metric(document).partition("@")[0]
    every = [*main, *others]
    default = first if first in every else every[0]
    metric = toolbar.settled(METRIC, every, default)
    del st.session_state[
        METRIC
    ]  # no widget owns it: it would outlive this page and override a link
    # Both widgets show the query parameter; a click on either changes the parameter first.
    st.session_state[FIRST] = metric if metric in main else MORE
    st.segmented_control(
        "Metric",
        [*main, MORE] if others else main,
        key=FIRST,
        required=True,
        format_func=lambda name: "more…" if name == MORE else label(name),
        on_change=_chosen_first,
        args=(others,),
    )
    if metric in others:
        st.session_state[OTHER] = metric
        with box(NARROW):
            st.selectbox(
                "Other metrics",
                sorted(others, key=label),
                key=OTHER,
                format_func=label,
                on_change=_chosen_other,
            )
    toolbar.keep(METRIC, metric, default)
    return metric


def _chosen_first(others: Sequence[str]) -> None:
    chosen = st.session_state[FIRST]
    state.choose(compare_metric=min(others, key=label) if chosen == MORE else chosen)


def _chosen_other() -> None:
    state.choose(compare_metric=st.session_state[OTHER])


def contender(
    document: BakeoffDocument,
    label: str,
    options: Sequence[str],
    *,
    key: str,
    default: str | None,
    width: int = WIDE,
) -> str:
    """One of the contenders by title; the first if `default` is not an option."""
    titles = titles_of(document.contenders)
    with box(width):
        return toolbar.selection(
            label,
            options,
            key=key,
            default=options[0] if default is None or default not in options else default,
            format_func=lambda name: titles.get(name, name),
        )


def against(document: BakeoffDocument, metric: str, *, without: str = "", width: int = WIDE) -> str:
    """The contender that others are compared with; `without` is not offered."""
    baseline = declared_baseline(document)
    options = [name for name in scored(document, metric) if name != without]
    return contender(
        document, "Compare with", options, key="compare_with", default=baseline, width=width
    )


@dataclass(frozen=True)
class Pair:
    """Two contenders on a metric."""

    metric: str
    """`ndcg@10`; higher is better."""
    one: str
    other: str
    row: st.delta_generator.DeltaGenerator
    """The container of the two; more controls of the view can follow."""


def pair(document: BakeoffDocument, width: int = WIDE) -> Pair:
    """A metric of which higher is better, a contender, and the one it is compared with."""
    with row():
        metric = metric_and_length(document, only_higher=True)
    names = scored(document, metric)
    if len(names) < 2:
        raise AssayError("This view needs two scored contenders; this bake-off has fewer.")
    below = row(gap="small")
    with below:
        best = leader(document, metric)
        one = contender(document, "Contender", names, key="compare_of", default=best, width=width)
        other = against(document, metric, without=one, width=width)
    return Pair(metric, one, other, below)


def current_view(document: BakeoffDocument) -> tuple[str, str]:
    """The metric at its list length and the contender compared with, as chosen last."""
    first, baseline = declared_metric(document), declared_baseline(document)
    chosen = {key: toolbar.kept(key) for key in (METRIC, "compare_k", "compare_with")}
    metric, _, k = first.partition("@")
    there = {name for c in document.contenders for name in c.metrics}
    asked = f"{chosen[METRIC] or metric}@{chosen['compare_k'] or k}"
    found = asked if asked in there else first
    against = chosen["compare_with"] or baseline
    return (
        found,
        against if against in scored(document, found) else baseline,
    )


def about_metric(document: BakeoffDocument, metric: str) -> None:
    """The metric's definition, which direction is better, and whether it was declared."""
    sentences = [metric_description(metric)]
    first = declared_metric(document)
    if metric != first:
        sentences.append(
            f"This comparison is exploratory: {label(first)} was declared in advance. The more "
            "metrics you look at, the more differences you see by chance."
        )
    st.caption(page.plain(" ".join(sentences)))


def metric_description(metric: str) -> str:
    """What a metric measures, and whether higher or lower is better."""
    try:
        found = load(metric.partition("@")[0])
    except AssayError:  # from an older document, or from a package that is missing or broken
        return f"{label(metric)}: its definition is not installed."
    return f"{label(metric)}: {found.description} {BETTER[found.better]}"
