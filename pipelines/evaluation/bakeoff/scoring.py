"""From the lists of a contender to metrics with intervals, and to comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import compress
from pathlib import Path

import numpy as np

from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff.outcome import Outcome
from pipelines.evaluation.comparison.comparison import (
    Contrast,
    declared,
    direction,
    explored,
    testable,
)
from pipelines.evaluation.manifest.manifest import Manifest
from pipelines.evaluation.metrics.accuracy import per_user
from pipelines.evaluation.metrics.evaluate import evaluate, over_fits, summarize
from pipelines.evaluation.metrics.names import MAIN
from pipelines.evaluation.results.answer_file import AnswerFile
from pipelines.evaluation.results.document import (
    Comparison,
    ContenderResult,
    Kind,
    StageTime,
    drawn_once,
    titles_of,
)
from pipelines.evaluation.results.fit_values import FitValues, common_fits, paired_fits
from pipelines.reading.lists import GroundTruth, Lists
from pipelines.schema import Doubles, Ints, Ragged
from pipelines.statistics.bootstrap import chance_best, resampled_means, with_fits
from pipelines.statistics.interval import Interval
from pipelines.statistics.sign_flip import sign_flips

SIGN_FLIPS = 1_999
"""Draws for each declared comparison: a p of .05 is then accurate to ± .01."""


@dataclass
class Scored:
    """What comparisons need of a scored contender."""

    per_user: dict[str, FitValues]
    """By metric name."""
    over_all: list[dict[str, Interval]]
    """Metrics over all lists together, of each fit."""

    def summary(self) -> dict[str, Interval]:
        """Each metric's mean over users and fits, with its interval."""
        values = {name: v.of_people().values for name, v in self.per_user.items()}
        return summarize(values) | over_fits(self.over_all)


def score(
    name: str,
    title: str,
    kind: Kind,
    outcome: Outcome,
    here: Path,
    key: GroundTruth,
    manifest: Manifest,
) -> tuple[ContenderResult, Scored | None]:
    """The result of a contender; without metrics if it is not scored.

    One whose lists cannot be read has failed.
    """
    result = ContenderResult(name=name, title=title, kind=kind, **outcome.told())
    if outcome.status != "scored":
        return result, None
    try:
        answer = AnswerFile.read(here, len(key), key.n_items, len(outcome.steps))
    except AssayError as error:
        return result.model_copy(update={"status": "failed", "reason": str(error)}), None
    watched = key.truth.take(answer.rows)
    notes = list(result.notes)
    found = evaluate(Lists(answer.items, key), manifest.ks, notes=notes)
    detail = scored_of(found)
    waterfall = [
        _stage(stage, step, watched, seconds / max(1, len(answer.items)))
        for (stage, seconds), step in zip(outcome.steps, answer.steps, strict=True)
    ]
    update = {
        "metrics": detail.summary(),
        "waterfall": waterfall,
        "notes": notes,
        "over_budget": over_budget(result, manifest),
    }
    return result.model_copy(update=update), detail


def scored_of(found: Mapping[str, Doubles | Interval]) -> Scored:
    """The metrics of one fit, as `evaluate` gives them."""
    values = {n: FitValues(v[:, None]) for n, v in found.items() if not isinstance(v, Interval)}
    return Scored(values, [{n: v for n, v in found.items() if isinstance(v, Interval)}])


def _stage(stage: str, step: Ints, truth: Ragged, seconds: float) -> StageTime:
    """One step of a pipeline: items kept, recall, NDCG@10, and time per request."""
    kept = per_user(step, truth, (step.shape[1], 10))
    truths = truth.lengths()
    found = float((kept[f"recall@{step.shape[1]}"] * truths).sum() / max(1, truths.sum()))
    return StageTime(
        stage=stage,
        keeps=int(np.median((step >= 0).sum(axis=1))),
        recall=found,
        ndcg=float(kept["ndcg@10"].mean()),
        milliseconds=1000 * seconds,
    )


