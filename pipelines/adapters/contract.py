"""The contract of adapters: a bake-off prepares a third party, then requests lists.

An adapter converts the responses of one vendor into `Reply` objects. A failure for one user is
an error in that user's reply; a failure of the whole vendor is raised by `prepare`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from pipelines.adapters.calls.meter import Meter
from pipelines.data.split import SeenPolicy
from pipelines.errors import AssayError
from pipelines.prices.pricebook import PriceBook

if TYPE_CHECKING:
    import pandas as pd

AdapterKind = Literal["third-party", "stand-in"]

UNKNOWN_ITEMS, SHORT_LISTS = "positions with an unknown item", "lists shorter than k"
COUNTED_BY_BAKEOFF = {UNKNOWN_ITEMS, SHORT_LISTS}
"""Problems that the bake-off counts itself when it reads the replies."""


class NotComparable(AssayError):
    """The third party was trained on other data than the contenders; the message says which."""


@dataclass(frozen=True)
class Capabilities:
    """What the vendor supports and this adapter implements.

    Bake-offs use `user_topk` alone. The conformance tests read `history` and `rerank`; the
    other fields are not used yet.
    """

    user_topk: bool
    """The best items for a known user."""
    history: bool
    """The best items for a made-up history."""
    rerank: bool
    """Reranking a given list of items."""
    batch: bool
    """Many users in one job."""
    events: bool
    """Receiving new events while serving."""
    vendor_metrics: bool
    """The vendor's own metrics (measured by another protocol, so never ranked with ours)."""


@dataclass(frozen=True)
class Reply:
    """One user's list, best first, or why there is none (`error`).

    `milliseconds` is the time of the successful call; None if there was no call.
    """

    user_id: str
    items: tuple[str, ...]
    scores: tuple[float, ...] | None
    error: str | None
    milliseconds: float | None

    @staticmethod
    def failed(user_id: str, error: str) -> Reply:
        """A reply without a list."""
        return Reply(user_id, (), None, error, None)


@dataclass(frozen=True)
class Task:
    """What a third party is given; it holds no held-out interactions.

    `train` has the columns user_id, item_id (str), weight (float32) and timestamp (int64,
    seconds UTC); `folder` is a scratch folder for this contender. `users`, `histories`
    (item ids, newest last) and `now` (seconds UTC) have one entry per user.
    """

    dataset: str
    folder: Path
    train: pd.DataFrame
    users: list[str]
    histories: list[list[str]]
    cutoff: int | None
    """Seconds UTC; None if the split has no single cut-off (last-n)."""
    now: list[int]
    k: int
    seen: SeenPolicy
    item_ids: list[str]
    """The items that may be recommended."""

    @property
    def reach(self) -> int:
        """The list length to request so that k items remain after seen items are dropped."""
        if self.seen == "keep":
            return self.k
        return self.k + max((len(history) for history in self.histories), default=0)

    def lengths(self, k: int) -> list[int]:
        """The list lengths (n_users,) needed for `recommend(task, k)`, at most k.

        Users have different numbers of seen items, and shorter lists are faster and cheaper.
        """
        if self.seen == "keep" or k <= self.k:
            return [k] * len(self.users)
        room = self.k + max(0, k - self.reach)
        return [min(k, room + len(set(history))) for history in self.histories]


class Adapter(ABC):
    """One third party; `target` is the text after the colon in `exported:FILE`.

    The bake-off calls `prepare` once, `recommend` with `k_to_ask(task)`, then `close`.
    """

    name: ClassVar[str]
    """The adapter's name in requests."""
    title: ClassVar[str]
    """The adapter's name on screens."""
    kind: ClassVar[AdapterKind] = "third-party"
    capabilities: ClassVar[Capabilities]
    why_no_history: ClassVar[str] = ""
    """One sentence; needed if `capabilities.history` is False."""
    longest_list: ClassVar[int | None] = None
    """The vendor's maximum length of a list."""
    price_line: ClassVar[str | None] = None
    """The line of the price book that prices 1,000 answered calls; None costs nothing."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.meter = Meter()
        self.priced_by = ""
        """The line of the price book that prices its calls; empty with a price of its own."""
        if self.price_line is not None:
            self.price_by(self.price_line)
        self.problems: dict[str, int] = {}
        """Problems found in the lists, with their counts."""
        self.remarks: list[str] = []
        """Sentences about the training, set by `prepare`."""
        self.trained_through: int | None = None
        """The last second of data from elsewhere that it was trained on, as stated; set by
        `prepare`. None if it was trained in the bake-off, or states rows and not a date."""

    def price_by(self, line: str) -> None:
        """Price each answered call by a line of the price book."""
        self.priced_by, self.meter.price_per_1000 = line, PriceBook().line(line).per_1000

    @classmethod
    def check(cls, target: str) -> None:
        """Raise `AssayError` for a target that is obviously wrong, before anything runs."""
        return

    @abstractmethod
    def prepare(self, task: Task) -> None:
        """Load, train or start. Raises `AssayError` if something is missing, `NotComparable` if
        the lists cannot be compared with those of other contenders."""

    @abstractmethod
    def recommend(self, task: Task, k: int) -> list[Reply]:
        """At most k items for each of `task.users`, in that order.

        A failure for one user is `Reply.error` and never raised. Lists may contain seen items
        and items outside `task.item_ids`; the bake-off drops them.
        """

    def recommend_history(self, history: list[str], k: int) -> Reply:
        """At most k items for a made-up history (item ids, newest last).

        Not used yet: bake-offs ask for users, and a finished bake-off asks no vendor again.
        """
        raise AssayError(
            self.why_no_history or f"{self.title} cannot recommend for a made-up history."
        )

    def rerank(self, user_id: str, items: list[str]) -> Reply:
        """The given items, reranked for this user, if `capabilities.rerank`; not used yet."""
        raise AssayError(f"{self.title} cannot rerank a given list of items.")

    def close(self) -> None:
        """Release processes and connections; further calls do nothing."""
        return

    def k_to_ask(self, task: Task) -> int:
        """`task.reach`, limited to the vendor's maximum (lists may then be short)."""
        return min(task.reach, self.longest_list or task.reach)

    @property
    def notes(self) -> list[str]:
        """Notes for the result: remarks, problems, failed calls."""
        problems = [
            f"{count:,} {name}"
            for name, count in self.problems.items()
            if name not in COUNTED_BY_BAKEOFF
        ]
        failed = self.meter.sentence()
        return [*self.remarks, *problems, *([failed] if failed else [])]

    @property
    def fit_seconds(self) -> float | None:
        """Seconds of training in the bake-off; None if the vendor trained elsewhere."""
        return self.meter.fit_seconds

    @property
    def calls(self) -> int:
        """Calls sent, including retries."""
        return self.meter.calls

    @property
    def cost_usd(self) -> float:
        """The cost of the successful calls at the meter's price."""
        return self.meter.cost_usd


def lists_for(task: Task, k: int, ask: Callable[[str, int], Reply], workers: int) -> list[Reply]:
    """Call `ask(user, length)` for each user on `workers` threads; replies in user order."""
    from concurrent.futures import ThreadPoolExecutor

    if workers == 1:
        return list(map(ask, task.users, task.lengths(k)))
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(ask, task.users, task.lengths(k)))
