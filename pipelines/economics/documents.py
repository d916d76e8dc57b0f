"""Decide from a case's name and a bake-off's document, for the command line."""

from __future__ import annotations

from typing import Any, Literal

from pipelines.economics.case import load_case
from pipelines.economics.decision import decide
from pipelines.economics.evidence import evidence_from_bakeoff
from pipelines.economics.summary import Decision

Readiness = Literal["enough", "needs more", "unknown"]


def decide_documents(
    case: str | None, document: dict[str, Any] | None, readiness: Readiness = "unknown"
) -> Decision:
    """Decide on a case (a worked case's name or a TOML file), a bake-off's document, or both."""
    evidence = None if document is None else evidence_from_bakeoff(document, readiness=readiness)
    return decide(None if case is None else load_case(case), evidence)
