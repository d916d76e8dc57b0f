"""What is computed from a dataset once per server: its size, readiness, profile, quarantine."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
import streamlit as st

from app import state
from pipelines.data.readiness import Verdict
from pipelines.runtime import paths
from pipelines.stages.contract import DataShape
from pipelines.workspace.records import DatasetRecord

if TYPE_CHECKING:
    from pipelines.data.profile import Profile


def shape(name: str) -> DataShape:
    """The numbers of users, items and events of a dataset."""
    it = state.dataset(name).interactions
    return DataShape(it.n_users, it.n_items, len(it))


def size(record: DatasetRecord) -> tuple[int, int] | None:
    """The numbers of users and items of a dataset, without loading it.

    None if its files are missing or cannot be read.
    """
    if record.folder is None:
        return None
    return _size(str(record.folder), record.about.fingerprint)


@st.cache_data(max_entries=256, show_spinner=False)
def _size(folder: str, fingerprint: str) -> tuple[int, int] | None:
    from pipelines.data.dataset import size

    try:
        return size(Path(folder))[:2]
    except (OSError, ValueError):  # the dataset's own page shows the error
        return None


class Readiness(NamedTuple):
    """The readiness report of a dataset."""

    sentence: str
    verdict: Verdict
    findings: pd.DataFrame
    """check, value, threshold, state, why, todo, source."""
    approaches: pd.DataFrame
    """approach, state, have, need, missing, unit, source, first, note."""
    plan: str
    """The tracking plan as Markdown."""
    schema: str
    """The JSON Schema of the plan's events."""


def readiness(name: str) -> Readiness:
    """The readiness of a dataset for each approach, as of today."""
    record = state.workspace().dataset_record(name)
    today = dt.datetime.now(dt.UTC).date().isoformat()
    return _readiness(str(paths.home()), name, record.version, record.about.fingerprint, today)


@st.cache_resource(max_entries=16, show_spinner="Checking the data…")
def _readiness(home: str, name: str, version: int, fingerprint: str, today: str) -> Readiness:
    from pipelines.data import readiness as found
    from pipelines.data.readiness import tracking_plan

    report = found.report(state.dataset(name, version))
    return Readiness(
        report.sentence,
        report.verdict,
        pd.DataFrame([asdict(f) for f in report.findings]),
        pd.DataFrame([{"approach": n, **asdict(a)} for n, a in report.approaches.items()]),
        tracking_plan.markdown(report),
        tracking_plan.schema_text(),
    )


def profile(name: str) -> Profile:
    """The data of a dataset's profile charts."""
    record = state.workspace().dataset_record(name)
    return _profile(str(paths.home()), name, record.version, record.about.fingerprint)


@st.cache_resource(max_entries=16, show_spinner="Profiling the data…")
def _profile(home: str, name: str, version: int, fingerprint: str) -> Profile:
    from pipelines.data.profile import profile as profiled

    return profiled(state.dataset(name, version))


def quarantine_counts(record: DatasetRecord) -> pd.DataFrame:
    """Quarantined rows of a dataset version: table, reason, rows."""
    return _quarantine_counts(str(record.folder), record.about.fingerprint, record.created)


@st.cache_data(max_entries=32, show_spinner=False)
def _quarantine_counts(folder: str, fingerprint: str, created: str) -> pd.DataFrame:
    from pipelines.data import quarantine

    return quarantine.counts(Path(folder))


def forget(name: str) -> None:
    """Clear what was computed of datasets after one was deleted."""
    _readiness.clear()
    _profile.clear()
    state.forget(name)
