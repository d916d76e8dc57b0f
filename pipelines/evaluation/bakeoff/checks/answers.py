"""Whether contenders answered everybody, with lists that may be given, and would again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipelines.evaluation.bakeoff.answers import REPEATED, SECOND
from pipelines.evaluation.bakeoff.checks.contract import (
    CannotRun,
    Check,
    ContenderCheck,
    Finding,
    Material,
)
from pipelines.evaluation.bakeoff.checks.given import NO_FALSE_ALARM
from pipelines.evaluation.bakeoff.stage_checks import BREAKS
from pipelines.evaluation.behavior.probes import PROBES, Probes
from pipelines.evaluation.results.damage import reading
from pipelines.evaluation.results.document import ContenderResult
from pipelines.evaluation.results.folder import LISTS
from pipelines.keys import among
from pipelines.runtime.phrases import number_of
from pipelines.schema import NO_ITEM, Longs

COPIES = (REPEATED, SECOND, "repeated items", "users listed twice")
"""Problems of a third party's lists, as its adapter and the bake-off count them, that no honest
list has. They are mended before scoring."""


class Answered(Check):
    name = "answered"
    title = "Every contender answered for every user"
    catches = "missing users, which would otherwise be left out of a mean"
    needs = "a contender that did not fail"
    false_alarms = NO_FALSE_ALARM

    def run(self, material: Material) -> Iterator[Finding]:
        for result in material.results:
            match result.status:
                case "scored":
                    yield Finding("passed", "", result.name)
                case "not scored":
                    yield Finding("flagged", result.reason, result.name)
                case _:
                    why = f"It is {result.status}: {result.reason}"
                    yield Finding("could not run", why, result.name)


class WellFormed(ContenderCheck):
    name = "well-formed"
    title = "Lists hold only items that may be recommended, each once"
    catches = (
        "seen items recommended, duplicates, unknown items, lists cut short for most users, stored "
        "lists other than the scored ones"
    )
    needs = "the contender's lists"
    false_alarms = (
        "None for seen, unknown and repeated items. A contender that can fill fewer than k places "
        "for most of its users is flagged, with or without a fault."
    )

    def of(self, material: Material, result: ContenderResult) -> str:
        items, cut = material.lists(result.name), material.cut
        there, n = items != NO_ITEM, np.int64(material.dataset.interactions.n_items)
        if ((items < NO_ITEM) | (items >= n)).any():
            return "its lists hold items that do not exist."
        found = []
        unknown = there & ~cut.known[np.maximum(items, 0)]
        if unknown.any():
            found.append(f"{_lists(unknown)} an item without a training event")
        rows = np.arange(len(items), dtype=np.int64)[:, None]
        if material.manifest.seen == "exclude":
            history = cut.queries.history
            of = np.repeat(rows[:, 0], history.lengths())
            seen = there & among(rows * n + items, of * n + history.values)
            if seen.any():
                found.append(f"{_lists(seen)} an item that the user already had")
        ordered = np.sort(items, axis=1)
        twice = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] != NO_ITEM)
        if twice.any():
            found.append(f"{_lists(twice)} an item twice")
        k = min(material.manifest.k, items.shape[1])
        short = there[:, :k].sum(axis=1) < np.minimum(k, _left(material))
        if 2 * short.sum() > len(items):
            found.append(
                f"{int(short.sum()):,} lists are shorter than {k}, although more items may be "
                "recommended"
            )
        problems = material.outcome(result.name).problems
        found += [f"{problems[what]:,} {what}" for what in COPIES if problems.get(what)]
        found += _other_stored(material, result.name)
        return f"{'; '.join(found)}." if found else ""


def _lists(wrong: np.ndarray) -> str:
    count = int(wrong.any(axis=1).sum())
    return f"{count:,} lists hold" if count > 1 else "1 list holds"


def _left(material: Material) -> Longs:
    """How many items may be recommended to each user, at least, (n,)."""
    barred = material.cut.queries.exclude.lengths()
    return np.maximum(0, int(material.cut.known.sum()) - barred)


def _other_stored(material: Material, name: str) -> list[str]:
    """Whether the lists that people see are those that were scored, for some users."""
    import pyarrow.parquet as pq

    path = material.folder / "contenders" / name / LISTS
    rows = material.sample
    ids = material.dataset.users.decode(material.cut.queries.user[rows]).tolist()
    shown: dict[str, list[tuple[int, str]]] = {user: [] for user in ids}
    filters = [("user_id", "in", ids)]
    with reading(path):
        table = pq.read_table(path, columns=["user_id", "item_id", "rank"], filters=filters)
    for user, item, rank in zip(*(column.to_pylist() for column in table.columns), strict=True):
        shown[user].append((rank, item))
    lists, names = material.lists(name), material.dataset.catalogue.items
    wrong = 0
    for row, user in zip(rows.tolist(), ids, strict=True):
        scored = lists[row][lists[row] != NO_ITEM]
        told = [item for _, item in sorted(shown[user])]
        wrong += told != names.decode(scored).tolist()
    return [f"{number_of(wrong, 'stored list')} differ from the scored ones"] if wrong else []


class Contract(ContenderCheck):
    name = "contract"
    title = "Stages keep their contract"
    catches = "stages of your own that propose what they may not, or answer twice differently"
    needs = "a built contender"
    false_alarms = NO_FALSE_ALARM

    def of(self, material: Material, result: ContenderResult) -> str:
        if result.kind in ("third-party", "stand-in"):
            raise CannotRun("A third party has no stages that can be looked at.")
        return " ".join(note for note in result.notes if f" {BREAKS}:" in note)


class Repeatable(ContenderCheck):
    name = "repeatable"
    title = "A request gets the same list alone and among others"
    catches = (
        "lists that depend on the neighboring requests, their order or an earlier answer "
        "(neighbors in file order, a cache, lists of another model)"
    )
    needs = "a contender that can be asked again"
    false_alarms = "A contender that draws anew for each request is flagged: it cannot be measured."

    def of(self, material: Material, result: ContenderResult) -> str:
        here = material.folder / "contenders" / result.name
        if not (here / PROBES).exists():
            raise CannotRun("It was not asked again.")
        probes = Probes.load(here)
        if probes.why_not:
            raise CannotRun(probes.why_not)
        if not len(probes.again_rows):
            raise CannotRun("No request was repeated.")
        scored = material.lists(result.name)[probes.again_rows]
        for how, again in (("alone", probes.alone), ("in another order", probes.shuffled)):
            differ = int((again != scored).any(axis=1).sum())
            if differ:
                return (
                    f"{differ:,} of {len(scored):,} requests get another list when they are asked "
                    f"{how}."
                )
        return ""
