"""The tables of metrics in docs/metrics.md: `python -m pipelines.evaluation.metrics.document`.

Each table lies between two markers, one per group of metrics, and is generated from the fields
of the built-in classes. The text around the markers is written by hand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import get_args

from pipelines import registry
from pipelines.evaluation.metrics.metric import Group, Metric, MetricOfAllLists
from pipelines.reading.lists import NEED_LABELS
from pipelines.runtime import paths

FILE = paths.CHECKOUT / "docs" / "metrics.md"
BLOCK = re.compile(r"(<!-- metrics: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(text: str) -> str:
    """The document with each table generated again; `ValueError` unless each group has one."""
    groups = [match.group(2) for match in BLOCK.finditer(text)]
    if sorted(groups) != sorted(get_args(Group)):
        raise ValueError(f"the document has tables of {groups}, the groups are {get_args(Group)}")
    return BLOCK.sub(lambda m: m.group(1) + table(of_group(m.group(2))) + m.group(3), text)


def of_group(group: str) -> list[type[Metric]]:
    """The built-in metrics of a group, in the registry's order."""
    built_in = registry.BUILT_IN["metrics"]
    every: list[type[Metric]] = [registry.lookup("metrics", name) for name in built_in]
    return [metric for metric in every if metric.group == group]


def table(metrics: Sequence[type[Metric]]) -> str:
    """A table of names and formulas, then each metric's description, needs and source."""
    lines = [
        "",
        "| name | formula | denominator | range | better |",
        "|---|---|---|---|---|",
        *("| " + " | ".join(_cells(metric)) + " |" for metric in metrics),
        "",
        *(_description(metric) for metric in metrics),
        "",
    ]
    return "\n".join(lines) + "\n"


def _cells(metric: type[Metric]) -> tuple[str, ...]:
    whole = " (over all lists together)" if issubclass(metric, MetricOfAllLists) else ""
    limits = "no limit"
    if metric.bounds is not None:
        limits = " to ".join(f"{end:.4g}" for end in metric.bounds)
    formula, denominator = (
        text.replace("|", r"\|") for text in (metric.formula, metric.denominator)
    )
    return f"`{metric.name}@k`{whole}", formula, denominator, limits, metric.better


def _description(metric: type[Metric]) -> str:
    parts = [f"- **{metric.label}**: {metric.description}"]
    if metric.needs:
        parts.append(f"Needs {', '.join(sorted(NEED_LABELS[need] for need in metric.needs))}.")
    if metric.source:
        parts.append(f"Source: {metric.source}.")
    return " ".join(parts)


if __name__ == "__main__":
    FILE.write_text(filled(FILE.read_text()))
