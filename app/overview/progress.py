"""Where the question stands: its sentence, and the status of the five steps to the answer."""

from __future__ import annotations

from typing import Any

import pandas as pd

from app import datasets, state
from app.components import jobs, results
from app.components.evidence import chosen_evidence
from app.components.tables import moment
from pipelines.economics.decision import decide
from pipelines.economics.labels import answer_label
from pipelines.economics.summary import sentence
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.runtime.phrases import number_of
from pipelines.workspace.records import DecisionRecord


def standing(
    name: str | None,
    document: BakeoffDocument | None,
    saved: DecisionRecord | None,
    drafted: str = "",
) -> str:
    """The state of the decision in one sentence: as saved, or what Decide says of a draft."""
    if name is None:
        return "No data yet: load your own events or a sample."
    if saved is not None and saved.document.get("sentence"):
        return str(saved.document["sentence"])
    if drafted:
        return drafted
    if document is None and jobs.live("bakeoff", name):
        return f"Not decidable yet: the first bake-off on {name} is running."
    if document is None:
        return f"Not decidable yet: no bake-off has been run on {name}."
    return sentence(decide(None, chosen_evidence()))


def purpose(*, decided: bool) -> str:
    """What Assay is for; and until a decision is saved, what is meant by "not decidable yet"."""
    what = (
        "Assay tells a team whether to **build** its recommender, **buy** one, buy now and build "
        "later, or fix its data first: measured on its own data."
    )
    if decided:
        return what
    return (
        f"{what} *Not decidable yet* means that inputs are missing which only you have, such as "
        "your margin and the uplift that you expect; Decide lists them."
    )


def steps(
    name: str | None,
    document: BakeoffDocument | None,
    saved: DecisionRecord | None,
    drafted: str = "",
) -> pd.DataFrame:
    """The five steps. Columns: step, state ("done", "now", "open"), line (the status).

    `drafted` is the answer of a draft that is not saved.
    """
    built = document is not None and _built(document) > 0
    lines = {
        "Data": (name is not None, _data_line(name)),
        "Build": (built, _build_line(document)),
        "Compare": (document is not None, _compare_line(document)),
        "Test": (False, "no online test yet"),
        "Decide": (saved is not None, _decide_line(saved, drafted)),
    }
    current = next((step for step, (done, _) in lines.items() if not done), None)
    rows: list[dict[str, Any]] = [
        {
            "step": step,
            "state": "done" if done else "now" if step == current else "open",
            "line": line,
        }
        for step, (done, line) in lines.items()
    ]
    return pd.DataFrame(rows)


def saved_decision(document: BakeoffDocument | None) -> DecisionRecord | None:
    """The newest saved decision that uses the chosen bake-off; without one, that uses none."""
    wanted = None if document is None else document.id
    return next((d for d in state.workspace().decisions() if d.bakeoff == wanted), None)


def _data_line(name: str | None) -> str:
    if name is None:
        return "no data loaded"
    if state.workspace().dataset_record(name).state != "ready":
        return f"{name}: not loaded yet"
    found = datasets.readiness(name).approaches
    enough = int((found["state"] == "enough").sum())
    return f"{name}: enough for {enough} of {len(found)} approaches"


def _build_line(document: BakeoffDocument | None) -> str:
    if document is None:
        return "no pipeline built yet"
    made = "shipped with Assay" if state.is_shipped(document.id) else "built and scored"
    return f"{number_of(_built(document), 'pipeline')} {made}"


def _built(document: BakeoffDocument) -> int:
    return sum(c.kind == "built" and c.status == "scored" for c in document.contenders)


def _compare_line(document: BakeoffDocument | None) -> str:
    if document is None:
        return "no bake-off yet"
    return f"{results.leader_label(document)}; {results.third_party_label(document)}"


def _decide_line(saved: DecisionRecord | None, drafted: str) -> str:
    if saved is None:
        return f"draft, not saved: {drafted}" if drafted else "no decision saved"
    answer = answer_label(str(saved.document.get("decision", saved.title)))
    return f"{answer}, {moment(saved.created)}"
