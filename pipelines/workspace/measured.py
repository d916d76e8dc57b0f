"""What readiness says about the data of a bake-off, for the decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.economics.measured import Measured, measured_in

if TYPE_CHECKING:
    from pipelines.workspace.store import Workspace


def measured_on(workspace: Workspace, dataset: str) -> Measured:
    """The readiness of a dataset of the user's own; nothing measured on a sample or without data.

    Loads the dataset (seconds for millions of events).
    """
    records = {record.name: record for record in workspace.datasets()}
    record = records.get(dataset)
    if record is None or record.state != "ready" or record.about.is_sample:
        return Measured()
    from pipelines.data.readiness import report

    return measured_in(report(workspace.dataset(dataset)))
