"""A bake-off as one HTML file that opens without a server, a network or a script."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from app import state
from app.compare.differences import legend
from app.components import comparison_charts as compare_charts
from app.components import page, results
from app.components.comparison import comparable, compared, headline
from app.report import behavior, figures, slices, tables, words
from pipelines.data.dataset import About
from pipelines.errors import AssayError
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.results.document import BakeoffDocument, Comparison
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.runtime.templates import template

__all__ = ["button", "html"]

TEMPLATE = Path(__file__).with_name("report.html.j2")


@dataclass(frozen=True)
class View:
    """A metric against one contender: its sentence, its picture, what each comparison says."""

    metric: str
    against: str
    title: str
    figures: list[figures.Figure]
    found: list[Comparison] = field(default_factory=list)
    legend: str = ""
    """What the marks mean, and whether the intervals are adjusted."""


def button(document: BakeoffDocument, metric: str, against: str) -> None:
    """The button that makes the report, with the view that is open, and downloads it."""
    kept = state.kept(document.id)
    about = _about(document.dataset)
    st.download_button(
        "Report (one HTML file)",
        lambda: html(document, kept, metric, against, about),
        file_name=f"assay-{document.dataset}-{document.id}.html",
        mime="text/html",
        key="compare_report",
        type="tertiary",
        icon=":material/description:",
        on_click="ignore",
        help="Everything of this bake-off in one file. It opens in a browser without a network, "
        "prints on paper, and takes some seconds to make.",
    )


def _about(dataset: str) -> About | None:
    """What must be said of the data; None where the dataset was deleted."""
    try:
        return state.about(dataset)
    except AssayError:
        return None


def html(
    document: BakeoffDocument,
    kept: BakeoffFolder,
    metric: str,
    against: str,
    about: About | None = None,
) -> str:
    """The report as one HTML document: the declared comparison first, then `metric` against
    `against` where that is another one.

    Where nobody wins by `metric`, its values are shown instead. All text of the user is escaped;
    nothing is loaded from elsewhere. `about` gives the notice that the data's licence asks for.
    """
    declared = results.metric_of(document), str(document.manifest.get("baseline", "popular"))
    first = _view(document, kept, *declared, name="declared")
    looks = [] if (metric, against) == declared or not metric else [(metric, against)]
    text: str = template(TEMPLATE).render(
        document=document,
        title=first.title,
        declared=first,
        looks=[_view(document, kept, *one, name="look") for one in looks],
        asked=words.asked(document),
        warning=str(document.manifest.get("split_note") or ""),
        exposure=document.exposure.sentence if document.exposure else "",
        notice=page.notice_words(about),
        contenders=tables.contenders(document, first.found, declared[0]),
        price=figures.price(document, kept, declared[0]),
        costs=tables.costs(document),
        waterfalls=figures.waterfalls(document),
        slices=slices.found(document, kept, *declared),
        behavior=behavior.found(document),
        values=tables.values(document),
        definitions=words.definitions(document),
        notes=words.notes(document),
        manifest=words.manifest(document),
        versions=words.versions(),
    )
    return text


def _view(
    document: BakeoffDocument, kept: BakeoffFolder, metric: str, against: str, name: str
) -> View:
    if metric != results.metric_of(document) and not comparable(metric):
        return _values(document, metric, against, name)
    try:
        found = compared(document, kept, metric, against)
    except AssayError as error:  # the rest of the report needs no values per person
        said = f"{label(metric)} against {against} cannot be told: {error}"
        return View(metric, against, said, [])
    title = headline(document, found, metric, against)
    if not found:
        return View(metric, against, title, [])
    drawn = [figures.differences(document, found, metric, against, name)]
    return View(metric, against, title, drawn, found, legend(document, found, against))


def _values(document: BakeoffDocument, metric: str, against: str, name: str) -> View:
    """A metric by which nobody wins: who has most and who least."""
    frame = compare_charts.values_frame(document, metric)
    drawn = [] if frame.empty else [figures.values(document, frame, metric, name)]
    return View(metric, against, compare_charts.spread(frame, metric), drawn)
