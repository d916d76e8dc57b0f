"""The slices in a report: heat maps, where each contender wins, reversals."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.compare import slices_charts as charts
from app.compare.comparisons import leader, ranked, scored, useful_share
from app.compare.slices import by_contender
from app.components import results
from app.report.figures import Figure, figure
from pipelines.errors import AssayError
from pipelines.evaluation.comparison.ranking import better_sign, why_not_ranked
from pipelines.evaluation.results.document import BakeoffDocument, titles_of
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.evaluation.slices import findings, reversals
from pipelines.evaluation.slices.cells import Contest
from pipelines.evaluation.slices.samples import about_truth
from pipelines.evaluation.slices.stored import dimensions_of
from pipelines.runtime.phrases import number_of

MOST_WINS, MOST_REVERSALS = 5, 5


@dataclass(frozen=True)
class Slices:
    """The results by slice of a bake-off; `missing` is the reason if there are none."""

    missing: str = ""
    figures: list[Figure] = field(default_factory=list)
    wins: list[tuple[str, list[str]]] = field(default_factory=list)
    """A heading for each winner, and its sentences, the most certain and largest first."""
    reversals: list[str] = field(default_factory=list)


def found(
    document: BakeoffDocument, folder: BakeoffFolder, metric: str, against: str
) -> Slices | None:
    """All dimensions compared with `against`; None if there is no other contender."""
    there = scored(document, metric)
    if against not in there or len(there) < 2:
        return None
    if not better_sign(metric):
        return Slices(f"Contenders cannot be ranked by slice: {why_not_ranked(metric)}.")
    pairs = _pairs(document, metric, against)
    try:
        contest = Contest(folder, *pairs[0], metric, useful_share(document))
        dimensions = [d for d in dimensions_of(folder) if about_truth(metric) or not d.per_item]
        figures = []
        for n, dimension in enumerate(dimensions):
            frame = charts.heat_frame(by_contender(document, contest, dimension), contest.sign)
            figures.append(
                figure(
                    f"slices{n}",
                    charts.heat(frame, metric, dimension.title),
                    charts.heat_alt(
                        frame, metric, dimension.title, titles_of(document.contenders)[against]
                    ),
                    frame.drop(columns=["row", "side", "label"]),
                    title=f"By {dimension.title}",
                    note=dimension.note,
                )
            )
        both = [pair for one in pairs for pair in (one, one[::-1])]
        wins = [_wins(document, folder, *pair, metric) for pair in both]
        reversed_sentences = [
            r.sentence for pair in pairs for r in _reversals(document, folder, *pair, metric)
        ]
    except AssayError as error:  # an older bake-off without slices
        return Slices(str(error))
    return Slices("", figures, wins, list(dict.fromkeys(reversed_sentences)))


def _pairs(document: BakeoffDocument, metric: str, against: str) -> list[tuple[str, str]]:
    """The leader and `against`; the best third party and the best built pipeline."""
    best = results.organic(ranked(document, metric))
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
    document: BakeoffDocument, folder: BakeoffFolder, one: str, other: str, metric: str
) -> tuple[str, list[str]]:
    titles = titles_of(document.contenders)
    found = findings.wins(folder, one, other, metric, useful_share(document))
    sentences = [f.sentence for f in found[:MOST_WINS]] or ["In no slice."]
    more = len(found) - len(sentences)
    if more > 0:
        sentences.append(f"{number_of(more, 'more slice')}.")
    return f"Slices where {titles[one]} is better than {titles[other]}", sentences


def _reversals(
    document: BakeoffDocument, folder: BakeoffFolder, one: str, other: str, metric: str
) -> list[reversals.Reversal]:
    found = reversals.find(folder, one, other, metric, useful_share(document))
    return found[:MOST_REVERSALS]
