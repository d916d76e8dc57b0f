"""One list, three doors: a bake-off's contender, a file, and a third party of another bake-off."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipelines.cli import main as cli
from pipelines.data.split import split
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.run import run_bakeoff
from pipelines.evaluation.metrics.names import MAIN
from pipelines.evaluation.results.document import BakeoffDocument, ContenderResult
from pipelines.testing.datasets import TWO_STAGE, dataset

DATA = dataset()
SPLIT = "time:0.8"
NAME = TWO_STAGE["name"]


def bakeoff(folder: Path, **changes: object) -> BakeoffDocument:
    asked = {
        "dataset": DATA.name,
        "split": SPLIT,
        "k": 5,
        "metric": "ndcg@5",
        "refits": 1,
    } | changes
    folder.mkdir()
    request = BakeoffRequest.of(asked)
    return run_bakeoff(DATA, request, folder / "b", folder / "stages", "b")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, BakeoffDocument]:
    """A bake-off's folder, with the training events beside it."""
    folder = tmp_path_factory.mktemp("first") / "one"
    document = bakeoff(folder, specs=[TWO_STAGE])
    train = split(DATA.interactions, SPLIT).train
    pd.DataFrame(
        {
            "user_id": DATA.users.decode(train.user),
            "item_id": DATA.catalogue.items.decode(train.item),
        }
    ).to_csv(folder / "train.csv", index=False)
    return folder, document


def evaluated(capsys, monkeypatch, lists: Path, folder: Path, *more: object) -> dict:
    """What the command says of the lists, against the truth of the bake-off."""
    words = ["--recommendations", lists, "--truth", folder / "b" / "truth.parquet", "--json", *more]
    monkeypatch.setattr(sys, "argv", ["assay", "evaluate", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    out, err = capsys.readouterr()
    assert not ended.value.code, err
    return json.loads(out)


def lists_of(folder: Path) -> Path:
    return folder / "b" / "contenders" / NAME / "lists.parquet"


def without_categories(contender: ContenderResult) -> dict:
    """The contender's metrics, but for those that need more than three files can tell."""
    found = {name: metric.model_dump() for name, metric in contender.metrics.items()}
    return {n: m for n, m in found.items() if not n.startswith(("diversity@", "calibration@"))}


@pytest.mark.parametrize("form", ["as it is", "shuffled csv", "lists a line"])
def test_a_contenders_lists_score_the_same_from_a_file(first, form, tmp_path, capsys, monkeypatch):
    folder, document = first
    path = lists_of(folder)
    table = pd.read_parquet(path)
    if form == "shuffled csv":
        path = tmp_path / "lists.csv"
        table.sample(frac=1, random_state=1).to_csv(path, index=False, sep=";")
    elif form == "lists a line":
        path = tmp_path / "lists.jsonl"
        by_user = table.groupby("user_id")["item_id"].agg(list)
        rows = [json.dumps({"userId": u, "items": items}) for u, items in by_user.items()]
        path.write_text("\n".join(reversed(rows)))
    values = tmp_path / "values.parquet"
    train = ("--train", folder / "train.csv", "--per-user", values)
    found = evaluated(capsys, monkeypatch, path, folder, *train)
    contender = document.contender(NAME)
    assert found["users"] == document.manifest["users"]
    assert found["metrics"] == without_categories(contender)
    assert found["problems"]["unknown_truths"] == document.manifest["cold_truths"]
    met = {name for name, count in found["problems"].items() if count}
    assert met <= {"unknown_truths"}
    stored = pd.read_parquet(folder / "b" / "contenders" / NAME / "per_user.parquet")
    mine = pd.read_parquet(values)
    pd.testing.assert_frame_equal(mine, stored[list(mine)], check_exact=True)
    assert {f"{name}@{k}" for name in (*MAIN, "novelty") for k in (5, 10, 20)} <= set(mine)


def test_a_third_partys_lists_score_as_the_contenders_did(first, tmp_path):
    folder, document = first
    shuffled = tmp_path / "lists.csv"
    table = pd.read_parquet(lists_of(folder)).drop(columns="score")
    table.sample(frac=1, random_state=2).to_csv(shuffled, index=False)
    again = bakeoff(tmp_path / "two", third_party=[f"exported:{shuffled}@1970-01-02"])
    third = next(c for c in again.contenders if c.kind == "third-party")
    assert third.status == "scored", third.reason
    assert third.metrics == document.contender(NAME).metrics


def odd_lists(folder: Path) -> pd.DataFrame:
    """Lists with equal scores, copies, and items and users that nobody should be given."""
    rng = np.random.default_rng(4)
    users = pd.read_parquet(folder / "b" / "truth.parquet")["user_id"].unique()
    items = [*DATA.catalogue.items.ids, *(f"odd{n}" for n in range(8))]
    rows = []
    for user in [*users, "stranger"]:
        # Unknown items come first, so that they would push others out of a list that is cut.
        scores = rng.integers(0, 25, len(items) + 10).astype(float)
        listed = [*items, *rng.choice(items, 10)]
        scores[[item.startswith("odd") for item in listed]] += 100
        rows += [(user, *row) for row in zip(listed, scores, strict=True)]
    return pd.DataFrame(rows, columns=["user_id", "item_id", "score"])


def test_odd_lists_score_the_same_from_a_file_and_as_a_third_party(
    first, tmp_path, capsys, monkeypatch
):
    folder, _ = first
    path = tmp_path / "odd.parquet"
    odd_lists(folder).sample(frac=1, random_state=3).to_parquet(path, index=False)
    document = bakeoff(tmp_path / "three", third_party=[f"exported:{path}@1970-01-02"])
    third = next(c for c in document.contenders if c.kind == "third-party")
    assert third.status == "scored", third.reason
    train = ("--train", folder / "train.csv", "--seen", "exclude")
    found = evaluated(capsys, monkeypatch, path, folder, *train)
    assert found["metrics"] == without_categories(third)
    problems = found["problems"]
    users = found["users"]
    assert problems["unknown_items"] >= 8 * users
    assert problems["extra_users"] == 1
    assert min(problems[name] for name in ("duplicates", "seen_items", "ties")) > 0
    kept = evaluated(capsys, monkeypatch, path, folder, *train[:2])
    assert kept["metrics"]["ndcg@5"] != found["metrics"]["ndcg@5"]
    assert kept["problems"]["duplicates"] > problems["duplicates"]
