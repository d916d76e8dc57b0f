"""For whom which contender is better, in a report: heat maps, where each wins, reversals."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.compare import slices_charts as charts
from app.compare.slices import by_contender
from app.components.comparison import leader, ranked, scored, useful_share
from app.components.comparison_charts import titles
from app.report.figures import Figure, figure
from pipelines.errors import AssayError
from pipelines.evaluation.comparison.ranking import better_sign, why_not_ranked
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.evaluation.slices import findings, reversals
from pipelines.evaluation.slices.cells import Contest
from pipelines.evaluation.slices.samples import about_truth
from pipelines.evaluation.slices.stored import dimensions_of

MOST_WINS, MOST_REVERSALS = 5, 5


@dataclass(frozen=True)
class Slices:
    """What slices say of a bake-off; `missing` is why they say nothing."""

    missing: str = ""
    figures: list[Figure] = field(default_factory=list)
    wins: list[tuple[str, list[str]]] = field(default_factory=list)
    """A heading for each winner, and sentences, the surest and largest first."""
    reversals: list[str] = field(default_factory=list)


def found(
    document: BakeoffDocument, kept: BakeoffFolder, metric: str, against: str
) -> Slices | None:
    """All dimensions against one contender; None where there is nobody to compare."""
    there = scored(document, metric)
    if against not in there or len(there) < 2:
        return None
    if not better_sign(metric):
        return Slices(f"Nobody can be said to be better for anyone: {why_not_ranked(metric)}.")
    pairs = _pairs(document, metric, against)
    try:
        contest = Contest(kept, *pairs[0], metric, useful_share(document))
        dimensions = [d for d in dimensions_of(kept) if about_truth(metric) or not d.per_item]
        figures = []
        for n, dimension in enumerate(dimensions):
            frame = charts.heat_frame(by_contender(document, contest, dimension), contest.sign)
            figures.append(
                figure(
                    f"slices{n}",
                    charts.heat(frame, metric, dimension.title),
                    charts.heat_alt(frame, metric, dimension.title, titles(document)[against]),
                    frame.drop(columns=["row", "side", "words"]),
                    title=f"By {dimension.title}",
                    note=dimension.note,
                )
            )
        both = [pair for one in pairs for pair in (one, one[::-1])]
        wins = [_wins(document, kept, *pair, metric) for pair in both]
        turned = [r.sentence for pair in pairs for r in _reversals(document, kept, *pair, metric)]
    except AssayError as error:  # a bake-off of before there were slices
        return Slices(str(error))
    return Slices("", figures, wins, list(dict.fromkeys(turned)))


def _pairs(document: BakeoffDocument, metric: str, against: str) -> list[tuple[str, str]]:
    """The leading contender and the one compared with; the best third party and the best built."""
    best = ranked(document, metric)
    first = leader(document, metric)
    if first is None or first == against:
        first = next(c.name for c in best if c.name != against)
    pairs = [(first, against)]
    by_kind = {c.kind: c.name for c in reversed(best)}  # the best of each kind
    bought, built = by_kind.get("third-party", by_kind.get("stand-in")), by_kind.get("built")
    if bought and built and {bought, built} != set(pairs[0]):
        pairs.append((bought, built))
    return pairs


def _wins(
    document: BakeoffDocument, kept: BakeoffFolder, one: str, other: str, metric: str
) -> tuple[str, list[str]]:
    named = titles(document)
    found = findings.wins(kept, one, other, metric, useful_share(document))
    said = [f.sentence for f in found[:MOST_WINS]] or ["In no slice."]
    more = len(found) - len(said)
    if more > 0:
        said.append(f"And in {more} more slice{'s' * (more > 1)}.")
    return f"Where {named[one]} is better than {named[other]}", said


def _reversals(
    document: BakeoffDocument, kept: BakeoffFolder, one: str, other: str, metric: str
) -> list[reversals.Reversal]:
    found = reversals.find(kept, one, other, metric, useful_share(document))
    return found[:MOST_REVERSALS]
