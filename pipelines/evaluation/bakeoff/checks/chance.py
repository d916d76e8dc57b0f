"""Lists against chance: random items, random order, the answers of the next user."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipelines.evaluation.bakeoff.checks.contract import (
    FALSE_ALARM,
    CannotRun,
    Check,
    ContenderCheck,
    Finding,
    Material,
)
from pipelines.evaluation.results.answer_file import AnswerFile
from pipelines.evaluation.results.document import ContenderResult
from pipelines.schema import NO_ITEM, Doubles, Ints, Longs, Mask, Ragged
from pipelines.statistics.clusters import Clustered, two_way

MOST = 20_000
"""Requests that are looked at, at most."""
BEATEN, TIMES, SEES = 0.01, 3, 0.99
""""Nothing beats random" is said where no contender does at the level `BEATEN` (of all together),
and `TIMES` the hits of chance would with probability `SEES`."""
FEWEST_HITS = 20


def hits_of(items: Ints, truth: Ragged, n_items: int) -> Mask:
    """Marks the places (n, width) that hold one of the row's truths."""
    from pipelines.keys import among

    n = np.int64(n_items)
    rows = np.arange(len(items), dtype=np.int64)[:, None] * n
    held = np.repeat(np.arange(len(truth), dtype=np.int64), truth.lengths()) * n + truth.values
    return np.asarray((items != NO_ITEM) & among(rows + items, held))


@dataclass(frozen=True)
class _Looked:
    """Some lists (n, width) of a contender, their requests' rows and hits."""

    items: Ints
    rows: Longs
    hits: Mask

    @staticmethod
    def at(material: Material, items: Ints, rows: Longs) -> _Looked:
        truth = material.key.truth.take(rows)
        found = hits_of(items[rows], truth, material.dataset.interactions.n_items)
        return _Looked(items[rows], rows, found)

    def tested(self, of_places: Doubles) -> Clustered:
        """The sum of `of_places` (n, width) over filled places, clustered by user and item."""
        filled = self.items != NO_ITEM
        users = np.broadcast_to(np.arange(len(self.items))[:, None], self.items.shape)
        return two_way(of_places[filled], users[filled], self.items[filled])


class BeatsChance(Check):
    name = "beats-chance"
    title = "Lists hit more than random items would"
    catches = (
        "scores reversed over the whole catalogue, a truth that is shuffled, ids that do not "
        "match: a contender below chance, or nothing that beats random"
    )
    needs = (
        "a contender above chance, or so many hits by chance that three times as many would be "
        "seen with 99% probability"
    )
    false_alarms = (
        "Below chance: 1 in 10,000 (all contenders together), for lists that know nothing. Hits "
        "vary by user and by item (two-way clusters), so that one list for everybody counts as one "
        "draw of items. Nothing above chance: 1 in 100, where the best contender really has three "
        "times the hits of chance."
    )

    def run(self, material: Material) -> Iterator[Finding]:
        rows = material.drawn(np.arange(len(material.key)), MOST)
        others = [one for one in material.scored if one.name != "random"]
        if not others:
            raise CannotRun("Only random items were scored.")
        known = material.cut.known
        chance = _chance(material, rows)
        seen, beaten = False, False
        for result in others:
            looked = _Looked.at(material, material.lists(result.name), rows)
            test = looked.tested(looked.hits - chance[:, None])
            expected = float((chance[:, None] * (looked.items != NO_ITEM)).sum())
            if test.p_below < FALSE_ALARM / len(others):
                yield Finding(
                    "flagged",
                    f"it has {int(looked.hits.sum()):,} hits, and random items would have "
                    f"{expected:,.0f}: are its scores reversed?",
                    result.name,
                )
            else:
                yield Finding("passed", "", result.name)
            beaten |= test.p_above < BEATEN / len(others)
            seen |= test.sees(expected, TIMES, BEATEN / len(others), SEES)
        if not beaten and known.any():
            if not seen:
                raise CannotRun(
                    "There are too few hits to tell: nothing beats random, and a contender with "
                    f"{TIMES} times the hits of chance might not be seen to do so."
                )
            yield Finding(
                "flagged",
                "Nothing beats random: no contender has more hits than random items would. The "
                "held-out items may not be those of these users, or ids may not match.",
            )


