"""The metrics there are: their names, what people call them, the range they lie in.

Each is a class (`metrics.metric.Metric`), found through the registry; a person's own are
among them. Formulas and denominators are in docs/metrics.md, which is made from the classes.
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
"""What a page shows first: they judge each user's list by what that user took up later."""
_LENGTH = re.compile("[1-9][0-9]{0,8}")


def parse(name: str) -> tuple[str, int]:
    """`("ndcg", 10)` for `ndcg@10`; an `AssayError` names the metrics there are.

    K is written as values are named, `10` and not `010`: else nothing would be found under it.
    """
    metric, _, k = name.partition("@")
    offered = registry.names("metrics")
    if metric in offered and _LENGTH.fullmatch(k):
        return metric, int(k)
    raise AssayError(
        f"The metric {name!r} is not known; use NAME@K (ndcg@10), NAME one of {', '.join(offered)}."
    )


def load(name: str) -> type[Metric]:
    """The class of a metric (`ndcg`); an `AssayError` says why one of a person's own is unfit."""
    from pipelines.evaluation.metrics.metric import FIELDS, Metric

    found: type[Metric] = load_class("metrics", name, Metric, FIELDS)
    if name in registry.BUILT_IN["metrics"]:
        return found
    wrong = unsound(found)
    if wrong:
        raise AssayError(f"The metric {name} is not sound: {wrong}.")
    return found


def unsound(metric: type[Metric]) -> str:
    """Which optional field of a metric cannot be used, in words; empty where all can."""
    from pipelines.evaluation.metrics.metric import Better
    from pipelines.reading.lists import Need

    if metric.better not in get_args(Better):
        return f"`better` is one of {', '.join(get_args(Better))}, not {metric.better!r}"
    if metric.bounds is not None and not two_numbers(metric.bounds):
        return f"`bounds` is None or two numbers, the lower first, not {metric.bounds!r}"
    if not isinstance(metric.needs, frozenset | set | tuple | list):
        return f"`needs` is a set of names, not {metric.needs!r}"
    unknown = [need for need in metric.needs if need not in get_args(Need)]
    if unknown:
        return f"`needs` names {unknown[0]!r}; there are {', '.join(get_args(Need))}"
    return ""


def label(name: str) -> str:
    """What a person reads: `NDCG@10`, `hit rate@10`."""
    metric, at, k = name.partition("@")
    found = installed(metric)
    return (metric.replace("_", " ") if found is None else found.label) + at + k


def bounds(name: str) -> tuple[float, float] | None:
    """The least and the greatest value a metric can take; None where there is no limit."""
    found = installed(name.partition("@")[0])
    return None if found is None else found.bounds


def better(name: str) -> Better:
    """Whether more of a metric is "higher" or "lower" quality, or "neither"."""
    found = installed(name.partition("@")[0])
    return "neither" if found is None else found.better


def installed(name: str) -> type[Metric] | None:
    """None for a metric of an older document, or of a package that is gone or broken."""
    try:
        return load(name)
    except AssayError:
        return None
