"""What third parties were trained on: what they state, and what their lists show."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipelines.evaluation.bakeoff.answers import SEEN
from pipelines.evaluation.bakeoff.checks.contract import CannotRun, Check, Finding, Material
from pipelines.evaluation.results.document import ContenderResult
from pipelines.runtime.phrases import noun_for

DAY = 86_400


class TrainingDate(Check):
    """If a vendor leaves out what users had when it computed its lists, no item that a user had
    before that day is on them. Where a vendor leaves out nothing, the events that its lists
    repeat are a mixture of old and new ones."""

    name = "training-date"
    title = "Third parties were trained up to the cut-off"
    catches = (
        "a stated training date after the cut-off, other training rows, stale lists (a date long "
        "before the cut-off, or lists that leave out only what users had until some earlier day)"
    )
    needs = "a third party"
    false_alarms = (
        "None for stated dates; the statement itself is not verified. For lists that leave out "
        "only older items: 1 in 10,000, if a vendor that leaves out nothing repeats old events as "
        "readily as new ones."
    )

    def run(self, material: Material) -> Iterator[Finding]:
        third = [r for r in material.results if r.kind in ("third-party", "stand-in")]
        if not third:
            raise CannotRun("No third party takes part.")
        for result in third:
            try:
                found = self._of(material, result, len(third))
            except CannotRun as error:
                yield Finding("could not run", str(error), result.name)
                continue
            yield Finding("flagged" if found else "passed", found, result.name)

    def _of(self, material: Material, result: ContenderResult, parties: int) -> str:
        if result.status == "not comparable":
            return result.reason
        if result.status == "failed":
            raise CannotRun(f"It failed: {result.reason}")
        outcome, cutoff = material.outcome(result.name), material.cut.cutoff
        if outcome.trained_through is not None and cutoff is not None:
            gap, window = cutoff - outcome.trained_through, self._window(material)
            if gap > window:
                days = [f"{n / DAY:.3g} {noun_for(n / DAY, 'day')}" for n in (gap, window)]
                return (
                    f"its training data end {days[0]} before the cut-off, longer than the test "
                    f"period of {days[1]}: its lists are stale."
                )
        repeated, oldest = outcome.problems.get(SEEN, 0), outcome.oldest_seen
        if not repeated or oldest is None:
            return ""
        since = _first_times(material) >= oldest
        share, level = float(since.mean()), 1e-4 / parties
        if share**repeated < level:
            return (
                f"all {repeated:,} items of its lists that users already had are among the newest "
                f"{100 * share:.2g}% of what users had, so it left out only what they had before: "
                "its lists are stale."
            )
        return ""

    @staticmethod
    def _window(material: Material) -> int:
        """The length of the test period, seconds."""
        return int(material.dataset.interactions.time.max()) - (material.cut.cutoff or 0)


def _first_times(material: Material) -> np.ndarray:
    """When each user of a request first had each item of its history, (pairs,)."""
    asked, n = material.cut.queries, np.int64(material.dataset.interactions.n_items)
    rows = np.repeat(np.arange(len(asked), dtype=np.int64), asked.lengths)
    # Histories are in order of time, so the first place of a pair is its earliest event.
    _, first = np.unique(rows * n + asked.history.values, return_index=True)
    return asked.times[first]
