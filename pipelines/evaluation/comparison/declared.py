"""Which metric a bake-off may be declared on: one value per user, and a better way."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines import registry
from pipelines.errors import AssayError
from pipelines.evaluation.metrics.metric import Metric, MetricOfAllLists
from pipelines.evaluation.metrics.names import label, load, parse
from pipelines.evaluation.results.document import ContenderResult
from pipelines.reading.lists import NEED_LABELS, GroundTruth


def check(metric: str, ks: Sequence[int]) -> None:
    """An `AssayError` where `metric` (`ndcg@10`) cannot be declared, whatever the data."""
    name, k = parse(metric)
    if k not in ks:
        lengths = ", ".join(map(str, ks))
        raise AssayError(
            f"The metric {metric!r} is not measured here: lists are scored at {lengths}; "
            f"declare {name}@{ks[-1]}, or give --k {k}."
        )
    if not _comparable(load(name)):
        offered = [n for n in registry.names("metrics") if _comparable_by_name(n)]
        raise AssayError(
            f"The metric {metric!r} cannot be declared: contenders are compared user by user, on "
            f"what has a better and a worse; use one of {', '.join(offered)}."
        )


def check_data(metric: str, key: GroundTruth) -> None:
    """An `AssayError` where the data lacks what the declared `metric` needs."""
    lacking = sorted(
        NEED_LABELS[need] for need in load(parse(metric)[0]).needs if not key.has(need)
    )
    if lacking:
        raise AssayError(
            f"The declared metric {label(metric)} needs {' and '.join(lacking)}, which this data "
            "does not have; map such a column, or declare another metric."
        )


def note(metric: str, results: Sequence[ContenderResult]) -> list[str]:
    """What a reader must know where contenders were scored, but not on the declared metric."""
    lost = [r.title for r in results if r.status == "scored" and metric not in r.metrics]
    if not lost:
        return []
    return [f"The declared metric {label(metric)} has no value for {', '.join(lost)}."]


def _comparable(metric: type[Metric]) -> bool:
    return metric.better != "neither" and not issubclass(metric, MetricOfAllLists)


def _comparable_by_name(name: str) -> bool:
    try:
        return _comparable(load(name))
    except AssayError:  # a person's own that is broken
        return False
