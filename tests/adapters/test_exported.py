import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipelines.adapters import handover
from pipelines.adapters.contract import NotComparable, Task
from pipelines.adapters.exported.adapter import Exported
from pipelines.adapters.training import rows_hash
from pipelines.data.dataset import Dataset
from pipelines.data.split import Split, split
from pipelines.errors import AssayError
from pipelines.registry import lookup
from pipelines.testing import AdapterTests
from pipelines.testing.adapter_data import task_of

Lists = dict[str, list[str]]


def lists_of(task: Task) -> Lists:
    """A list of all items per user, shuffled with a seed."""
    draw = random.Random(1)
    return {user: draw.sample(task.item_ids, len(task.item_ids)) for user in task.users}


def lines_of(lists: Lists) -> str:
    lines = []
    for user, items in lists.items():
        scores = [1 / (place + 1) for place in range(len(items))]
        output = {"recommendedItems": items, "scores": scores}
        lines.append(json.dumps({"input": {"userId": user}, "output": output, "error": None}))
    return "\n".join(lines) + "\n"


def frame_of(lists: Lists) -> pd.DataFrame:
    rows = [
        (user, item, place + 1, 1 / (place + 1))
        for user, items in lists.items()
        for place, item in enumerate(items)
    ]
    return pd.DataFrame(rows, columns=["user_id", "item_id", "rank", "score"])


def write_meta(file: Path, task: Task, **more: object) -> None:
    meta = {"trained_through": task.cutoff, **more}
    file.with_name(file.name + ".meta.json").write_text(json.dumps(meta))


def prepared(file: Path, task: Task) -> Exported:
    adapter = Exported(str(file))
    adapter.prepare(task)
    return adapter


class TestBatchOutput(AdapterTests):
    @pytest.fixture
    def fresh(self, task: Task, tmp_path: Path) -> Exported:
        file = tmp_path / "lists.json.out"
        file.write_text(lines_of(lists_of(task)))
        write_meta(file, task)
        return Exported(str(file))


class TestTable(AdapterTests):
    @pytest.fixture
    def fresh(self, task: Task, tmp_path: Path) -> Exported:
        file = tmp_path / "lists.csv"
        frame_of(lists_of(task)).to_csv(file, index=False)
        write_meta(file, task)
        return Exported(str(file))


def test_it_is_found_by_its_name() -> None:
    assert lookup("adapters", "exported") is Exported


def as_jsonl(lists: Lists, folder: Path) -> Path:
    file = folder / "a.jsonl"
    file.write_text(lines_of(lists))
    return file


def as_csv(lists: Lists, folder: Path) -> Path:
    file = folder / "a.csv"
    frame_of(lists).sample(frac=1, random_state=3).to_csv(file, index=False)
    return file


def as_scores(lists: Lists, folder: Path) -> Path:
    file = folder / "b.csv"
    shuffled = frame_of(lists).sample(frac=1, random_state=3).drop(columns="rank")
    shuffled.rename(columns=str.upper).to_csv(file, index=False)
    return file


def as_order(lists: Lists, folder: Path) -> Path:
    file = folder / "c.csv"
    frame_of(lists)[["user_id", "item_id"]].to_csv(file, index=False)
    return file


def as_parquet(lists: Lists, folder: Path) -> Path:
    file = folder / "a.parquet"
    frame_of(lists).sample(frac=1, random_state=4).to_parquet(file)
    return file


def as_folder(lists: Lists, folder: Path) -> Path:
    parts = folder / "parts"
    parts.mkdir()
    users = list(lists)
    half = len(users) // 2
    (parts / "0.out").write_text(lines_of({user: lists[user] for user in users[:half]}))
    (parts / "1.out").write_text(lines_of({user: lists[user] for user in users[half:]}))
    return parts


@pytest.mark.parametrize("write", [as_jsonl, as_csv, as_scores, as_order, as_parquet, as_folder])
def test_the_same_lists_are_the_same_from_every_form(
    write: Callable[[Lists, Path], Path], task: Task, tmp_path: Path
) -> None:
    lists = lists_of(task)
    file = write(lists, tmp_path)
    write_meta(file, task)
    adapter = prepared(file, task)
    replies = adapter.recommend(task, 7)
    assert [list(reply.items) for reply in replies] == [lists[user][:7] for user in task.users]
    assert adapter.problems == {}


def test_whole_number_ids_are_the_same_from_parquet_and_csv(task: Task, tmp_path: Path) -> None:
    other = replace(task, users=["7"], histories=[[]], now=task.now[:1], item_ids=["1", "2"])
    frame = pd.DataFrame({"user_id": [7.0, 7.0], "item_id": [2, 1]})
    frame.to_parquet(tmp_path / "a.parquet")
    write_meta(tmp_path / "a.parquet", task)
    adapter = prepared(tmp_path / "a.parquet", other)
    assert adapter.recommend(other, 5)[0].items == ("2", "1")


