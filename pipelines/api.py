"""What a notebook or a script calls, a function per step from data to decision.

They are named in `pipelines` itself: `import pipelines as assay`, then `assay.readiness(…)`.
Each goes the same way as the command and the page of that name. Without `workspace` they use
the one that `Workspace.open()` opens.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.data.dataset import Dataset
from pipelines.errors import AssayError
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.runtime.progress import Progress, silent
from pipelines.workspace.store import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from pipelines.data.readiness import Report
    from pipelines.data.split import SeenPolicy
    from pipelines.economics.case import Case
    from pipelines.economics.measured import Measured
    from pipelines.economics.summary import Decision
    from pipelines.evaluation.bakeoff.opened import Opened
    from pipelines.evaluation.evaluate_file import Evaluation

Bakeoff = BakeoffDocument | str
"""A bake-off's document, or its id in the workspace."""


def readiness(dataset: Dataset | str, *, workspace: Workspace | None = None) -> Report:
    """What a dataset, or the workspace's dataset of that name, can support.

    `report.sentence` sums it up, `report.approaches` has an entry per approach and vendor.
    """
    from pipelines.data.readiness import report

    return report(_workspace(workspace).dataset(dataset) if isinstance(dataset, str) else dataset)


def bakeoff(
    dataset: Dataset | str,
    specs: Sequence[str | Path | Mapping[str, Any]] = (),
    *,
    third_party: Sequence[str] = (),
    split: str = "time:0.9",
    k: int = 10,
    eval_users: int | None = None,
    baseline: str = "popular",
    metric: str = "",
    budget: Mapping[str, float] | None = None,
    required: Sequence[str] = (),
    rules: Sequence[Mapping[str, Any]] = (),
    seed: int = 0,
    refits: int = 3,
    tie_orders: int | None = None,
    workspace: Workspace | None = None,
    progress: Progress = silent,
) -> BakeoffDocument:
    """Let contenders answer the same manifest and compare them; kept in the workspace.

    `dataset` is one of the workspace, in its newest version. `specs` are names that ship, TOML
    files, or specs as dictionaries; Random and Popular always take part. `third_party` are
    texts such as "stand-in" or "exported:lists.csv". `metric` is ndcg at k unless named;
    `budget` has any of p95_ms, peak_mb and cost_per_1000. What draws at random is fitted
    `refits` times; `split="windows:3"` pools three cut-offs. Where times tie and decide what is
    held out, two other orders are tried, or `tie_orders`. Takes seconds to minutes;
    `progress(share, message)` is called meanwhile.
    """
    from pipelines.evaluation.bakeoff.request import BakeoffRequest
    from pipelines.workspace.bakeoffs import run

    workspace = _workspace(workspace)
    request = BakeoffRequest.of(
        {
            "dataset": dataset if isinstance(dataset, str) else _newest(workspace, dataset),
            "specs": [str(s) if isinstance(s, str | Path) else dict(s) for s in specs],
            "third_party": list(third_party),
            "split": split,
            "k": k,
            "eval_users": eval_users,
            "baseline": baseline,
            "metric": metric or f"ndcg@{k}",
            "budget": dict(budget or {}),
            "required": list(required),
            "rules": [dict(rule) for rule in rules],
            "seed": seed,
            "refits": refits,
            "tie_orders": tie_orders,
        }
    )
    return run(workspace, request, progress)


def open_contender(bakeoff: Bakeoff, name: str, *, workspace: Workspace | None = None) -> Opened:
    """A contender of a bake-off, to be asked for lists (`recommend`) and their ways (`trace`)."""
    from pipelines.evaluation.bakeoff import opened

    folder = _workspace(workspace).bakeoff_folder(_id(bakeoff))
    return opened.open_contender(folder, name)


