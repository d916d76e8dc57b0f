"""Check a bake-off's declared metric: it needs per-user values, and a direction that is better."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines import registry
from pipelines.errors import AssayError
from pipelines.evaluation.metrics.metric import Metric, MetricOfAllLists
from pipelines.evaluation.metrics.names import label, load, parse
from pipelines.evaluation.results.document import ContenderResult
from pipelines.reading.lists import NEED_LABELS, GroundTruth


def check(metric: str, ks: Sequence[int]) -> None:
    """Raise an `AssayError` where `metric` (`ndcg@10`) cannot be declared, whatever the data."""
    name, k = parse(metric)
    if k not in ks:
        lengths = ", ".join(map(str, ks))
        raise AssayError(
            f"The metric {metric!r} is not computed here: lists are scored at {lengths}; "
            f"declare {name}@{ks[-1]}, or set --k {k}."
        )
    if not _comparable(load(name)):
        offered = [n for n in registry.names("metrics") if _comparable_by_name(n)]
        raise AssayError(
            f"The metric {metric!r} cannot be declared: contenders are compared user by user, on "
            f"metrics where higher or lower is better; use one of {', '.join(offered)}."
        )


def check_data(metric: str, truth: GroundTruth) -> None:
    """Raise an `AssayError` where the data lacks what the declared `metric` needs."""
    needs = load(parse(metric)[0]).needs
    missing = sorted(NEED_LABELS[need] for need in needs if not truth.has(need))
    if missing:
        raise AssayError(
            f"The declared metric {label(metric)} needs {' and '.join(missing)}, which this data "
            "does not have; map such a column, or declare another metric."
        )


def note(metric: str, results: Sequence[ContenderResult]) -> list[str]:
    """A note on contenders that were scored, but have no value of the declared metric."""
    without = [r.title for r in results if r.status == "scored" and metric not in r.metrics]
    if not without:
        return []
    return [f"The declared metric {label(metric)} has no value for {', '.join(without)}."]


def _comparable(metric: type[Metric]) -> bool:
    return metric.better != "neither" and not issubclass(metric, MetricOfAllLists)


def _comparable_by_name(name: str) -> bool:
    try:
        return _comparable(load(name))
    except AssayError:  # a user-defined metric that cannot be loaded
        return False
