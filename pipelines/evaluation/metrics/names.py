"""The metrics there are: their names, what people call them, the range they lie in.

Each is a class (`metrics.metric.Metric`), found through the registry; a person's own are
among them. Formulas and denominators are in docs/metrics.md, which is made from the classes.
"""

from __future__ import annotations

import re
from math import isnan
from typing import TYPE_CHECKING, get_args

from pipelines import registry
from pipelines.errors import AssayError

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

    if name in registry.BUILT_IN["metrics"]:
        built_in: type[Metric] = registry.lookup("metrics", name)
        return built_in
    try:
        found = registry.lookup("metrics", name)
    except AssayError:
        raise
    except Exception as error:
        raise AssayError(f"The metric {name} cannot be loaded: {error_text(error)}.") from error
    if not (isinstance(found, type) and issubclass(found, Metric)):
        raise AssayError(f"The metric {name} is no class made from Metric.")
    lacking = [field for field in FIELDS if not said(getattr(found, field, None))]
    if lacking:
        raise AssayError(f"The metric {name} does not say its {', '.join(lacking)}.")
    if found.name != name:
        raise AssayError(
            f"The metric {name} calls itself {found.name}; let both names be the same."
        )
    wrong = _wrong(found)
    if wrong:
        raise AssayError(f"The metric {name} is not sound: {wrong}.")
    return found


def _wrong(metric: type[Metric]) -> str:
    """What others than the metric itself would break on, in words; empty where nothing is."""
    from pipelines.evaluation.metrics.lists import Need
    from pipelines.evaluation.metrics.metric import Better

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


def said(value: object) -> bool:
    """Whether a field of a person's own class is a text with something in it."""
    return isinstance(value, str) and bool(value.strip())


def two_numbers(value: object) -> bool:
    """Whether a field of a person's own class is a range: two numbers, the lower first."""
    if not (isinstance(value, tuple | list) and len(value) == 2):
        return False
    if not all(isinstance(end, int | float) and not isnan(end) for end in value):
        return False
    return bool(value[0] <= value[1])


def label(name: str) -> str:
    """What a person reads: `NDCG@10`, `hit rate@10`."""
    metric, at, k = name.partition("@")
    found = installed(metric)
    return (metric.replace("_", " ") if found is None else found.spoken) + at + k


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


def error_text(error: Exception) -> str:
    """An unforeseen error in a few words, without a full stop."""
    return writable(f"{type(error).__name__}: {str(error)[:200]}").rstrip(".")


def writable(text: str) -> str:
    """The text without halves of characters, which names of files can hold and JSON cannot."""
    return text.encode("utf-8", "replace").decode()
