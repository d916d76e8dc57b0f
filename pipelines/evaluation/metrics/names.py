"""The metrics there are: their names, what people call them, the range they lie in.

Each is a class (`metrics.metric.Metric`), found through the registry; a person's own are
among them. Formulas and denominators are in docs/metrics.md, which is made from the classes.
"""

from __future__ import annotations

from pipelines import registry
from pipelines.errors import AssayError

MAIN = ("ndcg", "recall", "precision", "map", "mrr", "hit_rate")
"""What a page shows first: they judge each user's list by what that user took up later."""


def parse(name: str) -> tuple[str, int]:
    """`("ndcg", 10)` for `ndcg@10`; an `AssayError` names the metrics there are."""
    metric, _, k = name.partition("@")
    offered = registry.names("metrics")
    if metric in offered and k.isdecimal() and int(k) > 0:
        return metric, int(k)
    raise AssayError(
        f"The metric {name!r} is not known; use NAME@K (ndcg@10), NAME one of {', '.join(offered)}."
    )


def label(name: str) -> str:
    """What a person reads: `NDCG@10`, `hit rate@10`."""
    metric, at, k = name.partition("@")
    if metric not in registry.names("metrics"):  # of an older document, or of a lost package
        return metric.replace("_", " ") + at + k
    return str(registry.lookup("metrics", metric).spoken) + at + k


def bounds(name: str) -> tuple[float, float] | None:
    """The least and the greatest value a metric can take; None where there is no limit."""
    metric = name.partition("@")[0]
    if metric not in registry.names("metrics"):
        return None
    found: tuple[float, float] | None = registry.lookup("metrics", metric).bounds
    return found
