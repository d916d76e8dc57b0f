"""Faults of third parties, whose lists come in a file and are read by the adapter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np

from pipelines.evaluation.selftest.faults.fault import Fault, of_copy
from pipelines.evaluation.selftest.planted import VICTIM, Planted

DAY = 86_400


def _cutoff(planted: Planted) -> int:
    return planted.material.cut.cutoff or 0


def _from_answers(planted: Planted) -> None:
    planted.add_vendor(planted.answers_first(share=0.8), _cutoff(planted))


def _stated_too_late(planted: Planted) -> None:
    late = datetime.fromtimestamp(_cutoff(planted) + 30 * DAY, UTC)
    planted.add_vendor(planted.material.lists(VICTIM), f"{late:%Y-%m-%d}")


def _stated_long_ago(planted: Planted) -> None:
    log = planted.material.dataset.interactions
    planted.add_vendor(planted.material.lists(VICTIM), int(np.quantile(log.time, 0.5)))


def _stale(planted: Planted) -> None:
    """Lists of an earlier day, which leave out what users had until then; the date is false."""
    m = planted.material
    train = m.cut.train
    before = train.select(train.time < np.quantile(train.time, 0.95))
    counts = np.bincount(before.item, minlength=train.n_items)
    order = np.argsort(-counts, kind="stable")[: int((counts > 0).sum())]
    had = planted.queries_from(before).history
    rows = [order[~np.isin(order, had.row(r))][:50] for r in range(planted.n)]
    planted.add_vendor(np.array(rows), _cutoff(planted))


def _missing_users(planted: Planted) -> None:
    lists = planted.named(planted.material.lists(VICTIM))
    kept = {user: items for at, (user, items) in enumerate(lists.items()) if at % 10}
    planted.add_vendor(kept, _cutoff(planted))


def _copies(planted: Planted) -> None:
    lists = planted.named(planted.material.lists(VICTIM))
    twice = {user: [item for item in items for _ in range(2)] for user, items in lists.items()}
    planted.add_vendor(twice, _cutoff(planted))


def _vendor(name: str, what: str, check: str, change: Callable[[Planted], None]) -> Fault:
    return Fault(name, what, check, of_copy(change), contender=True)


FAULTS = (
    _vendor("from-answers", "a vendor's lists are made from the answers", "too-good",
            _from_answers),
    _vendor("stated-too-late", "a vendor was trained on the test period, and says so",
            "training-date", _stated_too_late),
    _vendor("stated-long-ago", "a vendor's lists are stale, and it says so", "training-date",
            _stated_long_ago),
    _vendor("stale", "a vendor's lists are stale, and it states a false date", "training-date",
            _stale),
    _vendor("missing-users", "a vendor has no list for a tenth of the users", "answered",
            _missing_users),
    _vendor("vendor-copies", "a vendor's lists hold each item twice", "well-formed", _copies),
)  # fmt: skip
