"""Compare contenders of two bake-offs, or of one, provided that their manifests are equal.

Otherwise the error names the fields that differ, and what to run both bake-offs with.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from pipelines.errors import AssayError
from pipelines.evaluation.comparison.comparison import compare
from pipelines.evaluation.manifest.manifest import Manifest
from pipelines.evaluation.results.document import Comparison, drawn_once
from pipelines.evaluation.results.finished import Finished
from pipelines.evaluation.results.fit_values import FitValues, paired_fits
from pipelines.runtime.phrases import and_list, number_of
from pipelines.schema import Doubles

CAUSES = {"fingerprint", "split", "seen", "seed"}
FOLLOWS = {"cutoff", "users", "users_hash", "items", "catalogue_hash", "earlier"}
"""These depend on `CAUSES`: where one of those differs, these differ too."""
_LABELS = {
    "fingerprint": "version of the dataset",
    "users": "users (--eval-users and --seed)",
    "users_hash": "users (--eval-users and --seed)",
    "items": "catalogue",
    "catalogue_hash": "catalogue",
    "metric_definitions": "version of Assay",
    "budget": "budget",
}
"""What to run both bake-offs with, where the field's title is not clear enough."""


@dataclass(frozen=True)
class FieldDifference:
    """A field of the manifest that differs, with both JSON values."""

    name: str
    left: Any
    right: Any
    description: str
    """"split is time:0.9 in A and last-n:5 in B"."""


def differing(
    left: Manifest, right: Manifest, names: tuple[str, str] = ("A", "B")
) -> list[FieldDifference]:
    """The fields in which two manifests differ, in order; `names` are those of the bake-offs.

    Each limit of the budget is a separate field: `budget.p95_ms`.
    """
    theirs = dict(_flat(right))
    return [
        FieldDifference(
            name,
            one,
            other,
            f"{name} is {_text(one)} in {names[0]} and {_text(other)} in {names[1]}",
        )
        for name, one in _flat(left)
        if one != (other := theirs[name])
    ]


def causes(found: list[FieldDifference]) -> list[FieldDifference]:
    """The differences without those that follow from another one."""
    caused = any(d.name in CAUSES for d in found)
    return [d for d in found if not (caused and d.name in FOLLOWS)]


def require_same(left: Manifest, right: Manifest, names: tuple[str, str] = ("A", "B")) -> None:
    """Raise an `AssayError` that names the fields that differ, unless both manifests are equal."""
    if left.hash == right.hash:
        return
    found = differing(left, right, names)
    first = causes(found)
    follows = [d.name for d in found if d not in first]
    labels = and_list(dict.fromkeys(_label(d.name) for d in first))
    follow = f"{and_list(follows)} follow{'s' if len(follows) == 1 else ''} from it"
    more = f" ({follow})" if follows else ""
    raise AssayError(
        "These two bake-offs have different manifests: "
        f"{'; '.join(d.description for d in first)}{more}. Run both with the same {labels}."
    )


def compare_across(
    left: Finished, contender: str, right: Finished, against: str, metric: str | None = None
) -> Comparison:
    """`contender` of `left` minus `against` of `right` in `metric`, paired by user.

    Without `metric`, on the declared one. The interval is not adjusted for multiple
    comparisons. Raises `AssayError` where the manifests differ, or a user is not in both.
    """
    require_same(left.manifest, right.manifest, (left.id, right.id))
    result, other_result = left.scored(contender), right.scored(against)
    if (left.id, contender) == (right.id, against):
        raise AssayError(f"{contender} of bake-off {left.id} cannot be compared with itself.")
    metric = metric or left.manifest.metric
    ours, theirs = _paired(
        _values(left, contender, metric), _values(right, against, metric), (left.id, right.id)
    )
    one, other = contender, against
    if left.id != right.id:
        one, other = f"{contender} in {left.id}", f"{against} in {right.id}"
    return compare(
        one,
        other,
        metric,
        ours,
        theirs,
        useful_share=left.manifest.useful_share,
        over_budget=bool(result.over_budget),
        failed_required=bool(result.failed_required),
        once=drawn_once(result) or drawn_once(other_result),
    )


def _values(side: Finished, contender: str, metric: str) -> tuple[FitValues, pd.Index]:
    """The values of all the requests of the manifest, and the window and user of each."""
    offered = side.folder.metrics(contender)
    if metric not in offered:
        raise AssayError(
            f"{metric!r} has no per-user values for {contender} in bake-off {side.id}; "
            f"use one of {', '.join(offered)}."
        )
    windows = side.folder.windows
    users = pd.Index(
        [f"{at} {user}" for at, one in enumerate(windows) for user in one.users(contender)]
    )
    expected, there = side.manifest.requests, users.nunique()
    if not len(users) == there == expected:
        raise AssayError(
            f"Bake-off {side.id} has values of {contender} for {number_of(there, 'user')}, but its "
            f"manifest has {expected:,}; run the bake-off again."
        )
    return side.folder.pooled_values(contender, metric), users


def _paired(
    left: tuple[FitValues, pd.Index], right: tuple[FitValues, pd.Index], names: tuple[str, str]
) -> tuple[Doubles, Doubles]:
    """Both values of each user and fit, (n, fits) each, in the order of `left`.

    Equal manifests have the same seed, so that fits of one number are paired.
    """
    (ours, users), (theirs, others) = left, right
    rows = others.get_indexer(users)
    missing = int((rows < 0).sum())
    if missing:
        raise AssayError(
            f"Bake-off {names[1]} lacks values for {missing:,} of the "
            f"{number_of(len(users), 'user')} with values in bake-off {names[0]}, so users cannot "
            "be paired; run the bake-offs again."
        )
    same = replace(theirs, values=theirs.values[rows], persons=ours.persons)
    return paired_fits(ours, same)


def _flat(manifest: Manifest) -> Iterator[tuple[str, Any]]:
    for name, value in manifest.model_dump(mode="json").items():
        if isinstance(value, dict):
            yield from ((f"{name}.{part}", inner) for part, inner in value.items())
        else:
            yield name, value


def _text(value: Any) -> str:
    if value in (None, []):
        return "none"
    if isinstance(value, list):
        return ", ".join(_text(part) for part in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    text = str(value)
    is_digest = len(text) == 64 and set(text) <= set("0123456789abcdef")
    return f"{text[:12]}…" if is_digest else text


def _label(name: str) -> str:
    field = name.partition(".")[0]
    return _LABELS.get(field) or str(Manifest.model_fields[field].title or field)
