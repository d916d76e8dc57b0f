"""Names to classes: the stages and adapters that ship, and a user's own.

A class in somebody's own package is found through an entry point of the groups
`assay.candidates`, `assay.rankers`, `assay.rules`, `assay.adapters`, `assay.metrics` and
`assay.behavior`; from there on it works like one that ships. Modules are imported when a class
is asked for.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Literal

from pipelines.errors import AssayError

Kind = Literal["candidates", "rankers", "rules", "adapters", "metrics", "behavior"]

BUILT_IN: dict[Kind, dict[str, str]] = {
    "candidates": {
        "random": "pipelines.candidates.random:Random",
        "popular": "pipelines.candidates.popular:Popular",
        "item-knn": "pipelines.candidates.neighbours:ItemNeighbours",
        "als": "pipelines.candidates.factors:AlternatingLeastSquares",
        "ease": "pipelines.candidates.ease:Ease",
        "transitions": "pipelines.candidates.transitions:Transitions",
        "surprise-svd": "pipelines.candidates.surprise:SurpriseSVD",
    },
    "rankers": {
        "linear": "pipelines.rankers.linear:Linear",
        "lambdarank": "pipelines.rankers.lambdarank:LambdaRank",
        "rating": "pipelines.rankers.rating:Rating",
    },
    "rules": {
        "available": "pipelines.rules.filters:Available",
        "category-cap": "pipelines.rules.diversity:CategoryCap",
        "sponsored-slot": "pipelines.rules.promotions:SponsoredSlot",
    },
    "adapters": {
        "exported": "pipelines.adapters.exported:Exported",
        "personalize": "pipelines.adapters.personalize:Personalize",
        "stand-in": "pipelines.adapters.standin:StandIn",
    },
    "metrics": {
        "ndcg": "pipelines.evaluation.metrics.accuracy:NDCG",
        "recall": "pipelines.evaluation.metrics.accuracy:Recall",
        "precision": "pipelines.evaluation.metrics.accuracy:Precision",
        "map": "pipelines.evaluation.metrics.accuracy:MAP",
        "mrr": "pipelines.evaluation.metrics.accuracy:MRR",
        "hit_rate": "pipelines.evaluation.metrics.accuracy:HitRate",
        "graded_ndcg": "pipelines.evaluation.metrics.ranking:GradedNDCG",
        "auc": "pipelines.evaluation.metrics.ranking:AUC",
        "coverage": "pipelines.evaluation.metrics.variety:Coverage",
        "user_coverage": "pipelines.evaluation.metrics.variety:UserCoverage",
        "gini": "pipelines.evaluation.metrics.variety:Gini",
        "diversity": "pipelines.evaluation.metrics.variety:Diversity",
        "novelty": "pipelines.evaluation.metrics.novelty:Novelty",
        "popularity_share": "pipelines.evaluation.metrics.novelty:PopularityShare",
        "popularity_lift": "pipelines.evaluation.metrics.novelty:PopularityLift",
        "serendipity": "pipelines.evaluation.metrics.novelty:Serendipity",
        "calibration": "pipelines.evaluation.metrics.fit:Calibration",
        "repeats": "pipelines.evaluation.metrics.fit:Repeats",
        "revenue": "pipelines.evaluation.metrics.money:Revenue",
        "margin": "pipelines.evaluation.metrics.money:Margin",
        "debiased_ndcg": "pipelines.evaluation.metrics.exposure:DebiasedNDCG",
        "debiased_recall": "pipelines.evaluation.metrics.exposure:DebiasedRecall",
    },
    "behavior": {
        "similar-users": "pipelines.evaluation.behavior.similar_users:SimilarUsers",
        "small-change": "pipelines.evaluation.behavior.small_change:SmallChange",
        "input-order": "pipelines.evaluation.behavior.input_order:InputOrder",
        "one-item": "pipelines.evaluation.behavior.one_item:OneItem",
        "price": "pipelines.evaluation.behavior.price:Price",
        "brand": "pipelines.evaluation.behavior.brand:Brand",
        "cold-items": "pipelines.evaluation.behavior.cold_items:ColdItems",
        "near-misses": "pipelines.evaluation.behavior.near_misses:NearMisses",
    },
}


@cache
def names(kind: Kind) -> tuple[str, ...]:
    """The names that can be used for a kind, those that ship first."""
    found = {entry.name for entry in entry_points(group=f"assay.{kind}")}
    return (*BUILT_IN[kind], *sorted(found - BUILT_IN[kind].keys()))


def lookup(kind: Kind, name: str) -> Any:
    """The class behind a name; `AssayError` names the ones there are."""
    if name in BUILT_IN[kind]:
        module, _, attribute = BUILT_IN[kind][name].partition(":")
        return getattr(import_module(module), attribute)
    for entry in entry_points(group=f"assay.{kind}"):
        if entry.name == name:
            return entry.load()
    what = {"metrics": "metric", "behavior": "behavioral test"}.get(kind, f"{kind} stage")
    raise AssayError(f"There is no {what} named {name!r}; use one of {', '.join(names(kind))}.")
