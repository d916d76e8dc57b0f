"""The formulas of docs/metrics.md, word for word, in plain Python; one user at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from pipelines.reading.lists import Lists

NAN = math.nan


@dataclass
class Told:
    """All that is known of one user, and what is known of items."""

    list: list[int]
    truth: list[int]
    history: list[int]
    known: set[int]
    share: list[float]
    categories: list[set[int]]
    gains: dict[int, float]
    values: dict[int, float]
    margins: dict[int, float]
    chances: dict[int, float]

    @property
    def filled(self) -> list[int]:
        return [item for item in self.list if item >= 0]

    @property
    def hits(self) -> list[tuple[int, int]]:
        """(rank, item) of the first copies of truths."""
        at: dict[int, int] = {}
        for rank, item in enumerate(self.list, start=1):
            if item >= 0 and item in self.truth:
                at.setdefault(item, rank)
        return [(rank, item) for item, rank in at.items()]


def told(lists: Lists, k: int) -> list[Told]:
    key = lists.ground_truth
    starts, columns = key.categories.indptr, key.categories.indices
    categories = [set(columns[a:b].tolist()) for a, b in pairwise(starts)]
    known = {i for i, there in enumerate(key.catalogue.tolist()) if there}
    out = []
    for r in range(len(lists)):
        truth = key.truth.row(r).tolist()
        at = slice(key.truth.indptr[r], key.truth.indptr[r + 1])

        def beside(values, truth=truth, at=at):
            return dict(zip(truth, values[at].tolist(), strict=True))

        parts = (key.gains, key.values, key.margins, key.propensity)
        history = key.history.row(r).tolist()
        shown = lists.items[r, :k].tolist()
        share = key.popularity.tolist()
        out.append(Told(shown, truth, history, known, share, categories, *map(beside, parts)))
    return out


def dcg(hits: Iterable[tuple[int, float]]) -> float:
    return sum(gain / math.log2(1 + rank) for rank, gain in hits)


def graded(user: Told, k: int, gains: dict[int, float]) -> float:
    best = dcg(enumerate(sorted(gains.values(), reverse=True)[:k], start=1))
    return dcg((rank, gains[item]) for rank, item in user.hits) / best if best else NAN


def graded_ndcg(user: Told, k: int) -> float:
    return graded(user, k, user.gains)


def auc(user: Told, k: int) -> float:
    """Pair by pair."""
    rank = {}
    for place, item in enumerate(user.list):
        if item >= 0:
            rank.setdefault(item, place)
    others = user.known - set(user.truth)
    wins = 0.0
    for item in user.truth:
        for other in others:
            mine, its = rank.get(item, k), rank.get(other, k)
            wins += 1.0 if mine < its else 0.5 if mine == its else 0.0
    pairs = len(user.truth) * len(others)
    return wins / pairs if pairs else NAN


def user_coverage(user: Told, k: int) -> float:
    return 1.0 if user.filled else 0.0


def jaccard(a: set[int], b: set[int]) -> float:
    return len(a & b) / len(a | b)


def diversity(user: Told, k: int) -> float:
    sets = [user.categories[item] for item in user.filled if user.categories[item]]
    pairs = [1 - jaccard(a, b) for i, a in enumerate(sets) for b in sets[:i]]
    return sum(pairs) / len(pairs) if pairs else NAN


def serendipity(user: Told, k: int) -> float:
    values = sorted({s for s in user.share if s > 0}, reverse=True)
    n = len(user.known)

    def popularity_rank(item: int) -> int:
        return values.index(user.share[item]) + 1 if user.share[item] > 0 else n + 1

    total = sum(max(0, (popularity_rank(item) - rank) / max(1, n)) for rank, item in user.hits)
    return total / len(user.filled) if user.filled else NAN


def mix(items: list[int], categories: list[set[int]]) -> dict[int, float]:
    """Each category's share."""
    with_some = [item for item in items if categories[item]]
    out: dict[int, float] = {}
    for item in with_some:
        for c in categories[item]:
            out[c] = out.get(c, 0.0) + 1 / len(categories[item]) / len(with_some)
    return out


def calibration(user: Told, k: int) -> float:
    had, shown = mix(user.history, user.categories), mix(user.filled, user.categories)
    if not had or not shown:
        return NAN
    return sum(p * math.log(p / (0.99 * shown.get(c, 0.0) + 0.01 * p)) for c, p in had.items())


def repeats(user: Told, k: int) -> float:
    again = [item for item in user.filled if item in user.history]
    return len(again) / len(user.filled) if user.filled else NAN


def money(user: Told, of: dict[int, float]) -> float:
    if all(math.isnan(value) for value in of.values()):
        return NAN
    return sum(of[item] for _, item in user.hits if not math.isnan(of[item]))


def revenue(user: Told, k: int) -> float:
    return money(user, user.values)


def margin(user: Told, k: int) -> float:
    return money(user, user.margins)


def weights(user: Told) -> dict[int, float]:
    return {item: 1 / p if 0 < p <= 1 else 0.0 for item, p in user.chances.items()}


def debiased_ndcg(user: Told, k: int) -> float:
    return graded(user, k, weights(user))


def debiased_recall(user: Told, k: int) -> float:
    total = sum(weights(user).values())
    return sum(weights(user)[item] for _, item in user.hits) / total if total else NAN


OF_ONE_USER: dict[str, Callable[[Told, int], float]] = {
    f.__name__: f
    for f in (
        graded_ndcg, auc, user_coverage, diversity, serendipity, calibration, repeats, revenue,
        margin, debiased_ndcg, debiased_recall,
    )
}  # fmt: skip


def coverage(users: list[Told]) -> float:
    known = users[0].known
    return len(known & {item for u in users for item in u.filled}) / max(1, len(known))


def gini(users: list[Told]) -> float:
    """From its definition: the mean difference of two items, over twice the mean."""
    places = [sum(u.filled.count(item) for u in users) for item in sorted(users[0].known)]
    n = len(places)
    if not sum(places):
        return NAN
    return sum(abs(a - b) for a in places for b in places) / (2 * n * sum(places))


def popularity_lift(users: list[Told]) -> float:
    there = [u for u in users if u.filled and u.history]
    shown = sum(sum(u.share[i] for i in u.filled) / len(u.filled) for u in there)
    had = sum(sum(u.share[i] for i in u.history) / len(u.history) for u in there)
    return (shown - had) / had if had else NAN


OF_ALL: dict[str, Callable[[list[Told]], float]] = {
    f.__name__: f for f in (coverage, gini, popularity_lift)
}
