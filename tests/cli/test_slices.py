"""`assay slices` on a real bake-off whose contenders are each better for a known group."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipelines.cli import main as cli

DAY = 86_400
NEXT = """
schema = 1
name = "next"
title = "What follows"

[[candidates]]
stage = "transitions"
k = 20
"""


def write_events(folder: Path, users: int = 160, items: int = 60, events: int = 8) -> None:
    """Half of the users go through the items in turn, from anywhere; half take popular ones.

    Which half is a column of the users' table; all have as many events, at the same times.
    """
    rng = np.random.default_rng(0)
    odds = 1 / np.arange(1, items + 1) ** 1.5
    rows, plans = [], []
    for user in range(users):
        in_turn = bool(rng.integers(2))
        plans.append("in turn" if in_turn else "by fame")
        start = int(rng.integers(items))
        taken = (
            (start + np.arange(events)) % items
            if in_turn
            else rng.choice(items, events, replace=False, p=odds / odds.sum())
        )
        rows += [(f"u{user:03d}", f"i{item:02d}", 1_600_000_000 + DAY * at)
                 for at, item in enumerate(taken)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["user_id", "item_id", "timestamp"])
    frame.to_csv(folder / "events.csv", index=False)
    names = [f"u{user:03d}" for user in range(users)]
    table = pd.DataFrame({"user_id": names, "habit": plans})
    table["shoe {cm}, left"] = ["39", "42"] * (users // 2)
    table.to_csv(folder / "users.csv", index=False)
    (folder / "next.toml").write_text(NEXT)


def assay(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Runs a command in this process; returns exit code, stdout, stderr."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipelines.cli.options.register_samples", lambda workspace: None)
        patch.setattr(sys, "argv", ["assay", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


@pytest.mark.usefixtures("mlflow_store")
def test_whom_each_contender_is_for_is_found_in_a_real_bakeoff(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_events(tmp_path)
    events, users, spec = (str(tmp_path / f) for f in ("events.csv", "users.csv", "next.toml"))
    code, _, err = assay(
        ["data", "import", events, "--name", "mine", "--users", users, "--json"], capsys
    )
    assert code == 0, err
    run = ["bakeoff", spec, "--data", "mine", "--split", "last-n:1", "--k", "5", "--json"]
    code, out, err = assay(run, capsys)
    assert code == 0, err
    document = json.loads(out)
    ask = ["slices", document["id"], "--contender", "next"]

    code, out, _ = assay([*ask, "--json"], capsys)
    assert code == 0
    found = json.loads(out)
    assert (found["bakeoff"], found["contender"], found["against"], found["metric"]) == (
        document["id"], "next", "popular", "ndcg@5",
    )  # fmt: skip
    assert {d["name"]: d["kind"] for d in found["dimensions"]} == {
        "user.habit": "user",
        "user.shoe {cm}, left": "user",
        "popularity": "target",
    }
    assert found["skipped"]["events in the history"] == "it has the same value for all"
    first, lost = found["wins"][0], found["losses"][0]
    assert (first["dimensions"], first["values"]) == (["user.habit"], ["in turn"])
    assert first["certain"] and first["low"] > 0.3
    assert (lost["dimensions"], lost["values"]) == (["user.habit"], ["by fame"])
    assert first["n"] + lost["n"] == document["manifest"]["users"] == 160
    assert [r["kind"] for r in found["reversals"]][:1] == ["one slice"]
    assert found["reversals"][0]["cells"][0]["values"] == ["by fame"]
    assert {"n", "outcome", "mean", "against", "difference", "low", "high", "smallest_useful", "p",
            "p_adjusted", "looked"} <= set(found["cells"][0])  # fmt: skip

    code, out, _ = assay([*ask, "--by", "user.habit,popularity", "--metric", "recall@10"], capsys)
    assert code == 0
    assert "popularity × habit" in out and "too few" in out
    assert "1. Among users with habit “in turn” (" in out
    assert "Where popular wins" in out and "Reversals" in out

    assert "habit, shoe {cm}, left: The users table has no dates" in " ".join(out.split())

    code, out, _ = assay([*ask, "--by", "user.shoe {cm}, left", "--json"], capsys)
    assert code == 0
    assert [cell["values"] for cell in json.loads(out)["cells"]] == [["39"], ["42"]]

    for words, names in (
        (["--by", "color"], "user.habit, user.shoe {cm}, left, popularity"),
        (["--metric", "speed@9"], "ndcg@5, "),
        (["--against", "als"], "random, popular, next"),
        (["--against", "next"], "a contender other than"),
        (["--by", "user.habit,popularity,x"], "two dimensions"),
        (["--by", "user.habit,user.habit"], "must differ"),
        (["--metric", "novelty@5"], "Neither higher nor lower novelty@5 is better"),
    ):
        code, out, err = assay([*ask, *words, "--json"], capsys)
        assert (code, out) == (2, ""), words
        assert names in err and err.startswith("assay: ") and err.rstrip().endswith(".")
        assert err.count("\n") == 1
    code, _, err = assay(["slices", "nothing", "--contender", "next"], capsys)
    assert code == 2 and "nothing" in err
