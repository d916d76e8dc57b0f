"""What the chosen data and bake-off say for the decision."""

from __future__ import annotations

from app import datasets, state
from pipelines.economics.evidence import Evidence, evidence_from_bakeoff
from pipelines.economics.measured import Measured, measured
from pipelines.workspace.records import DatasetRecord


def chosen_evidence() -> Evidence | None:
    """What the chosen data and bake-off add: readiness, cost, comparisons; no uplift."""
    name, document = state.chosen_dataset(), state.chosen_document()
    records = {r.name: r for r in state.dataset_records()}
    if document is None:
        measured = _measured(records.get(name or ""))
        if name is None or measured == Measured():
            return None
        return Evidence(dataset=name, is_sample=False, **measured._asdict())
    record = records.get(document.dataset)
    return evidence_from_bakeoff(
        document.model_dump(mode="json"),
        *_measured(record),
        is_sample=None if record is None else record.about.is_sample,
    )


def _measured(record: DatasetRecord | None) -> Measured:
    """What readiness says about data of the user's own."""
    if record is None or record.state != "ready" or record.about.is_sample:
        return Measured()
    found = datasets.readiness(record.name)
    states = dict(zip(found.findings["check"], found.findings["state"], strict=True))
    return measured(found.verdict, states)