def _chance(material: Material, rows: Longs) -> Doubles:
    """The probability that a random item that may be recommended is a hit, (n,)."""
    known, queries = material.cut.known, material.cut.queries
    truth = material.key.truth.take(rows)
    barred = queries.exclude.take(rows)
    hittable = truth.sums(known[truth.values])
    return hittable / np.maximum(1.0, known.sum() - barred.sums(known[barred.values]))


class Order(ContenderCheck):
    name = "order"
    title = "Hits come early in the lists"
    catches = "scores reversed within the lists, a file of lists worst first"
    needs = f"{FEWEST_HITS} hits, and lists before rules that move items"
    false_alarms = (
        "1 in 10,000 (all contenders together), for lists in random order. Hits vary by user and "
        "by item (two-way clusters)."
    )

    def of(self, material: Material, result: ContenderResult) -> str:
        items, rows = _before_rules(material, result)
        looked = _Looked.at(material, items, rows)
        if looked.hits.sum() < FEWEST_HITS:
            raise CannotRun(f"It has fewer than {FEWEST_HITS} hits.")
        filled = (looked.items != NO_ITEM).sum(axis=1)[:, None]
        place = np.arange(1, looked.items.shape[1] + 1)[None]
        test = looked.tested(looked.hits * ((filled + 1) / 2 - place))
        if test.p_below >= material.level:
            return ""
        mean = float(np.broadcast_to(place, looked.hits.shape)[looked.hits].mean())
        return (
            f"its hits are at place {mean:.1f} on average, later than in random order: are its "
            "lists worst first?"
        )


def _before_rules(material: Material, result: ContenderResult) -> tuple[Ints, Longs]:
    """Lists by score (all rows), and the rows that are looked at."""
    n = len(material.key)
    items = material.lists(result.name)
    rules = len((result.spec or {}).get("rules", ()))
    if not rules and not material.manifest.rules:
        return items, material.drawn(np.arange(n), MOST)
    here = material.folder / "contenders" / result.name
    answer = AnswerFile.read(here, n, material.key.n_items)
    place = len(answer.steps) - 1 - rules - len(material.manifest.rules)
    if place < 0:
        raise CannotRun("Rules move items in its lists, and the lists before them are unknown.")
    step = answer.steps[place][:, : items.shape[1]]
    whole = np.full((n, step.shape[1]), NO_ITEM, np.int32)
    whole[answer.rows] = step
    return whole, answer.rows


class OwnAnswers(ContenderCheck):
    name = "own-answers"
    title = "Lists fit their own user better than the next one"
    catches = "lists shifted by a row, users exchanged"
    needs = f"{FEWEST_HITS} hits"
    false_alarms = (
        "1 in 10,000 (all contenders together), for lists that know nothing of their user."
    )

    def of(self, material: Material, result: ContenderResult) -> str:
        items, truth = material.lists(result.name), material.key.truth
        n, n_items = len(items), material.dataset.interactions.n_items
        own = hits_of(items, truth, n_items)
        for by, which in ((1, "next"), (-1, "previous")):
            order = np.roll(np.arange(n), -by)
            other = hits_of(items, truth.take(order), n_items)
            if own.sum() + other.sum() < FEWEST_HITS:
                raise CannotRun(f"It has fewer than {FEWEST_HITS} hits.")
            looked = _Looked(items, np.arange(n), own)
            test = looked.tested(own.astype(np.float64) - other)
            if test.p_below < material.level / 2:
                return (
                    f"its lists hit {int(other.sum()):,} held-out items of the {which} user in the "
                    f"file, and {int(own.sum()):,} of their own: were rows shifted?"
                )
        return ""
