"""What nobody can know before the cut-off: permutation and resampling tests."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipelines.evaluation.bakeoff.checks.contract import (
    FALSE_ALARM,
    SAMPLE,
    CannotRun,
    Check,
    ContenderCheck,
    Finding,
    Material,
)
from pipelines.evaluation.results.document import ContenderResult
from pipelines.schema import Doubles, Ints, Longs, Ragged
from pipelines.statistics.permutation import rarity

FEWEST = 10
"""Users, or blocks of users, that a permutation test needs: 10! orders."""
BLOCK = 4
"""Users next to each other in the file that are exchanged for each other."""
MOST_BLOCKS = 500
TOP = 20


class FileOrder(Check):
    """Ids may be in order of sign-up, so that neighbors are of one time. Within four users in a
    row that hardly matters: those next to each other share no more than those two apart."""

    name = "file-order"
    title = "Users next to each other in the file do not share answers"
    catches = "a person under two ids in a row, households, rows that were written twice"
    needs = f"{FEWEST} blocks of {BLOCK} evaluated users with shared answers or without"
    false_alarms = (
        "1 in 10,000, if within four evaluated users in the order of the data anyone may be next "
        "to anyone."
    )

    def run(self, material: Material) -> Iterator[Finding]:
        truth = material.key.truth
        blocks = material.drawn(np.arange(len(truth) // BLOCK), MOST_BLOCKS)
        if len(blocks) < FEWEST:
            raise CannotRun(f"There are fewer than {BLOCK * FEWEST} evaluated users.")
        shared = np.array([_shared(truth, BLOCK * int(at)) for at in blocks])
        in_file = np.tile(np.arange(BLOCK), (len(shared), 1))

        def draw(rng: np.random.Generator, n: int) -> Doubles:
            orders = (rng.random(in_file.shape).argsort(axis=1) for _ in range(n))
            return np.array([_adjacent(shared, order) for order in orders])

        p = rarity(draw, _adjacent(shared, in_file), FALSE_ALARM)
        if p < FALSE_ALARM:
            yield Finding(
                "flagged",
                "Users next to each other in the file share more held-out items than users two or "
                f"three apart (p = {p:.1g}): are people in the data twice, under two ids?",
            )
        yield Finding("passed", "")


def _shared(truth: Ragged, first: int) -> list[list[float]]:
    """The number of items that each two of a block's users share, as a share of the smaller."""
    rows = [set(truth.row(first + at).tolist()) for at in range(BLOCK)]
    return [[len(a & b) / min(len(a), len(b)) for b in rows] for a in rows]


def _adjacent(shared: Doubles, order: Longs) -> float:
    """The total that users next to each other share, in an order (blocks, BLOCK)."""
    at = np.arange(len(shared))
    return float(sum(shared[at, order[:, j], order[:, j + 1]].sum() for j in range(BLOCK - 1)))


class Strangers(ContenderCheck):
    """Of a user without any event, nothing is known: whoever gives strangers different lists
    may as well exchange them. If the lists fit their own users better, something else is known."""

    name = "strangers"
    title = "Lists for users without history could be exchanged"
    catches = "lists made from the answers, also in part; a vendor who knows the test period"
    needs = f"{FEWEST} users without history, asked at the same moment"
    false_alarms = (
        "1 in 10,000 (all contenders together), exactly. A vendor that knows users by their "
        "attributes is flagged too: say where its knowledge comes from."
    )

    def prepare(self, material: Material) -> None:
        if len(self._rows(material)) < FEWEST:
            raise CannotRun(
                f"Fewer than {FEWEST} users without history are evaluated at the same moment."
            )

    def of(self, material: Material, result: ContenderResult) -> str:
        rows = material.drawn(self._rows(material), SAMPLE)
        items, truth = material.lists(result.name)[rows], material.key.truth.take(rows)
        if (items == items[0]).all():
            return ""
        fits = np.array([_hits_of_all(row, truth) for row in items], np.float64)
        everyone = np.arange(len(fits))

        def draw(rng: np.random.Generator, n: int) -> Doubles:
            return np.array([fits[everyone, rng.permutation(everyone)].sum() for _ in range(n)])

        own = float(np.trace(fits))
        p = rarity(draw, own, material.level)
        if p >= material.level:
            return ""
        return (
            f"its lists for {len(rows):,} users without any history hit {own:,.0f} of their own "
            f"held-out items, and {fits.mean() * len(fits):,.0f} if they are exchanged (p = "
            f"{p:.1g}): it knows more of these users than the training data tell."
        )

    def _rows(self, material: Material) -> Longs:
        asked = material.cut.queries
        blank = np.flatnonzero(asked.lengths == 0)
        if not len(blank):
            return blank
        moments, count = np.unique(asked.now[blank], return_counts=True)
        return blank[asked.now[blank] == moments[count.argmax()]]


def _hits_of_all(items: Ints, truth: Ragged) -> Doubles:
    """How many held-out items of each user (n,) are on one list."""
    return truth.sums(np.isin(truth.values, items))


class TestPeriod(ContenderCheck):
    """A forecast can know how often each item is expected, and not by how much chance makes it
    more or less. A list in the order of the counts in the test period follows that chance too."""

    name = "test-period"
    title = "A list for everybody does not follow the chance of the test period"
    catches = "popularity of the test window"
    needs = "a contender that gives everybody the same list, and counts that chance could reorder"
    false_alarms = (
        "1 in 10,000 (all contenders together), even for a contender that knew how often each item "
        "is expected to be chosen."
    )

    def of(self, material: Material, result: ContenderResult) -> str:
        order = common_order(material, material.lists(result.name))
        counts = np.bincount(material.key.truth.values, minlength=len(material.cut.known))[order]
        told, best = _agreement(counts[None])[0], _agreement(-np.sort(-counts)[None])[0]

        def draw(rng: np.random.Generator, n: int) -> Doubles:
            return _agreement(rng.poisson(counts, (n, len(counts))))

        p = rarity(draw, told, material.level)
        if p < material.level:
            return (
                f"its list follows the counts of the test period in order more closely than "
                f"someone could who knew what to expect (p = {p:.1g}): is it the popularity of "
                "the test window?"
            )
        if rarity(draw, best, material.level) >= material.level:
            raise CannotRun("So many items were chosen that chance hardly reorders them.")
        return ""


def _agreement(counts: Longs) -> Doubles:
    """Pairs of items (n, items) in the order of their counts less pairs against it, (n,)."""
    total = np.zeros(len(counts))
    for apart in range(1, counts.shape[1]):
        total += np.sign(counts[:, :-apart] - counts[:, apart:]).sum(axis=1)
    return total


def common_order(material: Material, items: Ints) -> Ints:
    """The first items of the one order that all lists follow but for what users already had.

    Raises `CannotRun` where there is none: the lists are personal.
    """
    exclude = material.cut.queries.exclude
    least = int(exclude.lengths().argmin())
    order = items[least][items[least] >= 0]
    for row in material.sample.tolist():
        here = items[row][items[row] >= 0]
        here = here[~np.isin(here, exclude.row(least))]
        expected = order[~np.isin(order, exclude.row(row))]
        both = min(len(here), len(expected))
        if (here[:both] != expected[:both]).any():
            raise CannotRun("Its lists are personal.")
    if len(order) < 2:
        raise CannotRun("Its lists have fewer than two items.")
    return order[:TOP]
