"""What pages say of a bake-off in a few words."""

from __future__ import annotations

from pipelines.evaluation.comparison.ranking import best_first, better_sign, why_not_ranked
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.results.document import BakeoffDocument, Comparison, ContenderResult, Kind


def metric_of(document: BakeoffDocument) -> str:
    """The metric that the bake-off's comparisons are declared on: `ndcg@10`."""
    return str(document.manifest.get("metric", "ndcg@10"))


def value_of(contender: ContenderResult, metric: str) -> float | None:
    """A scored contender's value of `metric`; None where it has none."""
    found = contender.metrics.get(metric)
    return None if found is None or contender.status != "scored" else found.value


def leader(
    document: BakeoffDocument, kinds: tuple[Kind, ...] = ("built", "third-party", "baseline")
) -> ContenderResult | None:
    """The scored contender with the best value of the declared metric.

    None where nobody has a value of it, and where nobody wins by it.
    """
    metric = metric_of(document)
    scored = [c for c in document.contenders if c.kind in kinds and value_of(c, metric) is not None]
    return next(iter(best_first(scored, metric)), None) if better_sign(metric) else None


def against_baseline(document: BakeoffDocument, name: str) -> Comparison | None:
    """A contender's comparison with the declared baseline on the declared metric."""
    metric, baseline = metric_of(document), document.manifest.get("baseline", "popular")
    wanted = (name, baseline, metric)
    return next(
        (c for c in document.comparisons if (c.contender, c.baseline, c.metric) == wanted), None
    )


def who_leads(document: BakeoffDocument) -> str:
    """`Two-stage leads`, `Two-stage leads, not beyond doubt`, `nobody was scored`; no full stop."""
    best, metric = leader(document), metric_of(document)
    if best is None and not better_sign(metric):
        return f"nobody can be said to lead, since {why_not_ranked(metric)}"
    if best is None:
        scored = any(c.status == "scored" for c in document.contenders)
        return f"nobody has a value of {label(metric)}" if scored else "nobody was scored"
    if best.kind == "baseline":
        return f"no model beats {best.title}"
    found = against_baseline(document, best.name)
    if found is None or found.outcome == "better":
        return f"{best.title} leads"
    if found.outcome == "equivalent":
        base = document.contender(found.baseline)
        return f"{best.title} is no more than equivalent to {base.title if base else 'none'}"
    return f"{best.title} leads, not beyond doubt"


def vendor_words(document: BakeoffDocument | None) -> str:
    """Whether a third party was tested; no full stop."""
    real = [c for c in document.contenders if c.kind == "third-party"] if document else []
    scored = [c.title for c in real if c.status == "scored"]
    if scored:
        return f"{scored[0]} was tested"
    return f"{real[0].title} was {real[0].status}" if real else "no third party is tested"


def metric_label(document: BakeoffDocument) -> str:
    """`NDCG@10`."""
    return label(metric_of(document))
