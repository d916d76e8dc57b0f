"""The text of a report: the setup, notes, definitions of metrics, versions of packages."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from app.compare.contenders import contender_notes
from app.components import charts
from app.components.results import declared_baseline, metric_label
from app.components.tables import digits
from pipelines.evaluation.comparison.drift import pooling_sentence
from pipelines.evaluation.metrics.metric import Metric, MetricOfAllLists
from pipelines.evaluation.metrics.names import installed
from pipelines.evaluation.results.document import BakeoffDocument, titles_of

PACKAGES = (
    "assay",
    "numpy",
    "scipy",
    "numba",
    "pandas",
    "implicit",
    "lightgbm",
    "scikit-surprise",
    "altair",
    "vl-convert-python",
)


class Entry(NamedTuple):
    """A label and its description."""

    label: str
    description: str


def setup(document: BakeoffDocument) -> list[Entry]:
    """The main fields of the manifest: data, users, items, split, comparison, budget."""
    given = document.manifest
    baseline = declared_baseline(document)
    titles = titles_of(document.contenders)
    share = 100 * float(given.get("useful_share", 0.02))
    k = given.get("k", 10)
    keep = given.get("seen") == "keep"
    entries = [
        Entry("Data", f"{document.dataset}, fingerprint {str(given.get('fingerprint', ''))[:12]}"),
        Entry("Users", f"{given.get('users', 0):,}, the same for every contender"),
        Entry("Items", f"{given.get('items', 0):,}, the whole catalogue at the cut-off date"),
        Entry("Split", pooling_sentence(document) or _split(given)),
        Entry("Ties", document.ties.sentence if document.ties else ""),
        Entry(
            "Lists",
            f"top {k}; items that a user has interacted with "
            + ("may be recommended again" if keep else "are excluded"),
        ),
        Entry(
            "Declared in advance",
            f"{metric_label(document)} against {titles.get(baseline, baseline)}; smallest useful "
            f"difference {share:.3g}% of its value",
        ),
        Entry("Rules", _rules(given.get("rules") or ())),
        Entry("Budget", _budget(given.get("budget") or {})),
        Entry("Required tests", charts.names(map(str, given.get("required") or ()))),
        Entry("Manifest", str(given.get("hash", ""))),
    ]
    return [entry for entry in entries if entry.description]


def _split(given: dict[str, Any]) -> str:
    note = str(given.get("split_note") or "one cut-off date for all users")
    at = given.get("cutoff")
    day = "" if at is None else f" ({datetime.fromtimestamp(int(at), UTC):%Y-%m-%d %H:%M} UTC)"
    return f"{given.get('split', '')}{day}: {note}"


def _rules(rules: Any) -> str:
    names = [str(rule.get("name", rule.get("stage", "a rule"))) for rule in rules]
    return f"{charts.names(names)}, applied after each contender's own rules" if names else ""


def _budget(budget: dict[str, Any]) -> str:
    units = {
        "p95_ms": "95th-percentile latency {} ms",
        "peak_mb": "peak memory {} MB",
        "cost_per_1000": "${} per 1,000 requests",
    }
    limits = [
        units.get(name, name + " {}").format(digits(float(limit)))
        for name, limit in budget.items()
        if limit is not None
    ]
    return "; ".join(limits)


def manifest(document: BakeoffDocument) -> list[Entry]:
    """Every field of the manifest."""
    return [Entry(key, _flat(value)) for key, value in document.manifest.items()]


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k} {_flat(v)}" for k, v in value.items() if v is not None) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(_flat, value)) or "none"
    return "none" if value is None else str(value)


def notes(document: BakeoffDocument) -> list[Markup]:
    """Notes on contenders and on the bake-off, except those at the top of the report."""
    above = document.exposure.sentence if document.exposure else ""
    found = [*contender_notes(document), *(note for note in document.notes if note != above)]
    return [with_code(note) for note in found]


def definitions(document: BakeoffDocument) -> list[tuple[str, str, str]]:
    """Name, description and formula of each metric, in the document's order.

    Metrics of packages that are not installed or broken are left out.
    """
    there = dict.fromkeys(n.partition("@")[0] for c in document.contenders for n in c.metrics)
    found = map(installed, there)
    return [(m.label, m.description, _formula(m)) for m in found if m is not None]


def _formula(metric: type[Metric]) -> str:
    scope = "For all lists together" if issubclass(metric, MetricOfAllLists) else "Per user"
    below = "" if metric.denominator == "1" else f"; divided by {metric.denominator}"
    source = f" Source: {metric.source}." if metric.source else ""
    return f"{scope}: {metric.formula}{below}.{source}"


def with_code(text: str) -> Markup:
    """A sentence as HTML, with what is between backticks as code; all text is escaped."""
    parts = [escape(part) for part in text.split("`")]
    if len(parts) % 2 == 0:
        return escape(text)
    marked = (Markup("<code>%s</code>") % p if at % 2 else p for at, p in enumerate(parts))
    return Markup("").join(marked)


def versions() -> str:
    """The versions of Python and of the packages that made the report."""
    parts = [f"Python {'.'.join(map(str, sys.version_info[:3]))}"]
    for name in PACKAGES:
        try:
            parts.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            parts.append(f"{name} not installed")
    return ", ".join(parts)
