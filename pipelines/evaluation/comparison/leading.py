"""Which contender sentences name first: one rule for Compare, reports, Decide and its memo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.evaluation.comparison.ranking import better_sign
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.results.document import BakeoffDocument, Comparison, titles_of

SPONSORED_RULE = "sponsored-slot"


@dataclass(frozen=True)
class Entry:
    """A contender's comparison with a baseline, as far as the rule looks at it."""

    name: str
    kind: str
    outcome: str
    gain: float
    """The difference, signed so that higher is better."""
    sponsored: bool = False


def in_order(entries: Iterable[Entry]) -> list[str]:
    """The contenders in the order in which sentences name them; baselines are not among them.

    Built and third-party contenders come before stand-ins, and those without paid places before
    those with them: a paid place is no merit. Then those that are better than the baseline come
    before the others, and a larger gain before a smaller one.
    """
    there = [one for one in entries if one.kind != "baseline"]
    there.sort(key=lambda e: (e.kind == "stand-in", e.sponsored, e.outcome != "better", -e.gain))
    return [one.name for one in there]


def leading(document: BakeoffDocument, found: Sequence[Comparison]) -> Comparison | None:
    """Of comparisons with one baseline on one metric, the first by `in_order`; None if none."""
    first = next(iter(in_order(_entries(document, found))), None)
    return next((one for one in found if one.contender == first), None)


def passed_over(document: BakeoffDocument, found: Sequence[Comparison]) -> str:
    """Why contenders with a larger gain than the leading one are not named; empty if none has.

    `Two-stage with a sponsored item has a higher NDCG@10, but places sponsored items.`
    """
    entries = {one.name: one for one in _entries(document, found)}
    named = leading(document, found)
    if named is None:
        return ""
    first, titles = entries[named.contender], titles_of(document.contenders)
    larger = sorted((e for e in entries.values() if e.gain > first.gain), key=lambda e: -e.gain)
    value = f"a {'higher' if better_sign(named.metric) > 0 else 'lower'} {label(named.metric)}"
    baseline = titles.get(named.baseline, named.baseline)
    return " ".join(
        f"{titles[one.name]} has {value}, but {_why_not(one, first, baseline)}." for one in larger
    )


def _why_not(one: Entry, first: Entry, baseline: str) -> str:
    """The first reason of `in_order` for which `one` comes after `first`."""
    if one.kind == "baseline":
        return "is a baseline"
    if one.kind == "stand-in" != first.kind:
        return "is only a stand-in for a third party"
    if one.sponsored and not first.sponsored:
        return "places sponsored items"
    return f"is not certainly better than {baseline}"


def _entries(document: BakeoffDocument, found: Sequence[Comparison]) -> list[Entry]:
    by_name = {c.name: c for c in document.contenders}
    return [
        Entry(
            one.contender,
            by_name[one.contender].kind,
            one.outcome,
            better_sign(one.metric) * one.difference,
            sponsored_rule(by_name[one.contender].spec) is not None,
        )
        for one in found
        if one.contender in by_name
    ]


def sponsored_rule(spec: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The rule of a pipeline's spec that places sponsored items; None if it has none."""
    rules = (spec or {}).get("rules", [])
    return next((rule for rule in rules if rule.get("stage") == SPONSORED_RULE), None)
