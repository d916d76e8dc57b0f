"""The adapter `personalize:NAME`: a campaign in real time, or a batch job."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from pipelines.adapters.contract import (
    SHORT_LISTS,
    UNKNOWN_ITEMS,
    Adapter,
    Capabilities,
    Reply,
    Task,
    lists_for,
)
from pipelines.adapters.personalize import limits, profile
from pipelines.adapters.personalize.client import Runtime, client_of
from pipelines.adapters.training import Claim, moment, require_comparable
from pipelines.errors import AssayError


class Personalize(Adapter):
    """Amazon Personalize, trained on the files of `assay export`.

    Real time measures the time per request; batch is cheaper and does not. Each successful
    call is billed.
    """

    name = "personalize"
    title = "Amazon Personalize"
    capabilities: ClassVar[Capabilities] = Capabilities(
        user_topk=True,
        history=False,
        rerank=True,
        batch=True,
        events=False,
        vendor_metrics=False,
    )
    why_no_history = (
        "Personalize recommends for users in its training data; a made-up history would first "
        "have to be sent to it as events."
    )
    longest_list = limits.LONGEST_LIST
    price_line = "personalize-v2"
    batch_price_line = "personalize-v2-batch"
    """A batch job needs no campaign, which has a minimum."""

    runtime_: Runtime | None = None
    ready_for_batch_ = False

    def __init__(self, target: str) -> None:
        super().__init__(target)
        self.profile = profile.read(target)
        if self.profile.price_per_1000 is not None:
            self.priced_by, self.meter.price_per_1000 = "", self.profile.price_per_1000
        elif self.profile.batch:
            self.price_by(self.batch_price_line)

    def prepare(self, task: Task) -> None:
        """Check training date, settings and credentials, without calling the service."""
        start = profile.prefix(self.target)
        claim = self._claim()
        self.trained_through = claim.through
        self.remarks = [
            require_comparable(
                claim,
                task,
                source=f"personalize:{self.target}",
                how=f"set {start}TRAINED_THROUGH to the last day in its training data",
            )
        ]
        if self.profile.batch:
            from pipelines.adapters.personalize.batch import check

            check(self.profile, start)
            self.ready_for_batch_ = True
        else:
            client = client_of("personalize-runtime", self.profile)
            self.runtime_ = Runtime(client, self.profile, self.meter)

    def recommend(self, task: Task, k: int) -> list[Reply]:
        """Lists of at most min(k, 500) items, including seen items (`Task.lengths`)."""
        if self.profile.batch and self.ready_for_batch_:
            return self._recommend_in_batch(task, min(k, limits.LONGEST_LIST))
        runtime = self._runtime()
        replies = lists_for(task, k, runtime.recommend, self.profile.workers)
        self.problems = problems_of(runtime, replies, task)
        return replies

    def rerank(self, user_id: str, items: list[str]) -> Reply:
        """The items reranked by a campaign with a ranking recipe."""
        return self._runtime().rerank(user_id, items)

    def close(self) -> None:
        """Release the client and its connections."""
        self.runtime_ = None

    def _runtime(self) -> Runtime:
        if self.runtime_ is None:
            raise AssayError("The campaign is not open: call prepare(task) first.")
        return self.runtime_

    def _recommend_in_batch(self, task: Task, k: int) -> list[Reply]:
        from pipelines.adapters.exported.adapter import read
        from pipelines.adapters.personalize import batch

        try:
            answers = read(batch.run(self.profile, task.users, k, task.folder))
        except AssayError as error:
            self.meter.failed("batch job")
            return [Reply.failed(user, str(error)) for user in task.users]
        answers.compare_with(task)
        self.problems = answers.counted()
        self.meter.batched(len(task.users))
        return answers.replies(task, k, "the batch output")

    def _claim(self) -> Claim:
        named = self.profile.handover
        claim = Claim() if named is None else Claim.read(Path(named).expanduser())
        stated = self.profile.trained_through
        if stated is None:
            return claim
        return Claim(moment(stated), claim.split, claim.train_sha256)


def problems_of(runtime: Runtime, replies: list[Reply], task: Task) -> dict[str, int]:
    """Problems of real-time replies, with their counts."""
    known = set(task.item_ids)
    counts = runtime.problems.copy()
    for reply in replies:
        counts[UNKNOWN_ITEMS] += len(set(reply.items) - known)
        counts[SHORT_LISTS] += 0 < len(reply.items) < task.k
    return {name: count for name, count in sorted(counts.items()) if count}
