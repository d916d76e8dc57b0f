"""The metrics Assay offers: their names, what people call them, the range they lie in.

Formulas and denominators are in docs/metrics.md; a test holds the two together.
"""

from __future__ import annotations

from pipelines.errors import AssayError

PER_USER = ("ndcg", "recall", "precision", "map", "mrr", "hit_rate")
"""Judge each user's list by what that user took up later; all lie in 0 to 1."""

OF_LISTS = ("coverage", "novelty", "popularity_share")
"""Describe the lists themselves; none of them says that a list is good."""

_SPOKEN = {"ndcg": "NDCG", "map": "MAP", "mrr": "MRR"}


def parse(name: str) -> tuple[str, int]:
    """`("ndcg", 10)` for `ndcg@10`; an `AssayError` names the metrics there are."""
    metric, _, k = name.partition("@")
    if metric in PER_USER + OF_LISTS and k.isdecimal() and int(k) > 0:
        return metric, int(k)
    offered = ", ".join(PER_USER + OF_LISTS)
    raise AssayError(
        f"The metric {name!r} is not known; use NAME@K (ndcg@10), NAME one of {offered}."
    )


def label(name: str) -> str:
    """What a person reads: `NDCG@10`, `hit rate@10`."""
    metric, at, k = name.partition("@")
    return _SPOKEN.get(metric, metric.replace("_", " ")) + at + k


def bounds(name: str) -> tuple[float, float] | None:
    """The least and the greatest value a metric can take; None where there is no limit."""
    return None if name.partition("@")[0] == "novelty" else (0.0, 1.0)
