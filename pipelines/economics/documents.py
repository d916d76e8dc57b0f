"""Decide from a case and a bake-off's document: for the command line and notebooks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from pipelines.economics.case import Case
from pipelines.economics.case_files import load_case
from pipelines.economics.decision import decide
from pipelines.economics.evidence import Evidence, evidence_from_bakeoff
from pipelines.economics.measured import Measured
from pipelines.economics.memo import render_memo
from pipelines.economics.summary import Decision

Stated = str | Path | Case | None
"""A worked case's name, a TOML file, a case, or none."""


def decide_documents(
    case: Stated, document: dict[str, Any] | None, measured: Measured | None = None
) -> Decision:
    """Decide on a case, a bake-off's document and what readiness measured on its data."""
    return decide(*_inputs(case, document, measured))


def memo_of_documents(
    case: Stated,
    document: dict[str, Any] | None,
    date: dt.date | str,
    measured: Measured | None = None,
) -> str:
    """The one-page memo (HTML) of the same decision; `date` is printed as given."""
    stated, evidence = _inputs(case, document, measured)
    return render_memo(decide(stated, evidence), stated, evidence, date)


def _inputs(
    case: Stated, document: dict[str, Any] | None, measured: Measured | None
) -> tuple[Case | None, Evidence | None]:
    stated = case if isinstance(case, Case) or case is None else load_case(case)
    if document is None:
        return stated, None
    found = measured or Measured()
    return stated, evidence_from_bakeoff(document, found.readiness, found.exposures)
