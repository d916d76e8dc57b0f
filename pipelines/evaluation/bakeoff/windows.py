"""Several windows of one bake-off: each contender in each of them, and all of them pooled.

The last window is the bake-off's own split, whose lists, times, slices and behavioral tests are
kept. The earlier ones add their requests: each request of each window counts the same, and
intervals are over people, who may be in several windows (docs/metrics.md, "Several windows").
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from pipelines.data.dataset import Dataset
from pipelines.data.split import Split
from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff.lists_run import Answered, lists_run
from pipelines.evaluation.bakeoff.refits import spread_of
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.scoring import Scored, compared_metrics
from pipelines.evaluation.comparison.drift import drifts
from pipelines.evaluation.manifest.manifest import Manifest
from pipelines.evaluation.metrics.evaluate import over_fits, over_windows
from pipelines.evaluation.metrics.names import bounds
from pipelines.evaluation.results.document import ContenderResult, Spread, titles_of
from pipelines.evaluation.results.fit_values import paired_fits, stacked
from pipelines.evaluation.results.folder import WINDOWS
from pipelines.evaluation.results.windows import ByMetric, Drift, WindowResult
from pipelines.runtime.phrases import day_of
from pipelines.runtime.progress import Progress, part
from pipelines.schema import Longs
from pipelines.statistics.intervals import paired


def run_earlier(
    dataset: Dataset,
    cuts: Sequence[Split],
    request: BakeoffRequest,
    manifest: Manifest,
    folder: Path,
    stages: Path,
    progress: Progress,
) -> list[Answered]:
    """All contenders in the windows before the last one of `cuts`, oldest first."""
    n = len(cuts) - 1
    found = []
    for at, cut in enumerate(cuts[:-1]):
        share = part(progress, at / n, (at + 1) / n)
        day = day_of(cut.cutoff or 0)

        def told(done: float, message: str, to: Progress = share, day: str = day) -> None:
            to(done, f"window from {day}: {message}")

        here = folder / WINDOWS / str(at + 1)
        found.append(
            lists_run(
                dataset, cut, request.entries, manifest, here, stages, told, refits=request.refits
            )
        )
    return found


def pooled(
    results: Sequence[ContenderResult], windows: Sequence[Answered], manifest: Manifest
) -> tuple[list[ContenderResult], dict[str, Scored]]:
    """The contenders' results over all `windows`; `results` are those of the last one.

    A contender that is not scored in one window is not scored at all.
    """
    persons = persons_of(windows)
    found, scored = [], {}
    for result in results:
        name = result.name
        if name not in windows[-1].scored:
            found.append(result)
            continue
        missing = next((w for w in windows if name not in w.scored), None)
        if missing is not None:
            found.append(_not_scored(result, missing))
            continue
        scored[name] = _stacked([w.scored[name] for w in windows], persons)
        update = {
            "metrics": scored[name].summary(),
            "notes": [*result.notes, *_further_notes(result, windows[:-1])],
            "spread": _spread([w.results[name] for w in windows], scored[name], manifest.metric),
        }
        found.append(result.model_copy(update=update))
    return found, scored


def persons_of(windows: Sequence[Answered]) -> Longs:
    """Whose each request is, window after window, (n_requests,) codes from 0."""
    ids = np.concatenate([window.users.astype(str) for window in windows])
    return np.unique(ids, return_inverse=True)[1].astype(np.int64)


def window_results(windows: Sequence[Answered], manifest: Manifest) -> list[WindowResult]:
    """Each window alone, oldest first."""
    cutoffs = [window.cut.cutoff for window in windows]
    return [
        WindowResult(
            begin=int(begin or 0),
            end=end,
            users=len(window.users),
            truths=len(window.cut.truth.values),
            training_events=len(window.cut.train),
            metrics={name: one.summary() for name, one in window.scored.items()},
            differences=_differences(window.scored, manifest),
        )
        for window, (begin, end) in zip(windows, pairwise([*cutoffs, None]), strict=True)
    ]


def drift_of(
    results: Sequence[ContenderResult],
    windows: Sequence[Answered],
    each: Sequence[WindowResult],
    manifest: Manifest,
) -> list[Drift]:
    """How the differences on the declared metric change; empty for a single split."""
    if not windows:
        return []
    first, last = windows[0], windows[-1]
    values = {
        r.name: (first.scored[r.name].per_user[metric], last.scored[r.name].per_user[metric])
        for r in results
        if (metric := manifest.metric) in r.metrics
        and (r.kind != "baseline" or r.name == manifest.baseline)  # nobody asks of Random's drift
    }
    persons = persons_of(windows)
    ends = (persons[: len(first.users)], persons[len(persons) - len(last.users) :])
    titles = titles_of([*results])
    return drifts(values, manifest.baseline, manifest.metric, ends, each, titles)


def _stacked(windows: Sequence[Scored], persons: Longs) -> Scored:
    """The values of all windows; a metric that a window lacks is left out."""
    names = [m for m in windows[-1].per_user if all(m in one.per_user for one in windows)]
    return Scored(
        {m: stacked([one.per_user[m] for one in windows], persons) for m in names},
        [over_windows([over_fits(one.over_all) for one in windows])],
    )


def _not_scored(result: ContenderResult, window: Answered) -> ContenderResult:
    there = window.results[result.name]
    why = f"In the window from {day_of(window.cut.cutoff or 0)}: {there.reason}"
    return result.model_copy(
        update={"status": there.status, "reason": why, "metrics": {}, "spread": None}
    )


def _further_notes(result: ContenderResult, earlier: Sequence[Answered]) -> list[str]:
    return [
        f"Window from {day_of(window.cut.cutoff or 0)}: {note}"
        for window in earlier
        for note in window.results[result.name].notes
        if note not in result.notes
    ]


def _spread(windows: Sequence[ContenderResult], scored: Scored, metric: str) -> Spread | None:
    """The fits' spread over all windows; None for a third party, which is asked once."""
    spreads = [one.spread for one in windows if one.spread is not None]
    if not spreads:
        return None
    found = spread_of(scored, metric, spreads[-1].draws)
    return found.model_copy(update={"seconds": sum(one.seconds for one in spreads)})


def _differences(scored: dict[str, Scored], manifest: Manifest) -> dict[str, ByMetric]:
    base = scored.get(manifest.baseline)
    if base is None:
        return {}
    found: dict[str, ByMetric] = {}
    for name, one in scored.items():
        if name == manifest.baseline:
            continue
        found[name] = {}
        for metric in compared_metrics(manifest):
            if metric not in one.per_user or metric not in base.per_user:
                continue
            limits = bounds(metric)
            span = None if limits is None else (limits[0] - limits[1], limits[1] - limits[0])
            try:
                both = paired_fits(one.per_user[metric], base.per_user[metric])
                found[name][metric] = paired(*both, span)
            except AssayError:  # too few users with a value
                continue
    return found
