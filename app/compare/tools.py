"""The choices that the views of a comparison share: metric, list length, contenders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from app import state
from app.components import page, toolbar
from app.components.comparison import comparable, declared, leader, lengths, offered, scored
from app.components.comparison_charts import titles
from pipelines.errors import AssayError
from pipelines.evaluation.comparison.ranking import better_sign
from pipelines.evaluation.metrics.names import label, load
from pipelines.evaluation.results.document import BakeoffDocument

MORE = "more"
"""The option of the first row that opens the list of all other metrics."""
METRIC, FIRST, OTHER = "compare_metric", "compare_metric_first", "compare_metric_other"
WIDE, NARROW = 230, 180
"""Widths of a list to choose from, pixels; five narrow ones stand side by side."""
BETTER = {
    "higher": "Higher is better.",
    "lower": "Lower is better.",
    "neither": "Neither higher nor lower is better in itself.",
}


def row(gap: Literal["small", "medium"] = "medium") -> st.delta_generator.DeltaGenerator:
    """Where the choices of a view stand, side by side."""
    return st.container(horizontal=True, vertical_alignment="bottom", gap=gap)


def box(width: int = WIDE) -> st.delta_generator.DeltaGenerator:
    """The room of a list to choose from."""
    return st.container(width=width)


def side_by_side() -> st.delta_generator.DeltaGenerator:
    """Where columns of pictures stand; `look.css` puts them one below another when narrow."""
    return st.container(key="compare_sides")


def metric_and_length(document: BakeoffDocument, *, only_higher: bool = False) -> str:
    """The chosen metric at the chosen length: `ndcg@10`; with `only_higher`, one of those of
    which more is better."""
    metric = _metric(document, only_higher)
    k = declared(document).partition("@")[2]
    ks = lengths(document, metric)
    length = toolbar.choice("List length k", ks, key="compare_k", default=k if k in ks else ks[0])
    return f"{metric}@{length}"


def _metric(document: BakeoffDocument, only_higher: bool) -> str:
    """Six metrics as buttons, all others behind `more`; the address holds the metric alone."""
    main, others = offered(document)
    if only_higher:
        others = [m for m in others if comparable(m) and better_sign(m) > 0]
    first = declared(document).partition("@")[0]
    every = [*main, *others]
    default = first if first in every else every[0]
    metric = toolbar.settled(METRIC, every, default)
    del st.session_state[METRIC]  # no widget's: it would outlive this page and win over a link
    # Both widgets show what the address says; a click on either changes that first.
    st.session_state[FIRST] = metric if metric in main else MORE
    st.segmented_control(
        "Metric",
        [*main, MORE] if others else main,
        key=FIRST,
        required=True,
        format_func=lambda name: "more …" if name == MORE else label(name),
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
    words: str,
    options: Sequence[str],
    *,
    key: str,
    default: str | None,
    width: int = WIDE,
) -> str:
    """One of the contenders, by what charts call them; the first where the default is none."""
    named = titles(document)
    with box(width):
        return toolbar.selection(
            words,
            options,
            key=key,
            default=options[0] if default is None or default not in options else default,
            format_func=lambda name: named.get(name, name),
        )


def against(document: BakeoffDocument, metric: str, *, without: str = "", width: int = WIDE) -> str:
    """The contender that the others, or the one `without` which it is offered, are compared
    with."""
    baseline = str(document.manifest.get("baseline", "popular"))
    options = [name for name in scored(document, metric) if name != without]
    return contender(
        document, "Compare with", options, key="compare_with", default=baseline, width=width
    )


@dataclass(frozen=True)
class Pair:
    """Two contenders on a metric."""

    metric: str
    """`ndcg@10`, one of which more is better."""
    one: str
    other: str
    row: st.delta_generator.DeltaGenerator
    """Where the two stand; a view's further choices may follow."""


def pair(document: BakeoffDocument, width: int = WIDE) -> Pair:
    """A metric of which more is better, a contender, and the one it is set against."""
    with row():
        metric = metric_and_length(document, only_higher=True)
    names = scored(document, metric)
    if len(names) < 2:
        raise AssayError("There are no two scored contenders to set side by side.")
    below = row(gap="small")
    with below:
        best = leader(document, metric)
        one = contender(document, "Contender", names, key="compare_of", default=best, width=width)
        other = against(document, metric, without=one, width=width)
    return Pair(metric, one, other, below)


def seen(document: BakeoffDocument) -> tuple[str, str]:
    """The metric at its length and the contender compared with, as chosen last."""
    first, baseline = declared(document), str(document.manifest.get("baseline", "popular"))
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
    """What the metric tells, which way is better, and that a look is a look."""
    said = [metric_words(metric)]
    first = declared(document)
    if metric != first:
        said.append(
            f"Declared in advance was {label(first)}; any other metric is a look, and the more "
            "looks, the more differences by chance."
        )
    st.caption(page.plain(" ".join(said)))


def metric_words(metric: str) -> str:
    """What a metric tells, in a sentence, and whether higher or lower is better."""
    try:
        found = load(metric.partition("@")[0])
    except AssayError:  # of an older document, or of a package that is gone or broken
        return f"{label(metric)}: its definition is no longer installed."
    told = found.description[0].lower() + found.description[1:]
    return f"{label(metric)}: {told} {BETTER[found.better]}"
