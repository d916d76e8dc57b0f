"""Run a bake-off: each contender answers the same manifest in its own process."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.data.dataset import Dataset
from pipelines.data.split import Protocol, Split, splits
from pipelines.evaluation.bakeoff.afterwards import write_answers
from pipelines.evaluation.bakeoff.checks.contract import Material
from pipelines.evaluation.bakeoff.checks.examine import examine
from pipelines.evaluation.bakeoff.exposure import exposure_of, trusted
from pipelines.evaluation.bakeoff.ground_truth import ground_truth_of
from pipelines.evaluation.bakeoff.lists_run import Answered, shares_of
from pipelines.evaluation.bakeoff.process import run_in_child
from pipelines.evaluation.bakeoff.refits import Refits
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.scoring import Scored, comparisons, score, with_chances
from pipelines.evaluation.bakeoff.task import TASK
from pipelines.evaluation.bakeoff.task_files import write_task
from pipelines.evaluation.bakeoff.ties import orders_of, try_orders
from pipelines.evaluation.bakeoff.windows import (
    drift_of,
    persons_of,
    pooled,
    run_earlier,
    window_results,
)
from pipelines.evaluation.behavior.evidence import Background
from pipelines.evaluation.behavior.names import available
from pipelines.evaluation.behavior.observe import observe
from pipelines.evaluation.behavior.requirements import requirements
from pipelines.evaluation.comparison import declared
from pipelines.evaluation.manifest.manifest import Manifest
from pipelines.evaluation.results.document import BakeoffDocument, ContenderResult
from pipelines.evaluation.results.folder import write_document
from pipelines.evaluation.slices.writing import slices_of
from pipelines.recommender.spec import make_rules, rule_documents
from pipelines.recommender.stage_store import StageStore
from pipelines.runtime.progress import Progress, part, silent
from pipelines.schema import hash_of_ids

STAGES_MB = 4_000
"""Fitted stages kept for the next bake-off, at most; the newest stay."""


def _depths(request: BakeoffRequest) -> tuple[int, ...]:
    return tuple(sorted({5, 10, 20, request.k}))


def make_manifest(
    request: BakeoffRequest, dataset: Dataset, cut: Split, earlier: Sequence[Split] = ()
) -> Manifest:
    """The manifest of a request, once the split, or the last of several windows, is known."""
    return Manifest(
        dataset=dataset.name,
        fingerprint=dataset.about.fingerprint,
        split=str(Protocol.parse(request.split)) if earlier else str(cut.protocol),
        cutoff=cut.cutoff,
        seen=dataset.about.seen,
        **_evaluated(dataset, cut),
        k=request.k,
        ks=_depths(request),
        rules=tuple(rule_documents(request.rules)),
        budget=request.budget,
        required=tuple(map(str, requirements(request.required))),
        metric=request.metric,
        baseline=request.baseline,
        useful_share=request.useful_share,
        seed=request.seed,
        earlier=[{"cutoff": one.cutoff, **_evaluated(dataset, one)} for one in earlier],
    )


def _evaluated(dataset: Dataset, cut: Split) -> dict[str, Any]:
    """The manifest's fields of the users and items of one split."""
    users = dataset.users.decode(cut.queries.user)
    items = dataset.catalogue.items.ids[cut.known]
    return {
        "users": len(users),
        "users_hash": hash_of_ids(users),
        "items": len(items),
        "catalogue_hash": hash_of_ids(items),
    }


