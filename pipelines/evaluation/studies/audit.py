"""The leakage audit: the same pipelines, evaluated under splits that leak and one that does not.

Under random and leave-one-out splits a model learns from events later than those it predicts;
under a time split it does not. The audit runs the same specs through the same code under all
three, and reports the factor by which each metric and its lift over Popular change, and which
pairs of pipelines change order (Meng et al. 2020, doi:10.1145/3383313.3418479; Ji et al. 2023,
doi:10.1145/3569930). Definitions: docs/data.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.data.dataset import Dataset
from pipelines.data.split import DEFAULT_PROTOCOL, Protocol, Split, split, windows
from pipelines.errors import AssayError, Refused
from pipelines.evaluation.metrics.evaluate import summarize
from pipelines.evaluation.studies.inflation import flips, inflations, lifts, resampled
from pipelines.evaluation.studies.results import LeakageAudit, ProtocolScores, SpecScore
from pipelines.evaluation.studies.sentences import (
    BASELINE,
    ONE_OUT,
    RANDOM,
    TIME,
    audit_sentence,
)
from pipelines.evaluation.studies.study import (
    MOST_USERS,
    header,
    per_user_values,
    sample_note,
    with_message,
)
from pipelines.recommender.spec import Spec
from pipelines.runtime.progress import Progress, part, silent
from pipelines.schema import Doubles

SPECS = ("popular", "als", "ease-recent")
METRICS, K = ("ndcg@10", "recall@10"), 10

Values = dict[str, dict[str, Doubles]]
"""Per-user values (n,) of each metric, by the spec's name."""


def audit(
    dataset: Dataset,
    specs: Sequence[str] = SPECS,
    progress: Progress = silent,
    *,
    protocol: str = DEFAULT_PROTOCOL,
    most_users: int = MOST_USERS,
) -> LeakageAudit:
    """Run `specs` (built-in names, or files) under random, leave-one-out and global time.

    `protocol` is the time split, or windows of it. The random split holds out the same share
    of the events as the time split. Under each, a sample of at most `most_users` users is
    evaluated. Raises `AssayError` where the data has no times.
    """
    loaded = _loaded(specs)
    cuts = _cuts(dataset, protocol, most_users, progress)
    found: dict[str, Values] = {name: {} for name in cuts}
    not_run: dict[str, str] = {}
    steps = [(spec, name) for spec in loaded for name in cuts]
    for number, (spec, name) in enumerate(steps):
        if spec.name in not_run:
            continue
        mine = part(progress, *(0.02 + 0.98 * (number + end) / len(steps) for end in (0, 1)))
        step = with_message(mine, f"{_title(spec)} under {name}")
        try:
            found[name][spec.name] = per_user_values(spec, dataset, cuts[name], (K,), step)
        except Refused as refusal:
            not_run[spec.name] = str(refusal)
            for values in found.values():
                values.pop(spec.name, None)
    ran = {spec.name: _title(spec) for spec in loaded if spec.name not in not_run}
    means = {n: resampled(found[n], METRICS, seed) for seed, n in enumerate(reversed(cuts))}
    lift = lifts(means, ran, METRICS, BASELINE)
    ratios = inflations(means, ran, METRICS, BASELINE, TIME)
    changed = [
        one for n in cuts if n != TIME for one in flips(n, found[n], found[TIME], ran, METRICS)
    ]
    return LeakageAudit(
        **header(dataset),
        sentence=audit_sentence(found[TIME], METRICS[0], ran, lift, ratios, changed),
        notes=[note for cut in cuts.values() for note in sample_note(cut)][:1],
        metrics=list(METRICS),
        protocols=[_scores(n, cut, found[n], ran, dataset) for n, cut in cuts.items()],
        lifts=lift,
        inflations=ratios,
        flips=changed,
        not_run=not_run,
    )


def _loaded(specs: Sequence[str]) -> list[Spec]:
    """The baseline first, then each spec once."""
    loaded = [Spec.load(BASELINE)]
    for given in specs:
        spec = Spec.load(given)
        if spec.hash not in {one.hash for one in loaded}:
            loaded.append(spec)
    names = [spec.name for spec in loaded]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise AssayError(f"Two pipelines are named {twice!r}; rename one of them.")
    if len(loaded) < 2:
        raise AssayError(
            "The audit needs a pipeline other than Popular; name one with --spec, such as als."
        )
    return loaded


def _cuts(dataset: Dataset, protocol: str, most_users: int, progress: Progress) -> dict[str, Split]:
    """The splits by name, in the order of display; the time split comes last.

    The random split holds out as many events as the time split. Of several windows the last
    one is the reference; differences between it and the others are not leaks.
    """
    reference = Protocol.parse(protocol)
    if reference.kind not in ("time", "windows"):
        raise AssayError(
            f"The audit needs a split in time as the reference, not {protocol}; use time:0.9, a "
            "date or windows:3."
        )
    progress(0.0, "splitting the data")
    options: dict[str, Any] = {"seen": dataset.about.seen, "eval_users": most_users}
    events = dataset.interactions
    if reference.kind == "windows":
        *earlier, in_time = windows(events, int(reference.value), **options)
    else:
        earlier, in_time = [], split(events, reference, **options)
    share = max(round(in_time.held_out / len(events), 4), 0.0001)
    return {
        RANDOM: split(events, Protocol("random", share), **options),
        ONE_OUT: split(events, "leave-one-out", **options),
        **{f"window {n} of {len(earlier) + 1}": cut for n, cut in enumerate(earlier, 1)},
        TIME: in_time,
    }


def _scores(
    name: str, cut: Split, values: Values, titles: Mapping[str, str], dataset: Dataset
) -> ProtocolScores:
    return ProtocolScores(
        name=name,
        split=str(cut.protocol),
        note=cut.protocol.note,
        held_out_share=cut.held_out / len(dataset.interactions),
        users=len(cut.queries),
        truths_per_user=len(cut.truth.values) / len(cut.queries),
        cold_users=cut.cold_users,
        cold_items=cut.cold_items,
        cold_truths=cut.cold_truths,
        scores=[
            SpecScore(
                spec=spec,
                title=title,
                metrics=summarize({m: values[spec][m] for m in METRICS}),
            )
            for spec, title in titles.items()
        ],
    )


def _title(spec: Spec) -> str:
    return spec.title or spec.name
