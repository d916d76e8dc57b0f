"""Names, labels and bounds of the installed metrics.

Each metric is a class (`metrics.metric.Metric`), built in or user-defined, found through the
registry. Formulas are in docs/metrics.md, which is generated from the classes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

from pipelines import registry
from pipelines.errors import AssayError
from pipelines.registry import load_class, two_numbers

if TYPE_CHECKING:
    from pipelines.evaluation.metrics.metric import Better, Metric

MAIN = ("ndcg", "recall", "precision", "map", "mrr", "hit_rate")
"""Shown first: they score each user's list against the held-out interactions."""
_LENGTH = re.compile("[1-9][0-9]{0,8}")


def parse(name: str) -> tuple[str, int]:
    """`("ndcg", 10)` for `ndcg@10`; an `AssayError` lists the installed metrics.

    k has no leading zeros (`10`, not `010`), since values are looked up by this name.
    """
    metric, _, k = name.partition("@")
    offered = registry.names("metrics")
    if metric in offered and _LENGTH.fullmatch(k):
        return metric, int(k)
    raise AssayError(
        f"The metric {name!r} is unknown; use NAME@K (such as ndcg@10), where NAME is one of "
        f"{', '.join(offered)}."
    )


def load(name: str) -> type[Metric]:
    """The class of a metric (`ndcg`); an `AssayError` says why a user-defined one is invalid."""
    from pipelines.evaluation.metrics.metric import FIELDS, Metric

    found: type[Metric] = load_class("metrics", name, Metric, FIELDS)
    if name in registry.BUILT_IN["metrics"]:
        return found
    wrong = unsound(found)
    if wrong:
        raise AssayError(f"The metric {name} is not valid: {wrong}.")
    return found


def unsound(metric: type[Metric]) -> str:
    """Which optional field of a metric cannot be used, in words; empty where all can."""
    from pipelines.evaluation.metrics.metric import Better
    from pipelines.reading.lists import Need

    if metric.better not in get_args(Better):
        return f"`better` must be one of {', '.join(get_args(Better))}, not {metric.better!r}"
    if metric.bounds is not None and not two_numbers(metric.bounds):
        return f"`bounds` must be None or two numbers, the lower first, not {metric.bounds!r}"
    if not isinstance(metric.needs, frozenset | set | tuple | list):
        return f"`needs` must be a set of names, not {metric.needs!r}"
    unknown = [need for need in metric.needs if need not in get_args(Need)]
    if unknown:
        return f"`needs` has {unknown[0]!r}; use names from {', '.join(get_args(Need))}"
    return ""


def label(name: str) -> str:
    """The name on screens and in reports: `NDCG@10`, `hit rate@10`."""
    metric, at, k = name.partition("@")
    found = installed(metric)
    return (metric.replace("_", " ") if found is None else found.label) + at + k


def bounds(name: str) -> tuple[float, float] | None:
    """The smallest and the largest value a metric can have; None without bounds."""
    found = installed(name.partition("@")[0])
    return None if found is None else found.bounds


def better(name: str) -> Better:
    """Whether "higher" or "lower" values of a metric are better, or "neither"."""
    found = installed(name.partition("@")[0])
    return "neither" if found is None else found.better


def installed(name: str) -> type[Metric] | None:
    """The class of a metric; None where it is no longer installed or cannot be loaded."""
    try:
        return load(name)
    except AssayError:
        return None
