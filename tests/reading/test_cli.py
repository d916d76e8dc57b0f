"""`assay evaluate` as a script uses it: one document, exit codes, a file whole or not at all."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines.cli import main as cli
from pipelines.evaluation.metrics.names import MAIN
from pipelines.reading.problems import Problems
from pipelines.runtime import paths
from tests.data import mutations

LISTS = "user_id,item_id,rank\nu1,a,1\nu1,b,2\nu1,b,3\nu2,c,1\nu2,z,2\nu4,a,1\n"
TRUTH = "user_id,item_id\nu1,b\nu2,c\nu2,d\nu3,a\n"
TRAIN = "user_id,item_id\nu1,a\nu5,b\nu5,c\nu2,a\n"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def evaluate(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in this process; returns exit code, stdout, stderr."""

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["assay", "evaluate", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


@pytest.fixture
def files(tmp_path: Path) -> list[object]:
    for name, content in (("lists", LISTS), ("truth", TRUTH), ("train", TRAIN)):
        (tmp_path / f"{name}.csv").write_text(content)
    return ["--recommendations", tmp_path / "lists.csv", "--truth", tmp_path / "truth.csv"]


def test_the_document(evaluate: Run, files: list[object]) -> None:
    code, out, err = evaluate(*files, "--k", "1,2", "--json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert found["users"] == 3
    assert {f"{name}@{k}" for k in (1, 2) for name in MAIN} <= set(found["metrics"])
    assert all(m["low"] <= m["value"] <= m["high"] for m in found["metrics"].values())
    assert found["metrics"]["recall@2"]["value"] == pytest.approx((1 + 0.5 + 0) / 3)
    assert found["metrics"]["mrr@2"]["value"] == pytest.approx((0.5 + 1 + 0) / 3)
    met = {name: count for name, count in found["problems"].items() if count}
    assert met == {"missing_users": 1, "duplicates": 1, "extra_users": 1}
    assert {"missing_users", "duplicates", "unknown_items", "short_lists"} <= set(found["problems"])
    assert "Without a training file" in found["notes"][-1]
    assert (found["ordered_by"], found["seen"]) == ("rank", "keep")


def test_a_training_file_tells_what_is_known_and_adds_metrics(
    evaluate: Run, files: list[object], tmp_path: Path
) -> None:
    trained = [*files, "--train", tmp_path / "train.csv", "--k", "2", "--json"]
    _, out, _ = evaluate(*trained)
    found = json.loads(out)
    assert found["problems"]["unknown_items"] == 1  # z
    assert found["problems"]["unknown_truths"] == 1  # d
    assert found["problems"]["seen_items"] == 1
    assert {f"{name}@2" for name in (*MAIN, "coverage", "popularity_share")} <= set(
        found["metrics"]
    )
    assert found["metrics"]["coverage@2"]["value"] == 1
    assert found["metrics"]["mrr@2"]["value"] == pytest.approx((0.5 + 1 + 0) / 3)
    _, out, _ = evaluate(*trained, "--seen", "exclude")
    found = json.loads(out)
    assert found["seen"] == "exclude"
    assert found["metrics"]["mrr@2"]["value"] == pytest.approx((1 + 1 + 0) / 3)


def test_what_people_read(evaluate: Run, files: list[object]) -> None:
    code, out, _ = evaluate(*files, "--k", "2")
    assert code == 0
    assert out.startswith("3 users.")
    assert "NDCG@2" in out and "1 × users in the truth without a list (score 0)." in out


def test_each_users_values_are_written_whole(
    evaluate: Run, files: list[object], tmp_path: Path
) -> None:
    target = tmp_path / "values.parquet"
    code, out, err = evaluate(*files, "--k", "2", "--json", "--per-user", target)
    assert code == 0 and err.startswith("3 rows in ")
    values = pd.read_parquet(target)
    assert values["user_id"].tolist() == ["u1", "u2", "u3"]
    found = json.loads(out)["metrics"]
    assert list(values)[:7] == ["user_id", *(f"{name}@2" for name in MAIN)]
    for name in list(values)[1:]:
        assert values[name].mean() == pytest.approx(found[name]["value"])


def test_the_order_of_rows_changes_nothing_to_the_last_digit(
    evaluate: Run, files: list[object], tmp_path: Path
) -> None:
    words = [*files, "--train", tmp_path / "train.csv", "--json"]
    _, before, _ = evaluate(*words)
    for name in ("lists", "truth", "train"):
        path = tmp_path / f"{name}.csv"
        head, *rows = path.read_text().splitlines()
        path.write_text("\n".join([head, *reversed(rows)]) + "\n")
    assert evaluate(*words)[1] == before


@pytest.mark.parametrize("k", ["0000000002", " 02", "2"])
def test_zeros_before_a_length_are_nothing(k: str, evaluate: Run, files: list[object]) -> None:
    code, out, _ = evaluate(*files, "--k", k, "--json")
    assert code == 0
    assert {name.partition("@")[2] for name in json.loads(out)["metrics"]} == {"2"}


def test_a_mark_alone_is_refused(evaluate: Run, files: list[object], tmp_path: Path) -> None:
    path = tmp_path / "mark.jsonl"
    path.write_bytes(b"\xef\xbb\xbf")
    code, out, err = evaluate("--recommendations", path, *files[2:])
    assert (code, out, err) == (2, "", "assay: 'mark.jsonl' holds no text; export it again.\n")


MISTAKES: dict[str, tuple[list[str], str]] = {
    "no such file": (["--truth", "none.csv"], "There is no file 'none.csv'"),
    "k of 0": (["--k", "0"], "from 1 to 1,000"),
    "k below 0": (["--k", "-5"], "separated by commas"),
    "k of words": (["--k", "ten"], "separated by commas"),
    "no k": (["--k", ""], "separated by commas"),
    "a name too long": (["--truth", "x" * 300 + ".csv"], "is not a file name"),
    "values under a name too long": (["--per-user", "x" * 300 + ".parquet"], "is not a file name"),
    "k of zeros": (["--k", "0" * 5000], "from 1 to 1,000"),
    "k too large": (["--k", "10,99999999999999999999"], "from 1 to 1,000"),
    "another policy": (["--seen", "drop"], "--seen must be keep or exclude"),
    "exclude what": (["--seen", "exclude"], "needs --train"),
    "values as csv": (["--per-user", "a.csv"], "end 'a.csv' with .parquet"),
    "values nowhere": (["--per-user", "none/a.parquet"], "There is no folder"),
    "values in a folder": (["--per-user", "taken.parquet"], "is a folder"),
    "train without rows": (["--train", "bare.csv"], "has a user and an item"),
    "train is the truth of others": (["--train", "items.csv"], "no column user_id"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_sentence_and_nothing_is_written(
    mistake: str,
    evaluate: Run,
    files: list[object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words, says = MISTAKES[mistake]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bare.csv").write_text("user_id,item_id\n")
    (tmp_path / "items.csv").write_text("item_id,title\na,b\n")
    (tmp_path / "taken.parquet").mkdir()
    before = sorted(tmp_path.iterdir())
    target = [] if "--per-user" in words else ["--per-user", "values.parquet"]
    code, out, err = evaluate(*files, *words, *target, "--json")
    assert (code, out) == (2, "")
    assert err.startswith("assay: ") and says in err and err.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


def test_values_are_not_written_over_what_is_read(
    evaluate: Run, files: list[object], tmp_path: Path
) -> None:
    lists = tmp_path / "lists.parquet"
    pd.DataFrame({"user_id": ["u1"], "item_id": ["b"]}).to_parquet(lists)
    content = lists.read_bytes()
    words = ["--recommendations", lists, *files[2:], "--per-user", lists]
    code, _, err = evaluate(*words)
    assert code == 2 and "would overwrite the input" in err
    assert lists.read_bytes() == content


def test_values_are_not_written_into_a_folder_that_is_read(
    evaluate: Run, files: list[object], tmp_path: Path
) -> None:
    parts = tmp_path / "parts"
    (parts / "day=1").mkdir(parents=True)
    lists = pd.DataFrame({"user_id": ["u1"], "item_id": ["b"]})
    lists.to_parquet(parts / "day=1" / "0.parquet")
    (tmp_path / "link").symlink_to(parts)
    words = ["--recommendations", parts, *files[2:], "--per-user"]
    for target in ("parts/day=1/0.parquet", "parts/new.parquet", "link/new.parquet"):
        code, _, err = evaluate(*words, tmp_path / target)
        assert code == 2 and "would write into the input" in err
    assert [path.name for path in parts.rglob("*.parquet")] == ["0.parquet"]
    pd.testing.assert_frame_equal(pd.read_parquet(parts / "day=1" / "0.parquet"), lists)
    code, _, _ = evaluate(*words, parts / ".." / "values.parquet")
    assert code == 0


def test_a_file_that_may_not_be_read_is_said(
    evaluate: Run, files: list[object], tmp_path: Path
) -> None:
    path = tmp_path / "lists.csv"
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("the superuser may read anything")
    code, _, err = evaluate(*files)
    assert code == 2 and "No permission to read" in err


def test_broken_files_end_with_2_and_no_traceback(
    evaluate: Run, files: list[object], tmp_path: Path
) -> None:
    ended: dict[int, int] = {}
    for seed in range(40):
        file = mutations.case(seed)
        path = tmp_path / f"{seed}{Path(file.name).suffix}"
        path.write_bytes(file.content)
        code, out, err = evaluate("--recommendations", path, *files[2:], "--json")
        told: Any = json.loads(out) if code == 0 else err
        assert code in (0, 2), (seed, err)
        assert isinstance(told, dict) or (out == "" and told.count("\n") == 1), (seed, told)
        ended[code] = ended.get(code, 0) + 1
    assert ended[2] > 10  # their ids are not those of the truth


def test_each_problem_is_documented_as_it_is_counted() -> None:
    text = (paths.CHECKOUT / "docs" / "evaluate.md").read_text()
    for name, about in Problems.__dataclass_fields__.items():
        row = next(
            line for line in text.splitlines() if f"| `{name}`" in line or f", `{name}`" in line
        )
        if "`, `" not in row:
            assert f"| {about.metadata['description']} |" in row, name
            assert about.metadata["treatment"].split(":")[0].split(";")[0] in row, name