def over_budget(result: ContenderResult, manifest: Manifest) -> list[str]:
    """The limits of the manifest's budget that the contender exceeds, a sentence each."""
    budget = manifest.budget
    said = []
    if budget.p95_ms is not None and result.request_ms and result.request_ms.p95 > budget.p95_ms:
        said.append(f"p95 {result.request_ms.p95:.3g} ms, allowed {budget.p95_ms:.3g} ms")
    if budget.peak_mb is not None and (result.peak_mb or 0) > budget.peak_mb:
        said.append(f"memory {result.peak_mb:.0f} MB, allowed {budget.peak_mb:.0f} MB")
    if budget.cost_per_1000 is not None and result.answered:
        cost = result.cost_usd / result.answered * 1000
        if cost > budget.cost_per_1000:
            allowed = budget.cost_per_1000
            said.append(f"${cost:.3g} per 1,000 requests, allowed ${allowed:.3g}")
    return said


def compared_metrics(manifest: Manifest) -> list[str]:
    """The metrics on which contenders are compared, the declared one first."""
    accuracy = [f"{name}@{k}" for k in manifest.ks for name in MAIN]
    return [manifest.metric, *(m for m in accuracy if m != manifest.metric)]


def comparisons(
    results: list[ContenderResult], scored: dict[str, Scored], manifest: Manifest
) -> list[Comparison]:
    """Each scored contender against the baseline: the declared metric first, then the others.

    Comparisons on the declared metric are adjusted together; all others are exploration.
    A pair without enough users who have a value is left out.
    """
    base = scored.get(manifest.baseline)
    if base is None:
        return []
    names = compared_metrics(manifest)
    against = [r for r in results if r.name in scored and r.name != manifest.baseline]
    once = next((drawn_once(r) for r in results if r.name == manifest.baseline), "")
    rows = [
        Contrast(
            result.name,
            manifest.baseline,
            metric,
            *paired_fits(scored[result.name].per_user[metric], base.per_user[metric]),
            over_budget=bool(result.over_budget),
            failed_required=bool(result.failed_required),
            once=drawn_once(result) or once,
        )
        for metric in names
        for result in against
        if metric in scored[result.name].per_user and metric in base.per_user
    ]
    rows = [row for row in rows if testable(row)]
    # Random is a floor: nobody claims anything by beating it.
    floors = {result.name for result in results if result.kind == "baseline"}
    claims = [row.metric == manifest.metric and row.contender not in floors for row in rows]
    share, titles = manifest.useful_share, titles_of(results)
    claimed = iter(_checked([*compress(rows, claims)], share, titles))
    looked = iter(explored([*compress(rows, (not c for c in claims))], share, titles))
    return [next(claimed if claim else looked) for claim in claims]


def _checked(
    claims: list[Contrast], useful_share: float, titles: Mapping[str, str]
) -> list[Comparison]:
    """The declared comparisons, with the p-value of the sign-flip test beside that of t."""
    if not claims:
        return []
    flipped = np.column_stack(
        [np.subtract(c.values, c.baseline_values).mean(axis=1) for c in claims]
    )
    beside = sign_flips(flipped, replicates=SIGN_FLIPS).tolist()
    return [
        one.model_copy(update={"p_sign_flip": p})
        for one, p in zip(declared(claims, useful_share, titles), beside, strict=True)
    ]


def with_chances(
    results: list[ContenderResult], scored: dict[str, Scored], manifest: Manifest
) -> list[ContenderResult]:
    """The results with the probability of being best on the declared metric."""
    values_of = {
        r.name: scored[r.name].per_user.get(manifest.metric) for r in results if r.name in scored
    }
    # A contender without any value cannot be best.
    having = {n: v.of_people() for n, v in values_of.items() if v and not np.isnan(v.by_user).all()}
    if len(having) < 2:
        return results
    sign = direction(manifest.metric)
    names, fits = list(having), common_fits([*having.values()])
    per_fit = [sign * (v.values if v.single else v.of(fits)) for v in having.values()]
    values = np.column_stack([v.mean(axis=1) for v in per_fit])
    everywhere = ~np.isnan(values).any(axis=1)
    draws = resampled_means(values, seed=manifest.seed)
    draws = with_fits(draws, [v[everywhere] for v in per_fit], seed=manifest.seed)
    told = zip(names, chance_best(draws).tolist(), strict=True)
    chances = {name: chance for name, chance in told if not np.isnan(chance)}
    return [r.model_copy(update={"chance_best": chances.get(r.name)}) for r in results]
