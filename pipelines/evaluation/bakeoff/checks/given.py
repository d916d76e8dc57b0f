"""What the contenders were given, and what their lists were scored against: exact checks.

Each compares with the log of events by a rule of its own, not with the code of the split.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np

from pipelines.data.assembly import fingerprint
from pipelines.evaluation.bakeoff.checks.contract import Check, Finding, Material
from pipelines.keys import among
from pipelines.runtime.phrases import number_of
from pipelines.schema import Longs, hash_of_ids

DAY = 86_400
NO_FALSE_ALARM = "None: the comparison is exact."


class Clock(Check):
    name = "clock"
    title = "Times are in seconds and not in the future"
    catches = "a clock in milliseconds, a wrong year, requests at another moment than the split's"
    needs = "nothing"
    false_alarms = "Events dated ahead on purpose, such as bookings, are flagged."

    def run(self, material: Material) -> Iterator[Finding]:
        latest = material.now + DAY  # a day, for zones
        events, asked = material.dataset.interactions.time, material.task.queries.now
        for what, times in (("events", events), ("requests", asked)):
            late = times > latest
            if late.any():
                yield Finding(
                    "flagged",
                    f"{int(late.sum()):,} of {len(times):,} {what} are later than this bake-off "
                    f"itself, the latest in {_year(int(times.max()))}: is the clock in "
                    "milliseconds?",
                )
        cutoff = material.cut.cutoff
        if cutoff is not None and (asked != cutoff).any():
            yield Finding(
                "flagged",
                f"{int((asked != cutoff).sum()):,} of {len(asked):,} requests are not made at the "
                "cut-off.",
            )
        yield Finding("passed", "")


def _year(seconds: int) -> str:
    try:
        return f"the year {datetime.fromtimestamp(seconds, UTC).year:,}"
    except (ValueError, OverflowError, OSError):  # beyond what a calendar has
        return f"the year {1970 + seconds // 31_556_952:,}"


class OneVersion(Check):
    name = "one-version"
    title = "All contenders were given the same version of the data"
    catches = (
        "two versions of the data, lists left over from another bake-off, data that changed after "
        "its import"
    )
    needs = "a contender whose process ended; an import's fingerprint for the last of these"
    false_alarms = NO_FALSE_ALARM

    def run(self, material: Material) -> Iterator[Finding]:
        data, cut, manifest = material.dataset, material.cut, material.manifest
        users, items = data.users.decode(cut.queries.user), data.catalogue.items.ids[cut.known]
        if (manifest.users_hash, manifest.catalogue_hash) != (
            hash_of_ids(users),
            hash_of_ids(items),
        ):
            yield Finding("flagged", "The manifest names other users or items than this data has.")
        if _imported(manifest.fingerprint) and fingerprint_of(material) != manifest.fingerprint:
            yield Finding("flagged", "The stored data are not those that were imported.")
        expected = material.task.digest
        for result in material.results:
            if result.status not in ("scored", "not scored"):
                continue
            given = material.outcome(result.name).given
            if given != expected:
                said = "It answered other data or requests than those of this bake-off."
                yield Finding("flagged", said, result.name)
            else:
                yield Finding("passed", "", result.name)


def _imported(text: str) -> bool:
    """Whether that is a hash of rows; made-up datasets have other texts."""
    return len(text) == 64 and all(c in "0123456789abcdef" for c in text)


def fingerprint_of(material: Material) -> str:
    """The fingerprint of the data as they are now."""
    import pyarrow.parquet as pq

    data = material.dataset
    context = None if data.context_file is None else pq.read_table(data.context_file)
    return fingerprint(
        data.interactions, data.catalogue.frame, data.user_frame, context, data.catalogue.offers
    )


class Split(Check):
    name = "split"
    title = "Training data hold nothing that was held out"
    catches = "training past the cut-off, held-out interactions among the training data"
    needs = "nothing"
    false_alarms = NO_FALSE_ALARM

    def run(self, material: Material) -> Iterator[Finding]:
        train, cut, log = material.task.train, material.cut, material.dataset.interactions
        cutoff = cut.cutoff
        if cutoff is not None:
            late = int((train.time >= cutoff).sum())
            if late:
                said = f"{late:,} of {len(train):,} training events are not before the cut-off."
                yield Finding("flagged", said)
            before = int((log.time < cutoff).sum())
            if len(train) - late != before:
                yield Finding(
                    "flagged",
                    f"There are {len(train) - late:,} training events before the cut-off, and "
                    f"{before:,} in the data.",
                )
        elif cut.protocol.kind == "users":
            asked = int(among(train.user, np.unique(cut.queries.user)).sum())
            if asked:
                said = f"{asked:,} training events are of users who are evaluated."
                yield Finding("flagged", said)
        else:
            newest = _newest(train.user, train.time, train.n_users)
            held = log.user[cut.truth_rows]
            before = int((log.time[cut.truth_rows] < newest[held]).sum())
            if before:
                yield Finding(
                    "flagged",
                    f"{before:,} held-out interactions are older than training events of their "
                    "user.",
                )
        n = np.int64(log.n_items)
        held_pairs = log.user[cut.truth_rows] * n + log.item[cut.truth_rows]
        if material.manifest.seen == "exclude":
            both = int(among(held_pairs, train.user * n + train.item).sum())
            if both:
                yield Finding(
                    "flagged",
                    f"{both:,} of {len(held_pairs):,} held-out interactions are training events.",
                )
        yield Finding("passed", "")


def _newest(user: np.ndarray, time: Longs, n_users: int) -> Longs:
    """The newest time of each user, (n_users,); the earliest there is without events."""
    found = np.full(n_users, np.iinfo(np.int64).min)
    np.maximum.at(found, user, time)
    return found


class Requests(Check):
    name = "requests"
    title = "Requests hold nothing from after their moment"
    catches = "context of the future, a history with held-out interactions or of another user"
    needs = "nothing"
    false_alarms = NO_FALSE_ALARM

    def run(self, material: Material) -> Iterator[Finding]:
        asked, cut, log = material.task.queries, material.cut, material.dataset.interactions
        moment = np.repeat(asked.now, asked.lengths)
        # Under a split in time the moment is the cut-off itself; else that of a held-out event,
        # which events of the history may share.
        late = asked.times >= moment if material.in_time() else asked.times > moment
        if late.any():
            yield Finding(
                "flagged",
                f"{int(late.sum()):,} of {len(late):,} events of the histories are not before "
                "their request.",
            )
        n = np.int64(log.n_items)
        rows = np.repeat(np.arange(len(asked), dtype=np.int64), asked.lengths)
        has = rows * n + asked.history.values
        if material.manifest.seen == "exclude":
            held = np.repeat(np.arange(len(cut.truth), dtype=np.int64), cut.truth.lengths())
            both = int(among(held * n + cut.truth.values, has).sum())
            if both:
                said = f"{both:,} held-out interactions are in the history of their request."
                yield Finding("flagged", said)
            barred = np.repeat(np.arange(len(asked), dtype=np.int64), asked.exclude.lengths())
            if not among(has, barred * n + asked.exclude.values).all():
                said = "Items of the histories may be recommended, against the seen policy."
                yield Finding("flagged", said)
        own = log.user * n + log.item
        users = np.repeat(asked.user.astype(np.int64), asked.lengths)
        strange = int((~among(users * n + asked.history.values, own)).sum())
        if strange:
            yield Finding("flagged", f"{strange:,} events of the histories are not their user's.")
        yield Finding("passed", "")


class Truth(Check):
    name = "truth"
    title = "Lists are scored against what these users did next"
    catches = "a ground truth that is shuffled, of another period or incomplete"
    needs = "nothing"
    false_alarms = NO_FALSE_ALARM

    def run(self, material: Material) -> Iterator[Finding]:
        cut, key = material.cut, material.key
        if len(key) != len(cut.queries):
            said = f"There are {len(key):,} answers for {len(cut.queries):,} requests."
            yield Finding("flagged", said)
            return
        rows = material.sample.tolist()
        wrong = sum(set(key.truth.row(r).tolist()) != plain_truth(material, r) for r in rows)
        if wrong:
            yield Finding(
                "flagged",
                f"For {wrong:,} of {number_of(len(rows), 'user')} looked at, the held-out items "
                "are not those that the data have for that user.",
            )
        else:
            yield Finding("passed", f"{self.title} ({number_of(len(rows), 'user')} looked at).")


def plain_truth(material: Material, row: int) -> set[int]:
    """The held-out items of a request, read from the log event by event."""
    log, cut = material.dataset.interactions, material.cut
    user = int(cut.queries.user[row])
    events = range(int(log.indptr[user]), int(log.indptr[user + 1]))
    if cut.cutoff is not None:
        held = [event for event in events if log.time[event] >= cut.cutoff]
    else:
        # The newest events of a user, in the log's order: as many as were left out of the history.
        held = list(events)[len(cut.queries.history.row(row)) :]
    before = [event for event in events if event not in set(held)]
    items = {int(log.item[event]) for event in held}
    if material.manifest.seen == "exclude":
        items -= {int(log.item[event]) for event in before}
    return items
