"""The report on two contenders' slices: what `assay slices --json` prints."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pipelines.errors import AssayError
from pipelines.evaluation.slices.cells import Cell, Contest
from pipelines.evaluation.slices.findings import Finding, losses, wins
from pipelines.evaluation.slices.reversals import Reversal, find
from pipelines.evaluation.slices.stored import Dimension, dimensions_of, skipped
from pipelines.evaluation.slices.table import all_cells, by_dimension, by_two

if TYPE_CHECKING:
    from pipelines.evaluation.results.folder import BakeoffFolder


@dataclass(frozen=True)
class SlicesReport:
    """The requested table; findings and reversals over all dimensions."""

    contender: str
    against: str
    metric: str
    dimensions: tuple[Dimension, ...]
    skipped: dict[str, str]
    cells: tuple[Cell, ...]
    wins: tuple[Finding, ...]
    losses: tuple[Finding, ...]
    """Where the other contender wins."""
    reversals: tuple[Reversal, ...]

    def document(self) -> dict[str, Any]:
        """The fields as JSON values."""
        parts = ("cells", "wins", "losses", "reversals")
        found = {name: [one.document() for one in getattr(self, name)] for name in parts}
        dimensions = [asdict(one) | {"values": [*one.values]} for one in self.dimensions]
        names = {name: getattr(self, name) for name in ("contender", "against", "metric")}
        return names | {"dimensions": dimensions, "skipped": self.skipped} | found


def report(
    folder: BakeoffFolder,
    contender: str,
    against: str,
    metric: str,
    by: tuple[str, ...],
    useful_share: float,
) -> SlicesReport:
    """The report, with a table by one dimension, by two crossed, or by each (`by` empty)."""
    asked = (folder, contender, against, metric)
    match by:
        case ():
            cells = all_cells(Contest(*asked, useful_share))
        case (one,):
            cells = by_dimension(*asked, one, useful_share)
        case (first, second):
            cells = by_two(*asked, first, second, useful_share)
        case _:
            raise AssayError("At most two dimensions can be crossed; name one or two.")
    return SlicesReport(
        contender,
        against,
        metric,
        tuple(dimensions_of(folder)),
        skipped(folder),
        tuple(cells),
        tuple(wins(*asked, useful_share)),
        tuple(losses(*asked, useful_share)),
        tuple(find(*asked, useful_share)),
    )
