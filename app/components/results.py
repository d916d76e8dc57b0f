"""A bake-off's declared metric, its baseline, and the contender that leads."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pipelines.evaluation.comparison import leading
from pipelines.evaluation.comparison.ranking import best_first, better_sign, why_not_ranked
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.results.document import BakeoffDocument, Comparison, ContenderResult, Kind


def declared_metric(document: BakeoffDocument) -> str:
    """The metric declared in advance, by which contenders are compared: `ndcg@10`."""
    return str(document.manifest.get("metric", "ndcg@10"))


def declared_baseline(document: BakeoffDocument) -> str:
    """The name of the contender that the others are compared with: `popular`."""
    return str(document.manifest.get("baseline", "popular"))


def sponsored_rule(contender: ContenderResult) -> dict[str, Any] | None:
    """The rule of the contender's pipeline that places sponsored items; None if it has none."""
    return leading.sponsored_rule(contender.spec)


def places_sponsored(contender: ContenderResult) -> bool:
    """Whether a rule of the contender's pipeline places sponsored items."""
    return sponsored_rule(contender) is not None


def organic(contenders: list[ContenderResult]) -> list[ContenderResult]:
    """The contenders that may lead: without those that place sponsored items, if others are left.

    A paid place is no merit of a recommender, whatever its value.
    """
    return [c for c in contenders if not places_sponsored(c)] or contenders


def value_of(contender: ContenderResult, metric: str) -> float | None:
    """A scored contender's value of `metric`; None if it has none."""
    found = contender.metrics.get(metric)
    return None if found is None or contender.status != "scored" else found.value


def leader(
    document: BakeoffDocument, kinds: tuple[Kind, ...] = ("built", "third-party", "baseline")
) -> ContenderResult | None:
    """The scored contender that leads by the declared metric: a baseline if none exceeds it.

    Otherwise the one that Compare names, or without comparisons the one with the best value, not a
    sponsored variant. None if no contender has a value, or if neither direction is better.
    """
    metric = declared_metric(document)
    scored = [c for c in document.contenders if c.kind in kinds and value_of(c, metric) is not None]
    best = next(iter(best_first(organic(scored), metric)), None) if better_sign(metric) else None
    if best is None or best.kind == "baseline":
        return best
    names = {c.name for c in scored}
    rows = [c for c in _declared(document) if c.contender in names]
    first = leading.leading(document, rows)
    return best if first is None else document.contender(first.contender)


def passed_over(document: BakeoffDocument) -> str:
    """Why contenders with a better declared metric than the leading one are not named; or empty."""
    return leading.passed_over(document, _declared(document))


def narrowed(document: BakeoffDocument, names: Collection[str]) -> BakeoffDocument:
    """The bake-off as if only these contenders had taken part in its comparisons."""
    contenders = [c for c in document.contenders if c.name in names]
    found = [c for c in document.comparisons if c.contender in names]
    return document.model_copy(update={"contenders": contenders, "comparisons": found})


def against_baseline(document: BakeoffDocument, name: str) -> Comparison | None:
    """A contender's comparison with the declared baseline on the declared metric."""
    return next((c for c in _declared(document) if c.contender == name), None)


def _declared(document: BakeoffDocument) -> list[Comparison]:
    """The comparisons with the declared baseline on the declared metric."""
    wanted = (declared_baseline(document), declared_metric(document))
    return [c for c in document.comparisons if (c.baseline, c.metric) == wanted]


def leader_label(document: BakeoffDocument) -> str:
    """`Two-stage leads`, `no model beats Popular`, `no contender was scored`; no full stop."""
    best, metric = leader(document), declared_metric(document)
    if best is None and not better_sign(metric):
        return f"no leader, since {why_not_ranked(metric)}"
    if best is None:
        scored = any(c.status == "scored" for c in document.contenders)
        what = f"has a value of {label(metric)}" if scored else "was scored"
        return f"no contender {what}"
    if best.kind == "baseline":
        return f"no model beats {best.title}"
    found = against_baseline(document, best.name)
    if found is None or found.outcome == "better":
        borderline = found is not None and found.borderline
        return f"{best.title} leads" + (" (borderline)" if borderline else "")
    if found.outcome == "equivalent":
        base = document.contender(found.baseline)
        return f"{best.title} is equivalent to {base.title if base else found.baseline}"
    return f"{best.title} leads, but not significantly"


def third_party_label(document: BakeoffDocument | None) -> str:
    """`Acme was tested`, `Acme: not scored`, `no third party tested`; no full stop."""
    third_parties = [c for c in document.contenders if c.kind == "third-party"] if document else []
    scored = [c.title for c in third_parties if c.status == "scored"]
    if scored:
        return f"{scored[0]} was tested"
    if third_parties:
        return f"{third_parties[0].title}: {third_parties[0].status}"
    return "no third party tested"


def split_warning(document: BakeoffDocument) -> str:
    """Why not to base a decision on the split; empty for a split in time."""
    note = str(document.manifest.get("split_note") or "")
    split = document.manifest.get("split", "")
    return f"Split {split} ({note}): base decisions on a split in time only." if note else ""


def metric_label(document: BakeoffDocument) -> str:
    """`NDCG@10`."""
    return label(declared_metric(document))
