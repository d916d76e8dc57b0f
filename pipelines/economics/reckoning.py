"""One door for the command line and the app: a case by name and a bake-off's evidence."""

from __future__ import annotations

from typing import Any, Literal

from pipelines.economics.case import load_case
from pipelines.economics.decision import decide
from pipelines.economics.evidence import evidence_from_bakeoff
from pipelines.economics.summary import Decision

Readiness = Literal["enough", "needs more", "unknown"]


def reckon(
    case: str | None, document: dict[str, Any] | None, readiness: Readiness = "unknown"
) -> Decision:
    """Decide on a case (a preset's name or a TOML file) with a bake-off's document, or either."""
    evidence = None if document is None else evidence_from_bakeoff(document, readiness=readiness)
    return decide(None if case is None else load_case(case), evidence)
