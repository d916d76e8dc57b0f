"""How a dataset's events came to be: the steps of its import, its recipe, its quarantine."""

from __future__ import annotations

import json

import pandas as pd
import streamlit as st

from app import state
from app.components import page, toolbar
from app.data import provenance_charts, quarantine_view, recipe_words
from pipelines.data.dataset import About
from pipelines.data.importing import events
from pipelines.workspace.records import DatasetRecord

VERSION = "data_version"
"""Key of the version that is looked at, also in the address."""
_OF = "data_version_of"
STEPS = {
    events.RETURNS: "No returns, no cancellations",
    events.TYPES: "Types of event that count",
    events.LEAST: "Not below the minimum weight",
    "rows that can be used": "Rows that can be used",
    "repeats folded": "Repeats folded",
}
"""What goes on after a step, in words."""
FATES = {"rows that can be used": "to quarantine", "repeats folded": "folded"}


def section(name: str) -> None:
    """All of it, for the version that the address names, else the newest."""
    st.header("How these events came to be", anchor=False)
    record = _version(name)
    about = record.about
    st.write(page.plain(sentence(about)))
    if about.steps:
        frame = steps_frame(about)
        data = frame.drop(columns="words")
        page.picture(provenance_charts.steps(frame), sentence(about), data, key="data_steps")
    st.caption(page.plain(_origin(about)))
    if about.recipe is not None:
        _recipe(record)
    quarantine_view.section(record)


def sentence(about: About) -> str:
    """`600 rows became 520 events: 60 are in quarantine, and 20 were left out by the recipe.`"""
    gone = [
        f"{n:,} {words}"
        for n, words in (
            (about.quarantined, "in quarantine"),
            (about.filtered, "left out by the recipe"),
            (about.folded, "folded into another"),
        )
        if n
    ]
    became = f"{about.rows_in:,} rows became {about.kept:,} events"
    return f"{became}: {', '.join(gone)}." if gone else f"{became}; none was lost."


def steps_frame(about: About) -> pd.DataFrame:
    """The steps of an import as they are drawn: step, rows_in, rows_out, fate, words."""
    rows = []
    for step in about.steps:
        gone, fate = step.rows_in - step.rows_out, FATES.get(step.name, "left out")
        name = STEPS.get(step.name, step.name[:1].upper() + step.name[1:])
        words = f"{name}: {step.rows_out:,} go on" + (f", {gone:,} {fate}" if gone else "")
        words += f"; {step.note}" if step.note else ""
        rows.append((name, step.rows_in, step.rows_out, fate, words))
    return pd.DataFrame(rows, columns=["step", "rows_in", "rows_out", "fate", "words"])


def _version(name: str) -> DatasetRecord:
    """The version to look at, chosen where there are several."""
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
    said = [f"Version {about.version}"]
    if about.sources:
        said.append(f"from {', '.join(about.sources)}")
    elif about.origin:
        said.append(f"from {about.origin.rstrip('.')}")
    return ", ".join(said) + f". Fingerprint of the events: {about.fingerprint[:12]}."


def _recipe(record: DatasetRecord) -> None:
    recipe = record.about.recipe
    assert recipe is not None
    st.subheader(f"Recipe {recipe.hash[:8]}", anchor=False)
    st.markdown("\n".join(f"- {page.plain(words)}" for words in recipe_words.words(recipe)))
    st.download_button(
        "The recipe (JSON)",
        json.dumps(recipe.model_dump(mode="json"), indent=2),
        file_name=f"{record.name}-recipe.json",
        mime="application/json",
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
        key="data_recipe_json",
    )