def run_bakeoff(
    dataset: Dataset,
    request: BakeoffRequest,
    folder: Path,
    stages: Path,
    bakeoff_id: str,
    progress: Progress = silent,
) -> BakeoffDocument:
    """Run a bake-off in an existing, empty `folder`; fitted stages are shared in `stages`."""
    contenders = request.entries
    declared.check(request.metric, _depths(request))
    make_rules(request.rules)
    required = requirements(request.required)
    left_out: list[str] = []
    tests = available(left_out)
    progress(0.0, "splitting the data")
    cuts = splits(
        dataset.interactions,
        Protocol.of_bakeoff(request.split, windows=True),
        seen=dataset.about.seen,
        eval_users=request.eval_users,
        seed=request.seed,
    )
    *earlier, cut = cuts
    manifest = make_manifest(request, dataset, cut, earlier)
    key = ground_truth_of(cut, dataset)
    background = Background.of(cut, dataset, manifest.k, manifest.seed)
    exposure = exposure_of(key, dataset)
    key = trusted(key, exposure)
    declared.check_data(request.metric, key)
    write_task(dataset, cut, manifest, folder)
    slices = slices_of(cut, dataset)
    (folder / "manifest.json").write_text(json.dumps(manifest.document(), indent=1))
    users = dataset.users.decode(cut.queries.user)
    results: list[ContenderResult] = []
    scored: dict[str, Scored] = {}
    orders = orders_of(dataset, cut, request)
    # An order is one fit of each contender, a window several, with all that is measured besides.
    steps = 2 * len(cuts) + len(orders.cuts)
    last = part(progress, 0.0, 2 / steps)
    shares = shares_of(contenders, request.refits, last)
    for entry in contenders:
        mine = next(shares)
        here = folder / "contenders" / entry.name
        outcome = run_in_child(entry, folder, here, stages, mine)
        result, detail = score(entry.name, entry.title, entry.kind, outcome, here, key, manifest)
        if entry.spec is not None:
            spec = {"spec": entry.spec.document(), "spec_hash": entry.spec.hash}
            moment = {"uses_moment": entry.spec.uses_moment}
            result = result.model_copy(update=spec | moment)
        if detail is not None:
            result = observe(result, background, here, tests, required)
            scored[entry.name] = detail
        results.append(result)
    refits = Refits(folder, stages, key, manifest, request.refits)
    for at, entry in enumerate(contenders):
        mine = next(shares)
        if first := scored.get(entry.name):
            results[at], scored[entry.name] = refits.add(entry, results[at], first, mine)
    own = list(results)
    answered = Answered(cut, users, {r.name: r for r in results}, scored)
    share = part(progress, 2 / steps, (2 + len(orders.cuts)) / steps)
    ties = try_orders(dataset, orders, answered, contenders, manifest, folder, stages, share)
    windows: list[Answered] = []
    if earlier:
        share = part(progress, (2 + len(orders.cuts)) / steps, 0.97)
        windows = run_earlier(dataset, cuts, request, manifest, folder, stages, share)
    write_answers(dataset, answered, slices, windows, folder)  # no contender runs after this
    if windows:
        windows.append(answered)
        results, scored = pooled(results, windows, manifest)
    each = window_results(windows, manifest)
    now = datetime.now(UTC)
    progress(0.97, "checking the results")
    material = Material(dataset, cut, manifest, key, folder, own, now.timestamp())
    document = BakeoffDocument(
        id=bakeoff_id,
        dataset=dataset.name,
        created=now.isoformat(timespec="seconds"),
        manifest=manifest.document() | _counts(cut, windows),
        contenders=with_chances(results, scored, manifest),
        comparisons=comparisons(results, scored, manifest),
        notes=[*declared.note(request.metric, results), *left_out, exposure.sentence],
        exposure=exposure,
        ties=ties,
        windows=each,
        drift=drift_of(results, windows, each, manifest),
        evidence=examine(material),
    )
    write_document(folder, document)
    (folder / TASK).unlink(missing_ok=True)
    StageStore(stages, "").drop_older(STAGES_MB)
    progress(1.0, "done")
    return document


def _counts(cut: Split, windows: Sequence[Answered]) -> dict[str, Any]:
    """Facts about the split for readers; they are not part of the manifest's hash."""
    people = {"people": int(persons_of(windows).max()) + 1} if windows else {}
    return people | {
        "truths": len(cut.truth.values),
        "cold_truths": cut.cold_truths,
        "cold_items": cut.cold_items,
        "cold_users": cut.cold_users,
        "repeats": cut.repeats,
        "users_without_history": cut.new_users,
        "training_events": len(cut.train),
        "split_note": cut.protocol.note,
    }
