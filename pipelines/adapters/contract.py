"""What a third party is to a bake-off: something that is prepared and then gives lists.

An adapter turns one vendor's way of answering into `Reply`s. A failure for one user is a
value in that user's reply; what makes the whole vendor unusable is raised by `prepare`.
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

UNKNOWN_ITEMS, SHORT_LISTS = "places with an unknown item", "lists shorter than k"
SEEN_LATER = {UNKNOWN_ITEMS, SHORT_LISTS}
"""Problems that the bake-off counts by itself when it reads the replies."""


class NotComparable(AssayError):
    """The answers exist, but stand on other data than the rest: the sentence says which."""


@dataclass(frozen=True)
class Capabilities:
    """What a vendor can do, and what this adapter passes on.

    Bake-offs ask for `user_topk` alone. The conformance suite reads `history` and `rerank`;
    the other fields are not used yet.
    """

    user_topk: bool
    """The best items for a known user."""
    history: bool
    """The best items for a made-up history."""
    rerank: bool
    """An order for a given list of items."""
    batch: bool
    """Many users in one job."""
    events: bool
    """New events while it serves."""
    vendor_metrics: bool
    """The vendor's own quality figures (another protocol: never in one ranking with ours)."""


@dataclass(frozen=True)
class Reply:
    """One user's list, best first, or why there is none (`error`).

    `milliseconds` is the answered call's own time; None where nothing was called.
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
    """What a contender is asked; it holds nothing of what the users later took up.

    `train` has the columns user_id, item_id (str), weight (float32) and timestamp (int64,
    seconds UTC); `folder` is this contender's own scratch folder. `users`, `histories`
    (item ids, newest last) and `now` (seconds UTC) have one entry per asked user.
    """

    dataset: str
    folder: Path
    train: pd.DataFrame
    users: list[str]
    histories: list[list[str]]
    cutoff: int | None
    """Seconds UTC; None where the split has no single cut-off (last-n)."""
    now: list[int]
    k: int
    seen: SeenPolicy
    item_ids: list[str]
    """The items that may be recommended."""

    @property
    def reach(self) -> int:
        """List length to ask for, so that k items remain once seen ones are dropped."""
        if self.seen == "keep":
            return self.k
        return self.k + max((len(history) for history in self.histories), default=0)

    def lengths(self, k: int) -> list[int]:
        """List lengths (n_users,) that serve `recommend(task, k)`: k, less what is not needed.

        Room for seen items differs between users, and shorter lists are faster and cheaper.
        """
        if self.seen == "keep" or k <= self.k:
            return [k] * len(self.users)
        room = self.k + max(0, k - self.reach)
        return [min(k, room + len(set(history))) for history in self.histories]


class Adapter(ABC):
    """One third party; `target` is what follows the colon in `exported:FILE`.

    The bake-off calls `prepare` once, `recommend` with `k_to_ask(task)`, then `close`.
    """

    name: ClassVar[str]
    """How a request names the adapter."""
    title: ClassVar[str]
    """How a screen names it."""
    kind: ClassVar[Literal["third-party", "stand-in"]] = "third-party"
    capabilities: ClassVar[Capabilities]
    why_no_history: ClassVar[str] = ""
    """One sentence, where `capabilities.history` is False."""
    longest_list: ClassVar[int | None] = None
    """The vendor's own maximum length of a list."""
    price_line: ClassVar[str | None] = None
    """The line of the price book that prices 1,000 answered calls; None costs nothing."""

    def __init__(self, target: str) -> None:
        self.target = target
        line = self.price_line
        self.meter = Meter(None if line is None else PriceBook().line(line).per_1000)
        self.problems: dict[str, int] = {}
        """Oddities found in the answers, each with how often."""
        self.remarks: list[str] = []
        """Sentences on what was trained where, set by `prepare`."""

    @classmethod
    def check(cls, target: str) -> None:
        """Refuse a target that can be seen to be wrong before anything runs (`AssayError`)."""
        return

    @abstractmethod
    def prepare(self, task: Task) -> None:
        """Load, train or start. `AssayError` says what is missing, `NotComparable` why the
        answers cannot be compared with the others'."""

    @abstractmethod
    def recommend(self, task: Task, k: int) -> list[Reply]:
        """At most k items for each of `task.users`, in that order.

        A user's failure is `Reply.error`, never raised. Lists may hold items that the user
        has seen and items outside `task.item_ids`; dropping them is the bake-off's part.
        """

    def recommend_history(self, history: list[str], k: int) -> Reply:
        """At most k items for a made-up history (item ids, newest last).

        Not used yet: bake-offs ask for users, and a finished bake-off asks no vendor again.
        """
        raise AssayError(self.why_no_history or f"{self.title} cannot answer a made-up history.")

    def rerank(self, user_id: str, items: list[str]) -> Reply:
        """The given items in this user's order, where `capabilities.rerank`; not used yet."""
        raise AssayError(f"{self.title} cannot rank a given list of items.")

    def close(self) -> None:
        """Let go of processes and connections; calling it again does nothing."""
        return

    def k_to_ask(self, task: Task) -> int:
        """`task.reach`, within the vendor's own maximum (lists may then come out short)."""
        return min(task.reach, self.longest_list or task.reach)

    @property
    def notes(self) -> list[str]:
        """Sentences that belong beside the result: remarks, oddities, failed calls."""
        odd = [
            f"{count:,} {what}" for what, count in self.problems.items() if what not in SEEN_LATER
        ]
        failed = self.meter.sentence()
        return [*self.remarks, *odd, *([failed] if failed else [])]

    @property
    def fit_seconds(self) -> float | None:
        """Seconds of training that we saw; None where it happened elsewhere."""
        return self.meter.fit_seconds

    @property
    def calls(self) -> int:
        """Calls sent, repeated ones included."""
        return self.meter.calls

    @property
    def cost_usd(self) -> float:
        """What the answered calls cost at the meter's price."""
        return self.meter.cost_usd


def lists_for(task: Task, k: int, ask: Callable[[str, int], Reply], workers: int) -> list[Reply]:
    """`ask(user, length)` for each user on `workers` threads, replies in the users' order."""
    from concurrent.futures import ThreadPoolExecutor

    if workers == 1:
        return list(map(ask, task.users, task.lengths(k)))
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(ask, task.users, task.lengths(k)))
