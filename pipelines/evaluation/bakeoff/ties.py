"""Contenders in other orders of the events whose times tie: how much the order decides.

Only first fits are compared, in the data's order as in the others, so that a different outcome
is due to the order and not to the number of fits.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.data.dataset import Dataset
from pipelines.data.split import Split
from pipelines.data.ties import changed, split_in_order, tied
from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff.lists_run import Answered, lists_run
from pipelines.evaluation.bakeoff.request import BakeoffRequest, Entry
from pipelines.evaluation.comparison.comparison import Contrast, declared, testable
from pipelines.evaluation.manifest.manifest import Manifest
from pipelines.evaluation.results.document import titles_of
from pipelines.evaluation.results.ties import OrderOutcome, Ties
from pipelines.runtime.progress import Progress, part

FOLDER = "ties"
LEAST_TARGETS = 0.01
"""The share of held-out items that must change for ties to matter."""
ORDERS = 2
"""The orders that are tried by themselves where ties matter."""


@dataclass(frozen=True)
class Orders:
    """The splits of other orders, and what is known before anything is fitted."""

    events: float = 0.0
    targets: float = 0.0
    cuts: tuple[Split, ...] = ()
    """Those to fit the contenders on."""


def orders_of(dataset: Dataset, cut: Split, request: BakeoffRequest) -> Orders:
    """The orders to try: as many as asked, by default `ORDERS` where held-out items change."""
    interactions, asked = dataset.interactions, request.tie_orders
    # A split in time holds out the same items in any order: it is tried only where asked.
    if cut.cutoff is not None and not asked:
        return Orders()
    events = float(tied(interactions).mean())
    if events == 0.0:
        return Orders()
    tried = ORDERS if asked is None else asked
    try:
        cuts = [
            split_in_order(interactions, cut, number, seen=dataset.about.seen)
            for number in range(1, max(1, tried) + 1)
        ]
    except AssayError:  # in that order nobody is left to evaluate
        return Orders(events, 1.0)
    targets = max(changed(cut, other) for other in cuts)
    matter = asked or (asked is None and targets >= LEAST_TARGETS)
    return Orders(events, targets, tuple(cuts[:tried]) if matter else ())


def try_orders(
    dataset: Dataset,
    orders: Orders,
    given: Answered,
    entries: Sequence[Entry],
    manifest: Manifest,
    folder: Path,
    stages: Path,
    progress: Progress,
) -> Ties | None:
    """What other orders change against `given`, the answers in the data's order.

    None where ties do not matter.

    Third parties keep their answers out of it: they would have to be trained again.
    """
    if orders.targets < LEAST_TARGETS and not orders.cuts:
        return None
    able = [entry for entry in entries if entry.kind != "third-party"]
    runs = []
    for at, cut in enumerate(orders.cuts):
        share = part(progress, at / len(orders.cuts), (at + 1) / len(orders.cuts))

        def told(done: float, message: str, to: Progress = share, number: int = at + 1) -> None:
            to(done, f"other order of ties, {number}: {message}")

        here = folder / FOLDER / str(at + 1)
        order = f"order of ties: {at + 1}"
        runs.append(lists_run(dataset, cut, able, manifest, here, stages, told, order=order))
    shutil.rmtree(folder / FOLDER, ignore_errors=True)
    outcomes = _outcomes([given, *runs], manifest) if runs else []
    titles = titles_of([*given.results.values()])
    return Ties(
        events=orders.events,
        targets=orders.targets,
        orders=len(runs),
        outcomes=outcomes,
        sentence=_sentence(orders, outcomes, len(runs), titles),
    )


def _outcomes(runs: Sequence[Answered], manifest: Manifest) -> list[OrderOutcome]:
    """The contenders that are scored in every order, compared on the declared metric."""
    metric, baseline = manifest.metric, manifest.baseline
    there = [
        name
        for name, result in runs[0].results.items()
        if all(name in one.scored and metric in one.scored[name].per_user for one in runs)
        and (result.kind != "baseline" or name == baseline)
    ]
    if baseline not in there:
        return []
    by_order = [
        declared(contrasts, manifest.useful_share)
        for one in runs
        if (contrasts := _contrasts(one, there, manifest))
    ]
    if len(by_order) < len(runs):
        return []
    found = []
    for name in there:
        rows = [next((c for c in order if c.contender == name), None) for order in by_order]
        same = [row for row in rows if row is not None]
        if len(same) == len(runs):
            found.append(
                OrderOutcome(
                    contender=name,
                    baseline=baseline,
                    metric=metric,
                    differences=[row.difference for row in same],
                    outcomes=[row.outcome for row in same],
                )
            )
    return found


def _contrasts(one: Answered, names: Sequence[str], manifest: Manifest) -> list[Contrast]:
    metric, baseline = manifest.metric, manifest.baseline
    base = one.scored[baseline].per_user[metric].of((0,))
    made = [
        Contrast(name, baseline, metric, one.scored[name].per_user[metric].of((0,)), base)
        for name in names
        if name != baseline
    ]
    return [contrast for contrast in made if testable(contrast)]


def _sentence(
    orders: Orders, outcomes: Sequence[OrderOutcome], tried: int, titles: dict[str, str]
) -> str:
    text = (
        f"{_percent(orders.events)} of the events share their time with another event of the same "
        "user, so that their order is unknown. "
    )
    if orders.targets > 0.0:
        text += f"Another order changes up to {_percent(orders.targets)} of the held-out items. "
    else:
        text += "The split holds out the same items in any order. "
    if not tried:
        return text.rstrip()
    flips = [
        f"{titles[one.contender]} is {one.outcomes[0]} in the order of the data and "
        f"{' or '.join(dict.fromkeys(o for o in one.outcomes[1:] if o != one.outcomes[0]))} in "
        "another"
        for one in outcomes
        if one.flips
    ]
    text += f"With {tried} other order{'s' if tried > 1 else ''} (first fits alone), "
    return text + (f"{'; '.join(flips)}." if flips else "no outcome changes.")


def _percent(share: float) -> str:
    return f"{100 * share:.2g}%" if share < 0.995 else "100%"
