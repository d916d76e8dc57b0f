"""A copy of a bake-off with a fault in it, as a faulty harness or contender would leave it.

The lists of a contender that cheats are made here, in this process: the contenders' own
processes are never given the ground truth.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.data.split import queries_of_users
from pipelines.evaluation.bakeoff import child
from pipelines.evaluation.bakeoff.checks.contract import Material
from pipelines.evaluation.bakeoff.outcome import Outcome
from pipelines.evaluation.bakeoff.scoring import score
from pipelines.evaluation.bakeoff.task import ContenderTask
from pipelines.evaluation.bakeoff.task_files import data_key
from pipelines.evaluation.behavior.probes import AGAIN, PROBES, Probes
from pipelines.evaluation.results.answer_file import AnswerFile
from pipelines.evaluation.results.document import ContenderResult
from pipelines.evaluation.results.folder import FITS, write_per_user
from pipelines.recommender.fitted import lists_frame
from pipelines.schema import NO_ITEM, Interactions, Ints, Longs, Slate

VICTIM = "transitions"
"""The contender whose lists are exchanged; without rules, so that nothing else moves items."""
VENDOR = "exported-lists"


def task_of(material: Material) -> ContenderTask:
    return ContenderTask.of(
        material.dataset, material.cut, material.manifest, data_key(material.manifest, material.cut)
    )


class Planted:
    """A copy of a bake-off; each method changes it as a faulty harness or contender would."""

    def __init__(self, material: Material) -> None:
        self.material = material

    @property
    def n(self) -> int:
        return len(self.material.key)

    def set(self, **changes: Any) -> None:
        """Exchange fields of what the checks look at."""
        self.material = replace(self.material, **changes)

    def give(self, **changes: Any) -> None:
        """Exchange parts of the task that all contenders were given and answered."""
        task = replace(self.material.task, **changes)
        task.save(self.material.folder)
        self.set()  # nothing of the old task is remembered
        for result in self.material.results:
            self.tell(result.name, given=task.digest)

    def tell(self, contender: str, **changes: Any) -> Outcome:
        """Exchange what a contender's process said."""
        outcome = self.material.outcome(contender).model_copy(update=changes)
        (self.here(contender) / "outcome.json").write_text(outcome.model_dump_json())
        return outcome

    def here(self, contender: str) -> Path:
        return self.material.folder / "contenders" / contender

    def result(self, contender: str) -> ContenderResult:
        return next(one for one in self.material.results if one.name == contender)

    def update(self, contender: str, **changes: Any) -> None:
        """Exchange fields of a contender's result."""
        self.set(
            results=[
                one.model_copy(update=changes) if one.name == contender else one
                for one in self.material.results
            ]
        )

    def replace_lists(
        self, items: Ints, contender: str = VICTIM, shown: Ints | None = None
    ) -> None:
        """Exchange a contender's lists (n, width), and score them; `shown` are those stored."""
        here, task = self.here(contender), self.material.task
        shutil.rmtree(here / FITS, ignore_errors=True)
        items = np.ascontiguousarray(items, np.int32)
        rows = np.arange(len(items))
        AnswerFile(items, rows).write(here)
        stored = items if shown is None else shown
        scores = np.where(stored >= 0, -np.arange(stored.shape[1], dtype=np.float32), -np.inf)
        names = task.users.decode(task.queries.user).tolist()
        frame = lists_frame(names, Slate(stored, scores.astype(np.float32)), task.catalogue.items)
        frame.to_parquet(here / child.LISTS, index=False)
        self.tell(contender, steps=[])
        self.score(contender)
        if (here / PROBES).exists() and not Probes.load(here).why_not:
            some = rows[:: max(1, len(rows) // AGAIN)]
            Probes(again_rows=some, alone=items[some], shuffled=items[some]).save(here)

    def score(self, contender: str) -> None:
        """Score a contender's lists as the bake-off does."""
        before, m = self.result(contender), self.material
        here = self.here(contender)
        outcome = m.outcome(contender)
        result, detail = score(
            contender, before.title, before.kind, outcome, here, m.key, m.manifest
        )
        if detail is not None:
            users = m.dataset.users.decode(m.cut.queries.user)
            write_per_user({n: v.by_user for n, v in detail.per_user.items()}, users, here)
        self.set(results=[result if one.name == contender else one for one in m.results])

    def score_all(self) -> None:
        """Score all contenders again, after their key changed."""
        for result in self.material.scored:
            shutil.rmtree(self.here(result.name) / FITS, ignore_errors=True)
            self.score(result.name)

    def answer(self, name: str, title: str, kind: Any, given: dict[str, Any], stages: Path) -> None:
        """Add a contender that answers the task, by the code of contenders' processes."""
        here = self.here(name)
        here.mkdir(parents=True)
        (here / "contender.json").write_text(json.dumps(given))
        with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
            outcome = child.run(self.material.folder, here, stages)
        blank = ContenderResult(name=name, title=title, kind=kind, **outcome.told())
        self.set(results=[*self.material.results, blank])
        self.score(name)

    def add_vendor(self, lists: Ints | dict[str, list[str]], trained_through: int | str) -> None:
        """Add lists in a file with a stated training date, read by the adapter `exported`."""
        m = self.material
        path = m.folder / "lists.jsonl"
        named = lists if isinstance(lists, dict) else self.named(lists)
        rows = [json.dumps({"user_id": u, "items": items}) for u, items in named.items()]
        path.write_text("\n".join(rows) + "\n")
        claim = path.with_name("lists.jsonl.meta.json")
        claim.write_text(json.dumps({"trained_through": trained_through}))
        given = {"kind": "adapter", "adapter": "exported", "target": str(path)}
        self.answer(VENDOR, "exported lists", "third-party", given, m.folder)

    def named(self, lists: Ints) -> dict[str, list[str]]:
        """Lists (n, width) by user id, as a vendor writes them."""
        m = self.material
        users = m.dataset.users.decode(m.cut.queries.user).tolist()
        names = m.dataset.catalogue.items
        return {
            user: names.decode(row[row != NO_ITEM]).tolist()
            for user, row in zip(users, lists, strict=True)
        }

    def per_user(self, change: Callable[[str, np.ndarray], np.ndarray]) -> None:
        """Exchange the victim's values per user, (n,) each, and the means made from them."""
        m, here = self.material, self.here(VICTIM)
        shutil.rmtree(here / FITS, ignore_errors=True)
        names = m.stored.metrics(VICTIM)
        values = {n: change(n, m.stored.fit_values(VICTIM, n).values[:, 0]) for n in names}
        write_per_user(values, m.dataset.users.decode(m.cut.queries.user), here)
        metrics = dict(self.result(VICTIM).metrics)
        for name in names:
            if name in metrics:
                mean = float(np.nanmean(values[name]))
                metrics[name] = metrics[name].model_copy(update={"value": mean})
        self.update(VICTIM, metrics=metrics)
        self.set()

    # What cheats are made of.

    def answers_first(self, rows: Longs | None = None, share: float = 1.0) -> Ints:
        """Popular's lists with the users' answers in front; for `rows`, or of a share of items."""
        m = self.material
        lists = m.lists("popular").copy()
        rng = np.random.default_rng(3)
        for row in range(self.n) if rows is None else rows.tolist():
            truth = m.key.truth.row(row)
            truth = truth[m.cut.known[truth]]
            truth = truth[rng.random(len(truth)) < share]
            best = list(dict.fromkeys([*truth.tolist(), *lists[row].tolist()]))
            lists[row] = best[: lists.shape[1]]
        return lists

    def whole_log(self, until: int | None = None) -> Interactions:
        """All events, or those before a moment."""
        log = self.material.dataset.interactions
        return log if until is None else log.select(log.time < until)

    def queries_from(self, log: Interactions) -> Any:
        """The bake-off's requests with histories from other events."""
        m = self.material
        return queries_of_users(log, m.cut.queries.user, m.cut.queries.now, seen=m.manifest.seen)
