"""Names to classes: those that ship with Assay and user-defined ones.

A user-defined class is found through an entry point of its package, in one of the groups
`assay.candidates`, `assay.rankers`, `assay.rules`, `assay.adapters`, `assay.metrics` and
`assay.behavior`; it then works like one that ships. Modules are imported when a class is
looked up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from math import isnan
from typing import Any, Literal

from pipelines.errors import AssayError

Kind = Literal["candidates", "rankers", "rules", "adapters", "metrics", "behavior"]

WORDS: dict[Kind, str] = {
    "candidates": "candidate generator",
    "rankers": "ranker",
    "rules": "rule",
    "adapters": "adapter",
    "metrics": "metric",
    "behavior": "behavioral test",
}
"""What a class of each kind is called in a sentence."""

BUILT_IN: dict[Kind, dict[str, str]] = {
    "candidates": {
        "random": "pipelines.stages.candidates.random:Random",
        "popular": "pipelines.stages.candidates.popular:Popular",
        "item-knn": "pipelines.stages.candidates.neighbours:ItemNeighbours",
        "als": "pipelines.stages.candidates.factors:AlternatingLeastSquares",
        "ease": "pipelines.stages.candidates.ease:Ease",
        "transitions": "pipelines.stages.candidates.transitions:Transitions",
        "surprise-svd": "pipelines.stages.candidates.surprise:SurpriseSVD",
    },
    "rankers": {
        "linear": "pipelines.stages.rankers.linear:Linear",
        "lambdarank": "pipelines.stages.rankers.lambdarank:LambdaRank",
        "rating": "pipelines.stages.rankers.rating:Rating",
    },
    "rules": {
        "available": "pipelines.stages.rules.filters:Available",
        "category-cap": "pipelines.stages.rules.diversity:CategoryCap",
        "sponsored-slot": "pipelines.stages.rules.promotions:SponsoredSlot",
    },
    "adapters": {
        "exported": "pipelines.adapters.exported.adapter:Exported",
        "personalize": "pipelines.adapters.personalize.adapter:Personalize",
        "stand-in": "pipelines.adapters.personalize.standin:StandIn",
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
    """The names of a kind: those that ship first, then the entry points in order."""
    found = {entry.name for entry in entry_points(group=f"assay.{kind}")}
    return (*BUILT_IN[kind], *sorted(found - BUILT_IN[kind].keys()))


def lookup(kind: Kind, name: str) -> Any:
    """The class behind a name.

    Raises `AssayError` where no class has that name, and where the module of a user-defined
    one cannot be imported, whatever goes wrong in it.
    """
    if name in BUILT_IN[kind]:
        module, _, attribute = BUILT_IN[kind][name].partition(":")
        return getattr(import_module(module), attribute)
    for entry in entry_points(group=f"assay.{kind}"):
        if entry.name == name:
            try:
                return entry.load()
            except Exception as error:
                why = str(error) if isinstance(error, AssayError) else f"{error_text(error)}."
                raise AssayError(f"{called(kind, name)} cannot be loaded: {why}") from error
    raise AssayError(
        f"There is no {WORDS[kind]} named {name!r}; use one of {', '.join(names(kind))}."
    )


def load_class(kind: Kind, name: str, base: type, fields: Sequence[str]) -> Any:
    """The class behind a name; an `AssayError` says why a user-defined one cannot be used.

    It has to be a subclass of `base`, have text in each of its `fields`, and have its entry
    point's name as `name`.
    """
    found = lookup(kind, name)
    if name in BUILT_IN[kind]:
        return found
    check_class(found, name, base, fields, called(kind, name))
    return found


def check_class(found: object, name: str, base: type, fields: Sequence[str], called: str) -> None:
    """Raise `AssayError` where `found` is not what `load_class` asks for.

    `called` begins the sentence: "The metric ndcg".
    """
    if not (isinstance(found, type) and issubclass(found, base)):
        raise AssayError(f"{called} is not a subclass of {base.__name__}.")
    lacking = [field for field in fields if not _said(getattr(found, field, None))]
    if lacking:
        raise AssayError(f"{called} has no text in its {', '.join(lacking)}.")
    given: Any = found
    if given.name != name:
        raise AssayError(
            f"{called} has the name {given.name} in its class; use its entry point's name there."
        )


def called(kind: Kind, name: str) -> str:
    """How a sentence about a class begins: "The metric ndcg"."""
    return f"The {WORDS[kind]} {name}"


@contextmanager
def running(called: str, doing: str) -> Iterator[None]:
    """Run code of a user-defined class: what it raises becomes an `AssayError`.

    "The adapter shelf cannot check its target: ValueError: ...": `called` begins the sentence,
    `doing` says what the class was asked to do.
    """
    try:
        yield
    except AssayError:
        raise
    except Exception as error:
        raise AssayError(f"{called} cannot {doing}: {error_text(error)}.") from error


def _said(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def two_numbers(value: object) -> bool:
    """Whether `value` is a range: two numbers, the lower first."""
    if not (isinstance(value, tuple | list) and len(value) == 2):
        return False
    if not all(isinstance(end, int | float) and not isnan(end) for end in value):
        return False
    return bool(value[0] <= value[1])


def error_text(error: Exception) -> str:
    """An unexpected error's type and message, without a full stop; 200 characters at most."""
    told = " ".join(str(error).split())[:200]
    return writable(f"{type(error).__name__}: {told}").rstrip(".")


def writable(text: str) -> str:
    """The text without lone surrogates, which file names can hold and JSON cannot."""
    return text.encode("utf-8", "replace").decode()
