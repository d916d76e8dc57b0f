"""How a dataset was imported: the steps, the recipe and the quarantine."""

from __future__ import annotations

import json

import pandas as pd
import streamlit as st

from app import state
from app.components import page, toolbar
from app.components.drawn import Drawn
from app.data import provenance_charts, quarantine_view, recipe_sentences
from pipelines.data.dataset import About
from pipelines.data.importing import event_columns, import_report
from pipelines.runtime.phrases import number_of
from pipelines.workspace.records import DatasetRecord

VERSION = "data_version"
"""Session key and query parameter of the version shown."""
_OF = "data_version_of"
STEPS = {
    event_columns.RETURNS: "Remove returns and cancellations",
    event_columns.TYPES: "Select event types",
    event_columns.LEAST: "Apply the minimum weight",
    "rows that can be used": "Validate rows",
    "repeats folded": "Merge repeated rows",
}
"""The label of each step."""
FATES = {"rows that can be used": "quarantined", "repeats folded": "merged"}
"""What happens to the rows that a step removes."""


def section(name: str) -> None:
    """The import of the version in the query parameter, by default the newest."""
    st.header("How rows became events", anchor=False)
    record = _version(name)
    about = record.about
    st.write(page.plain(sentence(about)))
    if about.steps:
        frame = steps_frame(about)
        data = frame.drop(columns="label")
        page.picture(Drawn(provenance_charts.steps, frame), sentence(about), data, key="data_steps")
    for said in import_report.sentences(about):
        st.write(page.plain(said))
    st.caption(page.plain(_origin(about)))
    if about.recipe is not None:
        _recipe(record)
    quarantine_view.section(record)


def sentence(about: About) -> str:
    """`600 rows became 520 events: 60 quarantined, 20 removed by the recipe.`"""
    removed = [
        f"{n:,} {fate}"
        for n, fate in (
            (about.quarantined, "quarantined"),
            (about.filtered, "removed by the recipe"),
            (about.folded, "merged"),
        )
        if n
    ]
    became = f"{number_of(about.rows_in, 'row')} became {number_of(about.kept, 'event')}"
    return f"{became}: {', '.join(removed)}." if removed else f"{became}."


def steps_frame(about: About) -> pd.DataFrame:
    """The steps of an import. Columns: step, rows_in, rows_out, fate, label."""
    rows = []
    for step in about.steps:
        removed, fate = step.rows_in - step.rows_out, FATES.get(step.name, "removed")
        name = STEPS.get(step.name, step.name)
        label = f"{name}: {number_of(step.rows_out, 'row')} left"
        label += f", {removed:,} {fate}" if removed else ""
        label += f" ({step.note})" if step.note else ""
        rows.append((name, step.rows_in, step.rows_out, fate, label))
    return pd.DataFrame(rows, columns=["step", "rows_in", "rows_out", "fate", "label"])


def _version(name: str) -> DatasetRecord:
    """The version to show; the user can choose if there are several."""
    records = {str(r.version): r for r in state.workspace().dataset_versions(name)}
    newest = next(iter(records))
    if st.session_state.get(_OF, name) != name:  # another dataset's choice
        st.session_state.pop(VERSION, None)
        toolbar.keep(VERSION, newest, newest)
    st.session_state[_OF] = name
    if len(records) == 1:
        return records[newest]
    chosen = toolbar.choice(
        "Version",
        tuple(records),
        key=VERSION,
        default=newest,
        format_func=lambda v: f"{v} (newest)" if v == newest else v,
    )
    return records[chosen]


def _origin(about: About) -> str:
    source = f", from {', '.join(about.sources)}" if about.sources else ""
    version = f"Version {about.version}{source}."
    fingerprint = f"Fingerprint of the events: {about.fingerprint[:12]}."
    origin = f" Source: {about.origin}" if about.origin and not about.sources else ""
    return f"{version} {fingerprint}{origin}"


def _recipe(record: DatasetRecord) -> None:
    recipe = record.about.recipe
    assert recipe is not None
    st.subheader(f"Recipe {recipe.hash[:8]}", anchor=False)
    st.markdown(
        "\n".join(f"- {page.plain(sentence)}" for sentence in recipe_sentences.sentences(recipe))
    )
    st.download_button(
        "Download recipe (JSON)",
        json.dumps(recipe.model_dump(mode="json"), indent=2),
        file_name=f"{record.name}-recipe.json",
        mime="application/json",
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
        key="data_recipe_json",
    )
