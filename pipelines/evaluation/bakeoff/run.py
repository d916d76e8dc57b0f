"""Run a bake-off: each contender answers the same manifest in its own process."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.data.dataset import Dataset
from pipelines.data.split import Protocol, Split, split
from pipelines.evaluation.bakeoff.checks.contract import Material
from pipelines.evaluation.bakeoff.checks.examine import examine
from pipelines.evaluation.bakeoff.exposure import exposure_of, trusted
from pipelines.evaluation.bakeoff.ground_truth import ground_truth_of
from pipelines.evaluation.bakeoff.process import run_in_child
from pipelines.evaluation.bakeoff.refits import Refits
from pipelines.evaluation.bakeoff.request import BakeoffRequest, Entry
from pipelines.evaluation.bakeoff.scoring import Scored, comparisons, score, with_chances
from pipelines.evaluation.bakeoff.task import TASK, ContenderTask
from pipelines.evaluation.behavior.evidence import Background
from pipelines.evaluation.behavior.names import available
from pipelines.evaluation.behavior.observe import observe
from pipelines.evaluation.behavior.requirements import requirements
from pipelines.evaluation.comparison import declared
from pipelines.evaluation.manifest.manifest import Manifest
from pipelines.evaluation.results.document import BakeoffDocument, ContenderResult
from pipelines.evaluation.results.folder import (
    TRUTH,
    Requests,
    write_document,
    write_per_user,
)
from pipelines.evaluation.slices.writing import write_slices
from pipelines.recommender.spec import make_rules, rule_documents
from pipelines.recommender.stage_store import StageStore
from pipelines.runtime.progress import Progress, part, silent
from pipelines.schema import hash_of_ids

STAGES_MB = 4_000
"""Fitted stages kept for the next bake-off, at most; the newest stay."""


def _depths(request: BakeoffRequest) -> tuple[int, ...]:
    return tuple(sorted({5, 10, 20, request.k}))


def make_manifest(request: BakeoffRequest, dataset: Dataset, cut: Split) -> Manifest:
    """The manifest of a request, once the split is known."""
    users = dataset.users.decode(cut.queries.user)
    items = dataset.catalogue.items.ids[cut.known]
    return Manifest(
        dataset=dataset.name,
        fingerprint=dataset.about.fingerprint,
        split=str(cut.protocol),
        cutoff=cut.cutoff,
        seen=dataset.about.seen,
        users=len(users),
        users_hash=hash_of_ids(users),
        items=len(items),
        catalogue_hash=hash_of_ids(items),
        k=request.k,
        ks=_depths(request),
        rules=tuple(rule_documents(request.rules)),
        budget=request.budget,
        required=tuple(map(str, requirements(request.required))),
        metric=request.metric,
        baseline=request.baseline,
        useful_share=request.useful_share,
        seed=request.seed,
    )


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
    cut = split(
        dataset.interactions,
        Protocol.of_bakeoff(request.split),
        seen=dataset.about.seen,
        eval_users=request.eval_users,
        seed=request.seed,
    )
    manifest = make_manifest(request, dataset, cut)
    key = ground_truth_of(cut, dataset)
    background = Background.of(cut, dataset, manifest.k, manifest.seed)
    exposure = exposure_of(key, dataset)
    key = trusted(key, exposure)
    declared.check_data(request.metric, key)
    _write_task(dataset, cut, manifest, folder)
    users = dataset.users.decode(cut.queries.user)
    results: list[ContenderResult] = []
    scored: dict[str, Scored] = {}
    shares = _shares(contenders, request.refits, progress)
    for entry in contenders:
        mine = next(shares)
        here = folder / "contenders" / entry.name
        outcome = run_in_child(entry, folder, here, stages, mine)
        result, detail = score(entry.name, entry.title, entry.kind, outcome, here, key, manifest)
        if entry.spec is not None:
            spec = {"spec": entry.spec.document(), "spec_hash": entry.spec.hash}
            result = result.model_copy(update=spec)
        if detail is not None:
            result = observe(result, background, here, tests, required)
            scored[entry.name] = detail
            write_per_user({n: v.by_user for n, v in detail.per_user.items()}, users, here)
        results.append(result)
    refits = Refits(folder, stages, key, manifest, users, request.refits)
    for at, entry in enumerate(contenders):
        mine = next(shares)
        if first := scored.get(entry.name):
            results[at], scored[entry.name] = refits.add(entry, results[at], first, mine)
    now = datetime.now(UTC)
    progress(0.97, "checking the results")
    material = Material(dataset, cut, manifest, key, folder, results, now.timestamp())
    document = BakeoffDocument(
        id=bakeoff_id,
        dataset=dataset.name,
        created=now.isoformat(timespec="seconds"),
        manifest=manifest.document() | _counts(cut),
        contenders=with_chances(results, scored, manifest),
        comparisons=comparisons(results, scored, manifest),
        notes=[*declared.note(request.metric, results), *left_out, exposure.sentence],
        exposure=exposure,
        evidence=examine(material),
    )
    write_document(folder, document)
    (folder / TASK).unlink(missing_ok=True)
    StageStore(stages, "").drop_older(STAGES_MB)
    progress(1.0, "done")
    return document


def _shares(contenders: Sequence[Entry], refits: int, progress: Progress) -> Iterator[Progress]:
    """The progress of each contender's first fit, then of its others, which do less."""
    further = [(refits - 1) / 2 * bool(e.spec is not None and e.spec.draws) for e in contenders]
    ends = np.cumsum([0.0, *(1.0 for _ in contenders), *further])
    for begin, end in pairwise(0.02 + 0.95 * ends / ends[-1]):
        yield part(progress, float(begin), float(end))


def _counts(cut: Split) -> dict[str, Any]:
    """Facts about the split for readers; they are not part of the manifest's hash."""
    return {
        "truths": len(cut.truth.values),
        "cold_truths": cut.cold_truths,
        "cold_items": cut.cold_items,
        "cold_users": cut.cold_users,
        "repeats": cut.repeats,
        "users_without_history": cut.new_users,
        "training_events": len(cut.train),
        "split_note": cut.protocol.note,
    }


def data_key(manifest: Manifest) -> str:
    """Identifies the training data: equal keys mean equal rows."""
    parts = (manifest.fingerprint, manifest.split, manifest.seen)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _write_task(dataset: Dataset, cut: Split, manifest: Manifest, folder: Path) -> None:
    import pandas as pd

    folder.mkdir(parents=True, exist_ok=True)
    ContenderTask.of(dataset, cut, manifest, data_key(manifest)).save(folder)
    who = np.repeat(dataset.users.decode(cut.queries.user), cut.truth.lengths())
    what = dataset.catalogue.items.decode(cut.truth.values)
    pd.DataFrame({"user_id": who, "item_id": what}).to_parquet(folder / TRUTH, index=False)
    Requests.of(cut).save(folder)
    write_slices(cut, dataset, folder)
    (folder / "manifest.json").write_text(json.dumps(manifest.document(), indent=1))