def recommend(
    bakeoff: Bakeoff,
    contender: str,
    *,
    users: Iterable[str] | None = None,
    histories: Iterable[Sequence[str]] | None = None,
    k: int = 10,
    workspace: Workspace | None = None,
) -> pd.DataFrame:
    """New lists of a bake-off's contender for users, or for histories (newest item last).

    A row per place: user_id, item_id, rank (from 1), score, and the title where it is known.
    """
    opened = open_contender(bakeoff, contender, workspace=workspace)
    found = opened.recommend(
        users=None if users is None else list(users),
        histories=None if histories is None else list(histories),
        k=k,
    )
    return opened.with_titles(found)


def evaluate(
    recommendations: pd.DataFrame | str | Path,
    truth: pd.DataFrame | str | Path,
    train: pd.DataFrame | str | Path | None = None,
    *,
    ks: Iterable[int] = (5, 10, 20),
    seen: SeenPolicy = "keep",
) -> Evaluation:
    """Score any lists against any held-out items, by the metrics of a bake-off.

    All are files, or all are data frames with user_id and item_id (docs/evaluate.md).
    `found.metrics["ndcg@10"]` has value, low and high; `found.per_user` a row per user.
    """
    from pipelines.evaluation.evaluate_file import evaluate_files, evaluate_frames

    given = [recommendations, truth, *([] if train is None else [train])]
    files = [Path(one) for one in given if isinstance(one, str | Path)]
    if files and len(files) < len(given):
        raise AssayError("Give recommendations, truth and train as files, or all as data frames.")
    if files:
        return evaluate_files(*files, ks=ks, seen=seen)
    frames: Any = given
    return evaluate_frames(*frames, ks=ks, seen=seen)


def decide(
    case: str | Path | Case | None = None,
    bakeoff: Bakeoff | None = None,
    *,
    readiness: Report | None = None,
    workspace: Workspace | None = None,
) -> Decision:
    """Build, buy, both in turn, or neither: from a case, a bake-off, or both.

    `case` is "shop", "video", "data-poor", a TOML file or a `Case` (docs/decision-model.md).
    With a bake-off, `readiness` (the report on its data) answers the gates that it knows.
    """
    from pipelines.economics.documents import decide_documents

    document = _document(case, bakeoff, workspace)
    return decide_documents(case, document, _measured(readiness))


def memo(
    case: str | Path | Case | None = None,
    bakeoff: Bakeoff | None = None,
    *,
    readiness: Report | None = None,
    date: dt.date | None = None,
    workspace: Workspace | None = None,
) -> str:
    """The one-page memo of `decide` with the same arguments: HTML that opens and prints offline."""
    from pipelines.economics.documents import memo_of_documents

    today = date or dt.datetime.now(dt.UTC).date()
    document = _document(case, bakeoff, workspace)
    return memo_of_documents(case, document, today, _measured(readiness))


def _workspace(given: Workspace | None) -> Workspace:
    return Workspace.open() if given is None else given


def _id(bakeoff: Bakeoff) -> str:
    return bakeoff if isinstance(bakeoff, str) else bakeoff.id


def _document(
    case: object, bakeoff: Bakeoff | None, workspace: Workspace | None
) -> dict[str, Any] | None:
    if case is None and bakeoff is None:
        raise AssayError("Name a case (shop, video, data-poor or a file), a bake-off, or both.")
    if bakeoff is None:
        return None
    document = _workspace(workspace).bakeoff(bakeoff) if isinstance(bakeoff, str) else bakeoff
    return document.model_dump(mode="json")


def _measured(report: Report | None) -> Measured | None:
    """What a readiness report says for the decision."""
    if report is None:
        return None
    from pipelines.economics.measured import measured_in

    return measured_in(report)


def _newest(workspace: Workspace, dataset: Dataset) -> str:
    """The name of a dataset that is the newest version in the workspace, else `AssayError`."""
    about = workspace.about(dataset.name)
    if about.fingerprint != dataset.about.fingerprint:
        raise AssayError(
            f"This dataset is not the newest version of {dataset.name!r} in the workspace; "
            f"open that one with workspace.dataset({dataset.name!r})."
        )
    return dataset.name
