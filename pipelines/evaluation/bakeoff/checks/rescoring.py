"""The accuracy metrics computed again, one user at a time, and their means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log2

import numpy as np

from pipelines.evaluation.bakeoff.checks.contract import CannotRun, ContenderCheck, Material
from pipelines.evaluation.bakeoff.checks.given import NO_FALSE_ALARM
from pipelines.evaluation.metrics.names import MAIN, label
from pipelines.evaluation.results.document import ContenderResult
from pipelines.runtime.phrases import number_of

ROUNDING = 1e-9


class Rescored(ContenderCheck):
    name = "rescored"
    title = "A second, plain implementation gives the same values"
    catches = (
        "NDCG cut short or with another discount, copies that count as hits, values of other users"
    )
    needs = "the contender's lists and values per user"
    false_alarms = NO_FALSE_ALARM

    def of(self, material: Material, result: ContenderResult) -> str:
        lists, rows = material.lists(result.name), material.sample
        wrong: dict[str, tuple[float, float]] = {}
        material.stored.read_ahead(result.name, (f"{name}@{k}" for name, k in wanted(material)))
        ids = material.dataset.users.decode(material.cut.queries.user[rows])
        if (material.stored.users(result.name)[rows] != ids).any():
            return "its values per user are not in the order of the requests."
        stored = {}
        for name, k in wanted(material):
            if f"{name}@{k}" not in result.metrics:
                raise CannotRun("It has no values of the accuracy metrics.")
            values = material.stored.fit_values(result.name, f"{name}@{k}").values[rows, 0]
            stored[name, k] = values.tolist()
        for at, row in enumerate(rows.tolist()):
            items, truth = lists[row].tolist(), set(material.key.truth.row(row).tolist())
            for name, k in stored:
                again = plain_value(name, items, truth, k)
                if abs(again - stored[name, k][at]) > ROUNDING:
                    wrong.setdefault(f"{name}@{k}", (again, stored[name, k][at]))
        if not wrong:
            return ""
        metric, (again, before) = next(iter(wrong.items()))
        return (
            f"{number_of(len(wrong), 'metric')} computed again for single users "
            f"{'differs' if len(wrong) == 1 else 'differ'}, such as {label(metric)}: {again:.4g} "
            f"instead of {before:.4g}."
        )


def wanted(material: Material) -> Iterator[tuple[str, int]]:
    for k in material.manifest.ks:
        for name in MAIN:
            yield name, k


def plain_value(metric: str, items: Sequence[int], truth: set[int], k: int) -> float:
    """An accuracy metric of one list as docs/metrics.md defines it, without shared code."""
    left, ranks = set(truth), []
    for rank, item in enumerate(items[:k], start=1):
        if item in left:
            left.remove(item)
            ranks.append(rank)
    match metric:
        case "ndcg":
            ideal = sum(1 / log2(1 + rank) for rank in range(1, min(k, len(truth)) + 1))
            return sum(1 / log2(1 + rank) for rank in ranks) / ideal
        case "recall":
            return len(ranks) / len(truth)
        case "precision":
            return len(ranks) / k
        case "map":
            return sum(hits / rank for hits, rank in enumerate(ranks, start=1)) / len(truth)
        case "mrr":
            return 1 / ranks[0] if ranks else 0.0
        case _:
            return float(bool(ranks))


class Totals(ContenderCheck):
    name = "totals"
    title = "Reported means are those of all evaluated users"
    catches = "means over some of the users only, values exchanged between contenders"
    needs = "the contender's values per user"
    false_alarms = NO_FALSE_ALARM

    def of(self, material: Material, result: ContenderResult) -> str:
        asked = len(material.cut.queries)
        for name, k in wanted(material):
            metric = f"{name}@{k}"
            reported = result.metrics.get(metric)
            if reported is None:
                raise CannotRun("It has no values of the accuracy metrics.")
            values = material.stored.fit_values(result.name, metric).values
            if values.shape[0] != asked or np.isnan(values).any():
                return f"its values of {label(metric)} are not of all {asked:,} users."
            mean = float(values.sum() / values.size)
            if abs(mean - reported.value) > ROUNDING:
                return (
                    f"{label(metric)} is reported as {reported.value:.4g}, and the mean of its "
                    f"values is {mean:.4g}."
                )
        return ""