def test_ids_stay_the_text_they_are(task: Task, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("user_id,item_id\n007,NA\n007,1e3\n")
    write_meta(file, task)
    other = replace(task, users=["007"], histories=[[]], now=task.now[:1], item_ids=["NA", "1e3"])
    assert prepared(file, other).recommend(other, 5)[0].items == ("NA", "1e3")


# --- what it was trained on


def test_without_a_date_it_is_not_comparable(task: Task, tmp_path: Path) -> None:
    file = as_csv(lists_of(task), tmp_path)
    with pytest.raises(NotComparable, match="training data is unknown"):
        prepared(file, task)


def test_the_date_may_follow_the_name(task: Task, tmp_path: Path) -> None:
    file = as_csv(lists_of(task), tmp_path)
    adapter = Exported(f"{file}@2016-07-31")
    adapter.prepare(task)
    assert adapter.notes[0].startswith("Trained through 2016-07-31 23:59:59 UTC, ")
    late = Exported(f"{file}@2016-09-01")
    with pytest.raises(NotComparable, match="after the cut-off"):
        late.prepare(task)


def test_a_name_may_hold_an_at_sign(task: Task, tmp_path: Path) -> None:
    file = tmp_path / "lists@2016-01-01"
    file.mkdir()
    assert Exported(str(file)).path == file


@pytest.mark.parametrize("meta", ["", "[]", "{", '{"trained_through": "soon"}'])
def test_a_claim_that_cannot_be_read_is_said(meta: str, task: Task, tmp_path: Path) -> None:
    file = as_csv(lists_of(task), tmp_path)
    (tmp_path / "a.csv.meta.json").write_text(meta)
    with pytest.raises(AssayError, match=r"trained_through|JSON"):
        prepared(file, task)


def test_under_last_n_the_handed_over_rows_are_asked_for(dataset: Dataset, tmp_path: Path) -> None:
    cut = split(dataset.interactions, "last-n:2")
    task = task_of(dataset, cut, tmp_path / "contender")
    handover.write(dataset, cut, tmp_path / "given", 5)
    file = as_jsonl(lists_of(task), tmp_path / "given")
    adapter = prepared(file.parent, task)
    assert [reply.error for reply in adapter.recommend(task, 5)] == [None] * len(task.users)
    assert adapter.problems == {}
    lonely = as_jsonl(lists_of(task), tmp_path)
    with pytest.raises(NotComparable, match="no single cut-off"):
        prepared(lonely, task)
    other: Split = split(dataset.interactions, "last-n:3")
    with pytest.raises(NotComparable, match="other rows"):
        prepared(file.parent, task_of(dataset, other, tmp_path / "contender"))


# --- odd answers


def test_failed_lines_and_missing_users_are_replies_with_errors(task: Task, tmp_path: Path) -> None:
    lists = lists_of(task)
    first, second, third, _, *rest = task.users
    lines = [
        {"input": {"userId": first}, "output": {"recommendedItems": []}, "error": "No such user"},
        {"input": {"userId": second}, "output": {"recommendedItems": lists[second]}},
        {"input": {"userId": third}, "output": None},
    ]
    file = tmp_path / "a.out"
    text = "\n".join(json.dumps(line) for line in lines)
    file.write_text(f"{text}\n{{broken\n\n[1]\n{lines_of({user: lists[user] for user in rest})}")
    write_meta(file, task)
    adapter = prepared(file, task)
    replies = adapter.recommend(task, 5)
    assert replies[0].error == "the vendor reports: No such user"
    assert replies[1].error is None
    assert replies[1].scores is None
    assert replies[2].error == "the line has no recommendedItems"
    assert replies[3].error == "a.out has no line for this user"
    assert all(reply.error is None for reply in replies[4:])
    assert adapter.problems == {
        "lines that are not JSON": 1,
        "lines without a user": 1,
        "lines without recommendedItems": 1,
    }
    assert "1 lines that are not JSON" in adapter.notes


def test_repeats_unknown_items_and_strangers_are_counted(task: Task, tmp_path: Path) -> None:
    lists = lists_of(task)
    user = task.users[0]
    lists[user] = ["i999", "i001", "i001", "i002"]
    lists["stranger"] = ["i001"]
    file = tmp_path / "a.out"
    file.write_text(lines_of(lists) + lines_of({user: ["i003"]}))
    write_meta(file, task)
    adapter = prepared(file, task)
    reply = adapter.recommend(task, 10)[0]
    assert reply.items == ("i999", "i001", "i002")
    assert reply.scores == (1.0, 0.5, 0.25)
    assert adapter.problems == {
        "lists shorter than k": 1,
        "positions with an unknown item": 1,
        "repeated items": 1,
        "users listed twice": 1,
        "users that were not requested": 1,
    }


def test_conflicting_ranks_are_counted_and_settled_by_order(task: Task, tmp_path: Path) -> None:
    user = task.users[0]
    file = tmp_path / "a.csv"
    rows = "i001,2,.1\ni002,1,.2\ni003,1,.9\ni004,x,.3\n,5,.1\n"
    file.write_text("user_id,item_id,rank,score\n" + "".join(
        f"{user},{row}\n" for row in rows.splitlines()
    ))  # fmt: skip
    write_meta(file, task)
    adapter = prepared(file, task)
    assert adapter.recommend(task, 9)[0].items == ("i002", "i003", "i001", "i004")
    assert adapter.problems == {
        "lists shorter than k": 1,
        "positions with the same rank as the position before": 1,
        "positions without a rank": 1,
        "rows without a user or an item": 1,
        "users whose scores contradict the ranks": 1,
    }


def test_ranks_that_cannot_be_read_are_counted(task: Task, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(
        f"user_id,item_id,rank\n{task.users[0]},i002,second\n{task.users[0]},i001,first\n"
    )
    write_meta(file, task)
    adapter = prepared(file, task)
    assert adapter.recommend(task, 9)[0].items == ("i002", "i001")
    assert adapter.problems["positions without a rank"] == 2


@pytest.mark.parametrize("scores", ["[1, 2]", '["a", "b", "c"]', "[NaN, 1, 2]", "7"])
def test_unusable_scores_leave_the_list(scores: str, task: Task, tmp_path: Path) -> None:
    file = tmp_path / "a.out"
    items = '["i001", "i002", "i003"]'
    output = f'{{"recommendedItems": {items}, "scores": {scores}}}'
    file.write_text(f'{{"input": {{"userId": "{task.users[0]}"}}, "output": {output}}}\n')
    write_meta(file, task)
    adapter = prepared(file, task)
    reply = adapter.recommend(task, 3)[0]
    assert (reply.items, reply.scores) == (("i001", "i002", "i003"), None)
    assert adapter.problems["lists with unusable scores"] == 1


BAD = {
    "empty.csv": b"",
    "empty.out": b"",
    "head.csv": b"user_id,item_id\n",
    "page.csv": b"<!DOCTYPE html><html><body>Sign in</body></html>\n",
    "page.json": b"<!DOCTYPE html><html><body>Sign in</body></html>\n",
    "binary.csv": bytes(np.random.default_rng(0).integers(0, 256, 4096, dtype=np.uint8)),
    "binary.out": bytes(np.random.default_rng(0).integers(0, 256, 4096, dtype=np.uint8)),
    "binary.parquet": b"PAR1 nothing PAR1",
    "wrong.csv": b"title,price\nSalt,3\n",
    "long.out": b"x" * 10**6 + b"\n",
    "lists.txt": b"user_id,item_id\nu,i\n",
    "users.jsonl": b'{"userId": "u001"}\n',
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_with_one_sentence(name: str, task: Task, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(BAD[name])
    write_meta(file, task)
    with pytest.raises(AssayError) as refused:
        prepared(file, task)
    assert "user_id" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_missing_file_an_empty_folder_and_no_name_are_refused(task: Task, tmp_path: Path) -> None:
    with pytest.raises(AssayError, match="There is no file"):
        prepared(tmp_path / "none.csv", task)
    (tmp_path / "empty").mkdir()
    write_meta(tmp_path / "empty", task)
    with pytest.raises(AssayError, match="has no lists"):
        prepared(tmp_path / "empty", task)
    with pytest.raises(AssayError, match="Name the file"):
        Exported("")


def test_a_very_long_line_is_read(task: Task, tmp_path: Path) -> None:
    user = task.users[0]
    file = tmp_path / "a.out"
    file.write_text(lines_of({user: [f"i{n:06d}" for n in range(60_000)]}))
    assert file.stat().st_size > 10**6
    write_meta(file, task)
    known = replace(task, item_ids=[f"i{n:06d}" for n in range(0, 60_000, 2)])
    items = prepared(file, known).recommend(known, 500)[0].items
    assert len(set(items) & set(known.item_ids)) == 500
    assert items[-1] == "i000998"  # what is not known takes none of the 500 places


def test_the_hash_of_the_task_is_the_hash_of_the_export(
    dataset: Dataset, cut: Split, task: Task, tmp_path: Path
) -> None:
    about = handover.write(dataset, cut, tmp_path / "given", 5)
    assert about["train_sha256"] == rows_hash(task.train)
