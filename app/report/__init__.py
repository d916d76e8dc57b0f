"""A bake-off as one HTML file that needs no server, network or script."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from app import state
from app.compare import interval_charts
from app.compare.comparisons import comparable, compared, headline
from app.compare.differences import HOLM, legend
from app.components import citation, results
from app.report import behavior, figures, sentences, slices, tables
from pipelines.data.dataset import About
from pipelines.errors import AssayError
from pipelines.evaluation.comparison.leading import passed_over
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.results.document import BakeoffDocument, Comparison
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.evaluation.results.shipped import is_shipped
from pipelines.runtime.templates import template

__all__ = ["button", "html"]

TEMPLATE = Path(__file__).with_name("report.html.j2")


@dataclass(frozen=True)
class View:
    """A metric and the contender compared with: headline, charts and comparisons."""

    metric: str
    against: str
    title: str
    figures: list[figures.Figure]
    found: list[Comparison] = field(default_factory=list)
    legend: str = ""
    """What the marks mean, and how many comparisons the intervals allow for."""
    passed_over: str = ""
    """Why contenders with a better value than the named one are not named."""


def button(document: BakeoffDocument, metric: str, against: str) -> None:
    """The button that makes the report, with the open view, and downloads it."""
    folder = state.bakeoff_folder(document.id)
    about = _about(document.dataset)
    st.download_button(
        "Download report (HTML)",
        lambda: html(document, folder, metric, against, about),
        file_name=f"assay-{document.dataset}-{document.id}.html",
        mime="text/html",
        key="compare_report",
        type="tertiary",
        icon=":material/description:",
        on_click="ignore",
        help="All results of this bake-off in one file. It opens in a browser without a network "
        "and can be printed. Making it takes a few seconds.",
    )


def _about(dataset: str) -> About | None:
    """The dataset's origin and notice; None if the dataset was deleted."""
    try:
        return state.about(dataset)
    except AssayError:
        return None


def html(
    document: BakeoffDocument,
    folder: BakeoffFolder,
    metric: str,
    against: str,
    about: About | None = None,
) -> str:
    """The report as one HTML document.

    It has the declared comparison first, then `metric` against `against` if they differ from it;
    only values if `metric` has no better direction. All text of the user is escaped, and nothing
    is loaded from elsewhere. `about` has the notice that the data's license requires.
    """
    declared = results.declared_metric(document), results.declared_baseline(document)
    first = _view(document, folder, *declared, name="declared")
    others = [] if (metric, against) == declared or not metric else [(metric, against)]
    text: str = template(TEMPLATE).render(
        document=document,
        title=first.title,
        declared=first,
        exploratory=[_view(document, folder, *one, name="exploratory") for one in others],
        setup=sentences.setup(document),
        warning=results.split_warning(document),
        exposure=sentences.with_code(document.exposure.sentence if document.exposure else ""),
        notice=citation.notice_sentence(about),
        contenders=tables.contenders(
            document, first.found, declared[0], shipped=is_shipped(folder.path)
        ),
        price=figures.price(document, folder, declared[0]),
        costs=tables.costs(document),
        waterfalls=figures.waterfalls(document),
        slices=slices.found(document, folder, *declared),
        checks=tables.checks(document),
        behavior=behavior.found(document),
        values=tables.values(document),
        definitions=sentences.definitions(document),
        notes=sentences.notes(document),
        manifest=sentences.manifest(document),
        versions=sentences.versions(),
        legend_note=HOLM,
        behavior_legend=behavior.LEGEND,
    )
    return text


def _view(
    document: BakeoffDocument, folder: BakeoffFolder, metric: str, against: str, name: str
) -> View:
    if metric != results.declared_metric(document) and not comparable(metric):
        return _values(document, metric, against, name)
    try:
        found = compared(document, folder, metric, against)
    except AssayError as error:  # the rest of the report needs no per-user values
        title = f"{label(metric)} against {against} is not available: {error}"
        return View(metric, against, title, [])
    title = headline(document, found, metric, against)
    if not found:
        return View(metric, against, title, [])
    drawn = [figures.differences(document, found, metric, against, name)]
    if document.windows and against == results.declared_baseline(document):
        drawn += figures.drift(document, found, metric, against, name)
    why = passed_over(document, found)
    return View(metric, against, title, drawn, found, legend(document, found, against), why)


def _values(document: BakeoffDocument, metric: str, against: str, name: str) -> View:
    """The values of a metric that has no better direction."""
    frame = interval_charts.values_frame(document, metric)
    drawn = [] if frame.empty else [figures.values(document, frame, metric, name)]
    return View(metric, against, interval_charts.range_sentence(frame, metric), drawn)
