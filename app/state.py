"""Session keys, what is chosen, and cached datasets and bake-offs.

The session holds ids and plain values only: classes change identity when code is reloaded.
The chosen dataset and bake-off are query parameters (`?dataset=...&bakeoff=...`), so every view
has a link.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from app import address
from pipelines.data.dataset import About, Dataset
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.evaluation.results.shipped import Shipped
from pipelines.evaluation.results.shipped import shipped as found_shipped
from pipelines.runtime import paths, redact
from pipelines.workspace.records import BakeoffRecord, DatasetRecord

if TYPE_CHECKING:
    from pipelines.evaluation.results.folder import BakeoffFolder
    from pipelines.workspace import Workspace

DATASET, BAKEOFF = "dataset", "bakeoff"
"""Session keys of the sidebar's pickers; also the query parameters."""
SPEC = "build_spec"
"""Session key: the spec being edited, as a document (`Spec.document()`)."""
FINISHED = "jobs_finished"
"""Session key: ids of jobs that were done while this window was open."""
WATCHED = "jobs_watched"
"""Session key: ids of jobs that were running when the page was last drawn."""
STARTED = "jobs_started"
"""Session key: ids of jobs that were started from this window."""
NOT_THERE = "address_not_there"
"""Session key: what a link asked for and this workspace does not have, in a sentence."""
AWAITED = "jobs_awaited"
"""Session key: the jobs without which the page, as last drawn, has nothing to show."""
FILLING = "data_filling"
"""Session key: whether the form that loads events had files or a query when it was last drawn."""


def workspace() -> Workspace:
    """The workspace that `ASSAY_HOME` names; opened once per server."""
    return _workspace(str(paths.home()))


@st.cache_resource(show_spinner="Opening the workspace…")
def _workspace(home: str) -> Workspace:
    from pipelines.workspace import Workspace, beginning

    redact.logs()
    opened = Workspace.open(Path(home))
    opened.mark_lost()
    if opened.new:  # `streamlit run` without `assay run` before it
        beginning.begin(opened)
    return opened


def dataset_records() -> list[DatasetRecord]:
    """The newest version of each dataset, by name."""
    return workspace().datasets()


def dataset_names() -> list[str]:
    """Dataset names: the newest bake-off's first, then loaded ones, then the others."""
    records = dataset_records()
    newest = next((r.dataset for r in bakeoff_records()), None)
    order = {r.name: (r.name != newest, r.state != "ready", r.name) for r in records}
    return sorted(order, key=order.__getitem__)


def dataset(name: str, version: int | None = None) -> Dataset:
    """A dataset, read-only and shared by all sessions; the newest version by default."""
    if version is None:
        version = workspace().dataset_record(name).version
    return _dataset(str(paths.home()), name, version, about(name).fingerprint)


@st.cache_resource(max_entries=3, show_spinner="Loading the data…")
def _dataset(home: str, name: str, version: int, fingerprint: str) -> Dataset:
    return workspace().dataset(name, version)


def forget(name: str) -> None:
    """Do not keep a deleted dataset, nor the choice of it."""
    _dataset.clear()
    if st.session_state.get(DATASET) == name:
        st.session_state.pop(DATASET)


def bakeoff_dataset(bakeoff_id: str) -> Dataset:
    """The dataset that a bake-off was made of; an `AssayError` where it is gone."""
    record = workspace().bakeoff_dataset(bakeoff_id)
    return _dataset(str(paths.home()), record.name, record.version, record.about.fingerprint)


def about(name: str) -> About:
    """A dataset's origin, counts and notice; does not load its events."""
    return workspace().about(name)


def bakeoff_records(dataset: str | None = None) -> list[BakeoffRecord]:
    """Finished bake-offs of a dataset (or of all), newest first."""
    return workspace().bakeoffs(dataset)


def document(bakeoff_id: str) -> BakeoffDocument:
    """A bake-off's results, shared by all sessions."""
    return _document(str(paths.home()), bakeoff_id, workspace().bakeoff_digest(bakeoff_id))


@st.cache_resource(max_entries=32, show_spinner=False)
def _document(home: str, bakeoff_id: str, digest: str) -> BakeoffDocument:
    return workspace().bakeoff(bakeoff_id)


def bakeoff_folder(bakeoff_id: str) -> BakeoffFolder:
    """A bake-off's folder, shared by all sessions: each file is read once."""
    return _bakeoff_folder(str(paths.home()), bakeoff_id)


@st.cache_resource(max_entries=4, show_spinner=False)
def _bakeoff_folder(home: str, bakeoff_id: str) -> BakeoffFolder:
    from pipelines.evaluation.results.folder import BakeoffFolder

    return BakeoffFolder(workspace().bakeoff_folder(bakeoff_id))


def shipped(bakeoff_id: str) -> Shipped | None:
    """How a bake-off that came with Assay was made; None for one made here."""
    return found_shipped(workspace().bakeoff_folder(bakeoff_id))


def is_shipped(bakeoff_id: str) -> bool:
    """Whether a bake-off came with Assay, and was not made here."""
    return shipped(bakeoff_id) is not None


def chosen_dataset() -> str | None:
    """The dataset chosen in the sidebar; None in an empty workspace."""
    return _chosen(DATASET, dataset_names())


def chosen_bakeoff() -> str | None:
    """The bake-off id chosen in the sidebar; None if the dataset has no bake-off."""
    name = chosen_dataset()
    return _chosen(BAKEOFF, [r.id for r in bakeoff_records(name)] if name else [])


def chosen_document() -> BakeoffDocument | None:
    """The chosen bake-off's document; None if there is no bake-off."""
    found = chosen_bakeoff()
    return document(found) if found else None


def _chosen(key: str, options: list[str]) -> str | None:
    value = st.session_state.get(key)
    return value if value in options else next(iter(options), None)


def choose(**values: str) -> None:
    """Set a picker's value at the next run (`choose(bakeoff=...)`)."""
    for key, value in values.items():
        st.session_state[f"next_{key}"] = value


def settle(key: str, options: list[str]) -> str | None:
    """Set a picker's value before it is drawn; it is written to the query parameters.

    In this order: the value set by `choose`, a query parameter that changed (a link, the
    browser's back button), the current value, the first option. Returns what a link asked for
    where that is not an option.
    """
    chosen = st.session_state.pop(f"next_{key}", None)
    asked = address.read(key) if address.followed(key) else None
    value = next(
        (v for v in (chosen, asked, st.session_state.get(key), *options) if v in options), None
    )
    if value is None:
        st.session_state.pop(key, None)
    else:
        st.session_state[key] = value
    address.put({key: value})
    return asked if asked is not None and asked not in options else None
