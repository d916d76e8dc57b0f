"""What a report says in words: what was asked, what must be known, with what it was made."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

from app.compare.contenders import about_contenders
from app.components import charts
from app.components import comparison_charts as compare_charts
from app.components.tables import digits
from pipelines.evaluation.metrics.metric import Metric, MetricOfAllLists
from pipelines.evaluation.metrics.names import installed, label
from pipelines.evaluation.results.document import BakeoffDocument

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


class Said(NamedTuple):
    """A word and what is said of it."""

    word: str
    text: str


def asked(document: BakeoffDocument) -> list[Said]:
    """The manifest in words."""
    given = document.manifest
    baseline = str(given.get("baseline", "popular"))
    named = compare_charts.titles(document)
    share = 100 * float(given.get("useful_share", 0.02))
    k = given.get("k", 10)
    keep = given.get("seen") == "keep"
    said = [
        Said("Data", f"{document.dataset}, fingerprint {str(given.get('fingerprint', ''))[:12]}"),
        Said("Asked about", f"{given.get('users', 0):,} people, the same for every contender"),
        Said("Offered", f"{given.get('items', 0):,} items, the whole catalogue at the cut-off"),
        Said("Split", _split(given)),
        Said(
            "Lists",
            f"{k} places; what a person had before "
            + ("may be listed again" if keep else "is left out"),
        ),
        Said(
            "Declared in advance",
            f"{label(str(given.get('metric', 'ndcg@10')))} against "
            f"{named.get(baseline, baseline)}; smallest useful difference {share:.3g} % of its "
            "value",
        ),
        Said("Rules", _rules(given.get("rules") or ())),
        Said("Budget", _budget(given.get("budget") or {})),
        Said("Required", charts.names(map(str, given.get("required") or ()))),
        Said("Manifest", str(given.get("hash", ""))),
    ]
    return [one for one in said if one.text]


def _split(given: dict[str, Any]) -> str:
    note = str(given.get("split_note") or "one moment for all")
    at = given.get("cutoff")
    day = "" if at is None else f" ({datetime.fromtimestamp(int(at), UTC):%Y-%m-%d %H:%M} UTC)"
    return f"{given.get('split', '')}{day}: {note}"


def _rules(rules: Any) -> str:
    names = [str(rule.get("name", rule.get("stage", "a rule"))) for rule in rules]
    return f"{charts.names(names)}, after every contender's own" if names else ""


def _budget(budget: dict[str, Any]) -> str:
    units = {
        "p95_ms": "{} ms for 95 of 100 requests",
        "peak_mb": "{} MB of memory",
        "cost_per_1000": "${} for 1,000 requests",
    }
    said = [
        units.get(name, name + " {}").format(digits(float(limit)))
        for name, limit in budget.items()
        if limit is not None
    ]
    return "; ".join(said)


def manifest(document: BakeoffDocument) -> list[Said]:
    """Every field of the manifest as it stands."""
    return [Said(key, _flat(value)) for key, value in document.manifest.items()]


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k} {_flat(v)}" for k, v in value.items() if v is not None) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(_flat, value)) or "none"
    return "none" if value is None else str(value)


def notes(document: BakeoffDocument) -> list[str]:
    """What is to be known of contenders, and of the bake-off besides what its head says."""
    above = document.exposure.sentence if document.exposure else ""
    return [*about_contenders(document), *(note for note in document.notes if note != above)]


def definitions(document: BakeoffDocument) -> list[tuple[str, str, str]]:
    """Name, meaning and formula of the document's metrics, as their classes define them.

    In the document's order; without those of a package that is not installed here, or broken.
    """
    there = dict.fromkeys(n.partition("@")[0] for c in document.contenders for n in c.metrics)
    found = map(installed, there)
    return [(m.label, m.description, _formula(m)) for m in found if m is not None]


def _formula(metric: type[Metric]) -> str:
    whose = "For all lists together" if issubclass(metric, MetricOfAllLists) else "For one user"
    below = "" if metric.denominator == "1" else f"; divided by {metric.denominator}"
    source = f" Source: {metric.source}." if metric.source else ""
    return f"{whose}: {metric.formula}{below}.{source}"


def versions() -> str:
    """Python and the packages that this report was made with."""
    said = [f"Python {'.'.join(map(str, sys.version_info[:3]))}"]
    for name in PACKAGES:
        try:
            said.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            said.append(f"{name} not installed")
    return ", ".join(said)
