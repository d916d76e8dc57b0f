"""The leakage audit: what the same pipelines would be said to be worth under other splits.

Random and leave-one-out splits let a model learn from events that come after the ones it is
asked about; a split in time does not. The audit runs the same specs through the same code
under all three, and tells by which factor each metric, and its lift over Popular, changes and
which pairs of pipelines change their order (Meng et al. 2020, doi:10.1145/3383313.3418479;
Ji et al. 2023, doi:10.1145/3569930). Definitions: docs/data.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.data.dataset import Dataset
from pipelines.data.split import DEFAULT_PROTOCOL, Protocol, Split, split
from pipelines.errors import AssayError, Refused
from pipelines.evaluation.inflation import flips, inflations, lifts, resampled
from pipelines.evaluation.metric_names import label
from pipelines.evaluation.metrics import summarize
from pipelines.evaluation.study import MOST_USERS, drawn_note, heading, per_user_values, said
from pipelines.evaluation.study_results import (
    Flip,
    Inflation,
    LeakageAudit,
    Lift,
    ProtocolScores,
    SpecScore,
)
from pipelines.progress import Progress, part, silent
from pipelines.schema import Doubles
from pipelines.spec import Spec

SPECS = ("popular", "als", "ease-recent")
BASELINE = "popular"
METRICS, K = ("ndcg@10", "recall@10"), 10
TIME, ONE_OUT, RANDOM = "global time", "leave-one-out", "random"

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
    """Run `specs` (names that ship, or files) under random, leave-one-out and global time.

    The random split holds out the same share of the events as the one in time. Under each,
    at most `most_users` users are evaluated. An `AssayError` where the data has no times.
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
        told = said(mine, f"{_title(spec)} under {name}")
        try:
            found[name][spec.name] = per_user_values(spec, dataset, cuts[name], (K,), told)
        except Refused as refusal:
            not_run[spec.name] = str(refusal)
            for values in found.values():
                values.pop(spec.name, None)
    ran = {spec.name: _title(spec) for spec in loaded if spec.name not in not_run}
    means = {n: resampled(found[n], METRICS, seed) for seed, n in enumerate(cuts)}
    lift = lifts(means, ran, METRICS, BASELINE)
    ratios = inflations(means, ran, METRICS, BASELINE, TIME)
    turned = [
        one for n in (RANDOM, ONE_OUT) for one in flips(n, found[n], found[TIME], ran, METRICS)
    ]
    return LeakageAudit(
        **heading(dataset),
        sentence=sentence(found[TIME], ran, lift, ratios, turned),
        notes=[note for cut in cuts.values() for note in drawn_note(cut)][:1],
        metrics=list(METRICS),
        protocols=[_scores(n, cuts[n], found[n], ran, dataset) for n in (RANDOM, ONE_OUT, TIME)],
        lifts=lift,
        inflations=ratios,
        flips=turned,
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
        raise AssayError(f"Two pipelines are named {twice!r}; give one of them another name.")
    if len(loaded) < 2:
        raise AssayError(
            "The audit needs a pipeline beside Popular; name one with --spec, such as als."
        )
    return loaded


def _cuts(dataset: Dataset, protocol: str, most_users: int, progress: Progress) -> dict[str, Split]:
    """The three splits; the random one holds out as many events as the one in time."""
    reference = Protocol.of_bakeoff(protocol)
    if reference.kind != "time":
        raise AssayError(
            f"The audit compares with a split in time, and {protocol} is none; use time:0.9 or "
            "a date."
        )

    def made(one: Protocol) -> Split:
        progress(0.0, f"splitting the data: {one.kind}")
        return split(dataset.interactions, one, seen=dataset.about.seen, eval_users=most_users)

    in_time = made(reference)
    share = round(in_time.held_out / len(dataset.interactions), 4)
    return {
        TIME: in_time,
        ONE_OUT: made(Protocol.parse("leave-one-out")),
        RANDOM: made(Protocol("random", max(share, 0.0001))),
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


def sentence(
    in_time: Values,
    titles: Mapping[str, str],
    lift: Sequence[Lift],
    ratios: Sequence[Inflation],
    turned: Sequence[Flip],
) -> str:
    """The lift of the best pipeline in time, here and there, and whether orders turn."""
    metric, others = METRICS[0], [spec for spec in titles if spec != BASELINE]
    if not others:
        return "No pipeline beside Popular could be run, so there is nothing to compare."
    best = max(others, key=lambda spec: float(in_time[spec][metric].mean()))

    def of(rows: Sequence[Any], protocol: str, measure: str = "lift") -> Any:
        return next(
            one
            for one in rows
            if (one.spec, one.metric, one.protocol) == (best, metric, protocol)
            and getattr(one, "measure", "lift") == measure
        )

    timed, drawn, one_out = (_times(of(lift, name)) for name in (TIME, RANDOM, ONE_OUT))
    first = (
        f"{titles[best]} has {timed} the {label(metric)} of {titles[BASELINE]} under {TIME}, "
        f"{drawn} under {RANDOM} and {one_out} under {ONE_OUT}: a random split multiplies the "
        "lift by "
        f"{_times(of(ratios, RANDOM), '')}, leave-one-out by {_times(of(ratios, ONE_OUT), '')}"
    )
    return f"{first}; {_of_orders([one for one in turned if one.metric == metric])}."


def _of_orders(turned: Sequence[Flip]) -> str:
    certain = [one for one in turned if one.certain]
    if certain:
        one = certain[0]
        more = f" (and {len(certain) - 1} more such)" if len(certain) > 1 else ""
        return (
            f"{one.ahead_in_time} is ahead of {one.ahead_here} in time and behind it under "
            f"{one.protocol}, both for certain{more}"
        )
    if turned:
        pairs = "1 pair of pipelines changes" if len(turned) == 1 else f"{len(turned)} pairs change"
        return f"{pairs} order, none for certain"
    return "no pair of pipelines changes its order"


def _times(one: Lift | Inflation, word: str = " times") -> str:
    if one.value is None:
        return "an unknown number of times" if word else "an unknown factor"
    high = "no upper limit" if one.high is None else f"{one.high:.3g}"
    return f"{one.value:.3g}{word} ({one.low:.3g} to {high})"


def _title(spec: Spec) -> str:
    return spec.title or spec.name
