"""A contender's result for MLflow: flat parameters and valid metric names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pipelines.evaluation.results.document import BakeoffDocument, Comparison, ContenderResult

LONGEST_VALUE = 6000
MOST_PARAMS = 200
BAKEOFF = "assay.bakeoff"
"""The tag with a bake-off's id."""


def flat(value: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """`{"candidates": [{"stage": "als"}]}` → ("candidates.0.stage", "als")."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from flat(inner, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(value, list | tuple) and value:
        for number, inner in enumerate(value):
            yield from flat(inner, f"{prefix}.{number}")
    else:
        text = value if isinstance(value, str) else json.dumps(value)
        yield prefix, text[:LONGEST_VALUE]


def params(document: BakeoffDocument, contender: ContenderResult | None = None) -> dict[str, str]:
    """Parameters of the run of a bake-off or a contender: manifest fields, then spec fields."""
    found = {f"manifest.{key}": text for key, text in flat(document.manifest)}
    if contender is not None:
        found["contender"], found["kind"] = contender.name, contender.kind
        if contender.spec is not None:
            found |= {legal(key): text for key, text in flat(contender.spec)}
    return dict(list(found.items())[:MOST_PARAMS])


def metric_name(name: str) -> str:
    """`ndcg@10` → `ndcg_at_10`: MLflow forbids the "@"."""
    return legal(name.replace("@", "_at_"))


def legal(name: str) -> str:
    """The name with each character that MLflow forbids replaced by "_"."""
    return re.sub(r"[^\w .:-]", "_", name)


def metrics(contender: ContenderResult, comparison: Comparison | None) -> dict[str, float]:
    """Metrics with intervals, times, sizes, and the difference from the baseline."""
    found: dict[str, float | None] = {
        "fit_seconds": contender.fit_seconds,
        "peak_mb": contender.peak_mb,
        "model_mb": contender.model_mb,
        "requested": contender.requested,
        "answered": contender.answered,
        "calls": contender.calls,
        "cost_usd": contender.cost_usd,
    }
    if contender.request_ms is not None:
        found["request_p50_ms"] = contender.request_ms.p50
        found["request_p95_ms"] = contender.request_ms.p95
    for name, interval in contender.metrics.items():
        found |= _interval(metric_name(name), interval.value, interval.low, interval.high)
    if comparison is not None:
        name = f"{metric_name(comparison.metric)}_difference"
        found |= _interval(name, comparison.difference, comparison.low, comparison.high)
    for number, step in enumerate(contender.waterfall):
        name = legal(f"step_{number}_{step.stage}")
        found |= {f"{name}_recall": step.recall, f"{name}_ms": step.milliseconds}
    return {name: float(value) for name, value in found.items() if value is not None}


def _interval(name: str, value: float, low: float, high: float) -> dict[str, float]:
    return {name: value, f"{name}_low": low, f"{name}_high": high}


def tags(document: BakeoffDocument, contender: ContenderResult | None = None) -> dict[str, str]:
    """Tags by which runs can be found."""
    found = {
        BAKEOFF: document.id,
        "assay.dataset": document.dataset,
        "assay.fingerprint": str(document.manifest.get("fingerprint", "")),
        "assay.manifest_hash": str(document.manifest.get("hash", "")),
    }
    if contender is not None:
        found |= {"assay.contender": contender.name, "assay.kind": contender.kind}
        found |= {"assay.status": contender.status, "assay.reason": contender.reason}
        found["assay.spec_hash"] = contender.spec_hash or ""
    return {name: value for name, value in found.items() if value}
