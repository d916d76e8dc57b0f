"""Too good to be true: better than models that were given half of the answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.data.split import Split
from pipelines.evaluation.bakeoff.checks.contract import CannotRun, ContenderCheck, Material
from pipelines.evaluation.bakeoff.checks.peeking import Halves, peeking_lists
from pipelines.evaluation.metrics.accuracy import per_user
from pipelines.evaluation.results.document import ContenderResult
from pipelines.reading.lists import GroundTruth
from pipelines.schema import NO_ITEM, Doubles, Ints, Ragged
from pipelines.statistics.intervals import differences, t_interval

FEWEST = 20
"""Users whose answers can be halved."""


@dataclass(frozen=True)
class _Ceiling:
    """The best peeking model's NDCG on the half that it was not given, (n,)."""

    name: str
    values: Doubles
    halves: Halves
    cut: Split
    key: GroundTruth

    @staticmethod
    def of(material: Material, k: int) -> _Ceiling:
        halves = Halves.of(material.key, material.cut.known, material.manifest.seed)
        if len(halves.rows) < FEWEST:
            raise CannotRun(
                f"Fewer than {FEWEST} users have two held-out items that may be recommended."
            )
        lists = peeking_lists(material, halves, k)
        values = {name: _ndcg(found, halves, k) for name, found in lists.items()}
        best = max(values, key=lambda name: float(values[name].mean()))
        return _Ceiling(best, values[best], halves, material.cut, material.key)

    def is_of(self, material: Material) -> bool:
        return self.cut is material.cut and self.key is material.key


class TooGood(ContenderCheck):
    """Half of each user's held-out items is drawn; models of items learn from the training data
    and from all these halves, and name the other half. They are the ceiling: a contender that
    knows nothing of the test period must not be better than models that know half of it. What
    it put in the drawn half is taken out of its lists first."""

    name = "too-good"
    title = "No list is better than models that were given half of the answers"
    catches = (
        "lists made from the answers, a reader of the truth, training on the test period: a lift "
        "beyond what honest models and the spread of their fits explain"
    )
    needs = f"a split in time, and {FEWEST} users with two held-out items or more"
    false_alarms = (
        "1 in 10,000 (all contenders together), unless an honest model really is better than the "
        "best of five simple ones that were given half of the answers. Users and fits both vary. "
        "A reader of few answers stays below the ceiling and is not named."
    )
    ceiling_: _Ceiling
    k_: int

    def prepare(self, material: Material) -> None:
        if not material.in_time():
            # Contenders then train on other users' future too: half of the answers adds too
            # little to it for models as simple as these to be above every honest one.
            raise CannotRun(
                "Under this split contenders train on other users' future, so that half of the "
                "answers is no ceiling; use a split in time."
            )
        self.k_ = material.manifest.k
        made = material.memo.get(self.name)
        if made is None or not made.is_of(material):
            made = material.memo[self.name] = _Ceiling.of(material, self.k_)
        self.ceiling_ = made

    def of(self, material: Material, result: ContenderResult) -> str:
        halves, ceiling = self.ceiling_.halves, self.ceiling_.values
        rows, given = halves.rows, halves.given
        fits = [
            _without(material.stored.lists(result.name, fit)[rows], given)
            for fit in material.stored.fits(result.name)
        ]
        values = np.column_stack([_ndcg(lists, halves, self.k_) for lists in fits])
        above = differences(values, np.broadcast_to(ceiling[:, None], values.shape))
        found = t_interval(above, (-1.0, 1.0), 1 - 2 * material.level)
        if found.low <= 0:
            return ""
        return (
            f"too good to be true: NDCG@{self.k_} {values.mean():.3g} on half of the held-out "
            f"items, while {self.ceiling_.name} that were given the other half reach "
            f"{ceiling.mean():.3g}. Does it know the test period?"
        )


def _ndcg(lists: Ints, halves: Halves, k: int) -> Doubles:
    return per_user(lists, halves.asked, (k,))[f"ndcg@{k}"]


def _without(items: Ints, given: Ragged) -> Ints:
    """The lists (n, width) without the items given (n rows); later items move up."""
    out = np.full_like(items, NO_ITEM)
    for row in range(len(items)):
        kept = items[row][(items[row] != NO_ITEM) & ~np.isin(items[row], given.row(row))]
        out[row, : len(kept)] = kept
    return out
