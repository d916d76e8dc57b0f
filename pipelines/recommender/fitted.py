"""A fitted pipeline with the data to answer by name: histories, ids, titles.

The bake-off, `assay recommend`, the app and the MLflow model all answer through
`FittedPipeline.run`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.data.split import SeenPolicy, queries_of_users
from pipelines.errors import AssayError
from pipelines.recommender import storage
from pipelines.recommender.pipeline import Journey, Pipeline, Step, in_chunks
from pipelines.recommender.spec import make_rules
from pipelines.runtime import npy
from pipelines.runtime.npy import Pool
from pipelines.schema import Columns, Interactions, Longs, Queries, Slate, Vocabulary, sound, states
from pipelines.stages.contract import Rule
from pipelines.stages.states import check, restored, state_of

if TYPE_CHECKING:
    import pandas as pd


ARRAYS = "arrays"
"""The folder of long arrays that pipelines share."""


@dataclass
class FittedPipeline:
    """A pipeline, its users' histories, and the ids behind the codes.

    `train` are the events it was fitted on; under a user hold-out, which asks about users whom
    it was not fitted on, their older events are among them.
    `now` (n_users,) int64 is the moment of each user's request, seconds UTC; `last` the
    moment of requests by visitors without a number. `length` is how many places the bake-off
    asked for and `rules` its manifest's, fitted: shorter lists are the first places of those,
    since a pipeline that is asked for less may weigh fewer candidates.
    """

    pipeline: Pipeline
    train: Interactions
    users: Vocabulary
    items: Vocabulary
    titles: np.ndarray
    now: Longs
    last: int
    seen: SeenPolicy
    length: int = 0
    rules: tuple[Rule, ...] = ()

    def warm(self) -> None:
        """Do once what the first request would wait for: see `Pipeline.warm`."""
        histories = [np.unique(self.train.item[-5:]).tolist(), []]
        queries = Queries.of_histories(histories, n_items=len(self.items), now=self.last)
        places = places_to_ask(self.length or 10, len(self.rules))
        self.pipeline.warm(queries, places)
        for rule in self.rules:
            rule.warm()

    def run(self, queries: Queries, k: int) -> Journey:
        """Answer requests, with the manifest's rules after the pipeline's, and keep each step."""
        shown = max(k, self.length)
        journey = self.pipeline.run(queries, places_to_ask(shown, len(self.rules)))
        slate, steps = journey.slate, list(journey.steps)
        for rule in self.rules:
            began = time.perf_counter()
            slate = rule.apply(queries, slate, shown)
            steps.append(Step(rule.name, slate.items, time.perf_counter() - began))
        return replace(journey, slate=slate.cut(k), steps=steps)

    def answer(self, queries: Queries, k: int) -> Slate:
        """The k items (n, k) for each request."""
        return in_chunks(queries, lambda part: self.run(part, k).slate)

    def queries(self, users: Sequence[str]) -> Queries:
        """A query per known user; an `AssayError` names one that is not known."""
        codes = self.users.encode(users)
        if (codes < 0).any():
            who = list(users)[int(np.argmax(codes < 0))]
            raise AssayError(
                f"There is no user {who!r} in this dataset; give a user id from the dataset, or a "
                "history of items."
            )
        return queries_of_users(self.train, codes, self.now[codes], seen=self.seen)

    def queries_of_histories(self, histories: Sequence[Sequence[str]]) -> Queries:
        """A query per history of item ids, newest last; unknown items are named in an error."""
        coded = []
        for history in histories:
            codes = self.items.encode(history)
            if (codes < 0).any():
                what = list(history)[int(np.argmax(codes < 0))]
                raise AssayError(
                    f"There is no item {what!r} in this dataset; give item ids from the dataset, "
                    "newest last."
                )
            coded.append(codes.tolist())
        return Queries.of_histories(
            coded,
            n_items=len(self.items),
            now=self.last,
            exclude_seen=self.seen == "exclude",
        )

    def recommend(
        self,
        *,
        users: Sequence[str] | None = None,
        histories: Sequence[Sequence[str]] | None = None,
        k: int = 10,
    ) -> pd.DataFrame:
        """Lists for known users or for histories: user_id, item_id, rank (from 1), score.

        For histories, `user_id` is "history 1", "history 2", … in their order.
        """
        if k < 1:
            raise AssayError(f"The length of a list is {k}; it must be 1 or more.")
        if (users is None) == (histories is None):
            raise AssayError("Give either users or histories, not both or neither.")
        if users is not None:
            names, queries = list(users), self.queries(users)
        else:
            assert histories is not None
            names = [f"history {n}" for n in range(1, len(histories) + 1)]
            queries = self.queries_of_histories(histories)
        return lists_frame(names, self.answer(queries, k), self.items)

    def save(self, path: Path, arrays: Path | None = None) -> None:
        """Write the pipeline to a file that `load` reads.

        Its long arrays go into the folder `arrays`, each once, however many pipelines of that
        folder have it; by default the folder of that name beside the file.
        """
        storage.save(self._state(), path, _pool(path, arrays))

    @staticmethod
    def load(path: Path, arrays: Path | None = None) -> FittedPipeline:
        """The pipeline in a file, warmed, so that the first request is as fast as the next.

        An `AssayError` says why it has to be fitted again.
        """
        fitted = storage.load(path, _pool(path, arrays), FittedPipeline._restored)
        fitted.warm()
        npy.release()
        return fitted

    def _state(self) -> dict[str, Any]:
        rules = [(rule.name, rule.config.model_dump(), state_of(rule)) for rule in self.rules]
        whole = {name: states.state(getattr(self, name)) for name in ("train", "users", "items")}
        plain = ("titles", "now", "last", "seen", "length")
        return {
            **whole,
            **{name: getattr(self, name) for name in plain},
            "pipeline": self.pipeline.state(),
            "rules": rules,
        }

    @staticmethod
    def _restored(state: dict[str, Any]) -> FittedPipeline:
        rules = make_rules({"stage": name, **given} for name, given, _ in state["rules"])
        learned = [learned for _, _, learned in state["rules"]]
        whole = {
            "pipeline": Pipeline.restored(state["pipeline"]),
            "train": states.interactions(state["train"]),
            "users": states.vocabulary(state["users"]),
            "items": states.vocabulary(state["items"]),
            "rules": tuple(restored(*pair) for pair in zip(rules, learned, strict=True)),
        }
        fitted = FittedPipeline(**{**state, **whole})
        fitted.check()
        return fitted

    def check(self) -> None:
        """Raise an error where what a file held cannot be what its stages rely on."""
        n_items, n_users = len(self.items), len(self.users)
        if (self.train.n_items, self.train.n_users) != (n_items, n_users):
            raise ValueError("the events are of other users or items")
        self.train.check()
        sound.shaped("now", self.now, np.int64, n_users)
        sound.shaped("titles", self.titles, object, n_items)
        for stage in (*self.pipeline.stages, self.pipeline.fallback, *self.rules):
            check(stage, n_items)
        if self.pipeline.rankers:
            self.pipeline.features.check(n_items)


def _pool(path: Path, arrays: Path | None) -> Pool:
    return Pool(path.parent / ARRAYS if arrays is None else arrays)


def places_to_ask(length: int, n_rules: int) -> int:
    """Longer lists are asked for where the manifest's rules may take items out."""
    return length * 3 if n_rules else length


def lists_frame(names: Sequence[str], slate: Slate, items: Vocabulary) -> pd.DataFrame:
    """A slate as a table with a row per place: user_id, item_id, rank (from 1), score."""
    import pandas as pd

    rows, places = np.nonzero(slate.items >= 0)
    return pd.DataFrame(
        {
            Columns.USER: np.array(list(names), dtype=object)[rows],
            Columns.ITEM: items.decode(slate.items[rows, places]),
            Columns.RANK: (places + 1).astype(np.int32),
            Columns.SCORE: slate.scores[rows, places],
        }
    )
