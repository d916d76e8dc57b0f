"""What a contender's process leaves behind: stages of somebody else run in it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from pipelines.evaluation.bakeoff import lists_run, refits
from pipelines.evaluation.bakeoff import run as run_module
from pipelines.evaluation.bakeoff.process import run_in_child
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.run import run_bakeoff
from pipelines.testing.datasets import dataset
from tests.installed import outside_package

DATA = dataset()
GIVEN = {"dataset": DATA.name, "split": "last-n:2", "k": 5, "metric": "ndcg@5"}
STAGE = """
import os
from pipelines.stages.candidates.random import Random

class Chatty(Random):
    name = "chatty"
    title = "Chatty"
    draws = True
    def fit(self, interactions, catalogue):
        print({"share": 7})
        print('{"share": 7, "message": "nearly"}')
        print('{"share": "NaN", "message": null}')
        print("[" * 100_000, flush=True)
        os.write(1, bytes(range(128, 256)) + b"\\n")
        return super().fit(interactions, catalogue)
"""


def run(tmp_path: Path, **given):
    request = BakeoffRequest.of(GIVEN | {"refits": 1} | given)
    told = []
    document = run_bakeoff(
        DATA, request, tmp_path / "b", tmp_path / "stages", "b", lambda *one: told.append(one)
    )
    return document, told


def test_what_a_stage_prints_is_no_progress_and_stands_in_its_log(tmp_path):
    spec = {"name": "chatty", "candidates": [{"stage": "chatty", "k": 20}]}
    entry, modules = {"chatty": "my_stage.chatty:Chatty"}, {"my_stage/chatty.py": STAGE}
    with outside_package(tmp_path / "site", "assay.candidates", entry, modules):
        document, told = run(tmp_path, specs=[spec])
    assert document.contender("chatty").status == "scored", document.contender("chatty").reason
    assert all(0 <= share <= 1 and "nearly" not in message for share, message in told)
    log = (tmp_path / "b" / "contenders" / "chatty" / "log.txt").read_text(errors="replace")
    assert "{'share': 7}" in log and "nearly" in log and "[[[[" in log


def torn(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def lists(**arrays):
    def write(path: Path) -> None:
        with np.load(path) as found:
            np.savez(path, **(dict(found) | {n: change(found) for n, change in arrays.items()}))

    return write


DAMAGE = {
    "torn": ("answer.npz", torn, "answer.npz cannot be read"),
    "empty": ("answer.npz", lambda path: path.write_bytes(b""), "answer.npz cannot be read"),
    "gone": ("answer.npz", Path.unlink, "answer.npz was deleted or never written"),
    "no item": ("answer.npz", lists(items=lambda a: a["items"] + 10_000), "answer.npz cannot"),
    "too few": ("answer.npz", lists(items=lambda a: a["items"][:-1]), "answer.npz cannot"),
    "numbers": ("answer.npz", lists(items=lambda a: a["items"] * 0.5), "answer.npz cannot"),
    "rows": ("answer.npz", lists(step_rows=lambda a: a["step_rows"] + 1), "answer.npz cannot"),
    "step": ("answer.npz", lists(step_0=lambda a: a["step_0"][1:]), "answer.npz cannot be read"),
    "report": ("outcome.json", torn, "Its report cannot be read"),
    "other report": (
        "outcome.json",
        lambda path: path.write_text('{"status": "splendid"}'),
        "Its report cannot be read (status:",
    ),
}


def damaged(monkeypatch: pytest.MonkeyPatch, name: str, change, fits=(0,)) -> None:
    """Let files of Popular's process be changed before they are read, as it ends."""

    def outcome(entry, folder, here, stages, progress, fit=0, lists_only=False):
        found = run_in_child(entry, folder, here, stages, progress, fit, lists_only)
        if entry.name == "random" and fit in fits:
            change(here / name)
        return found

    for module in (run_module, lists_run, refits):
        monkeypatch.setattr(module, "run_in_child", outcome)


@pytest.mark.parametrize("what", [what for what, (name, *_) in DAMAGE.items() if "npz" in name])
def test_a_contender_whose_lists_cannot_be_read_fails_alone(tmp_path, monkeypatch, what):
    name, change, reason = DAMAGE[what]
    damaged(monkeypatch, name, change)
    document, _ = run(tmp_path)
    random = document.contender("random")
    assert random.status == "failed" and reason in random.reason
    assert document.contender("popular").status == "scored"


def test_a_further_fit_whose_lists_cannot_be_read_is_left_out(tmp_path, monkeypatch):
    damaged(monkeypatch, "answer.npz", torn, fits=(1,))
    document, _ = run(tmp_path, refits=3)
    random = document.contender("random")
    (note,) = random.notes
    assert note.startswith("Fit 2 of 3, with another seed, is left out: This bake-off's answer.npz")
    assert random.status == "scored" and random.spread.refits == 2


def test_answers_to_repeated_requests_that_cannot_be_read_leave_two_tests_out(
    tmp_path, monkeypatch
):
    damaged(monkeypatch, "probes.npz", torn)
    document, _ = run(tmp_path)
    random = document.contender("random")
    assert random.status == "scored"
    out = [one for one in random.behavior if "repeated requests cannot be read" in one.sentence]
    assert {one.state for one in out} == {"not run"} and len(out) >= 2


@pytest.mark.parametrize("what", [what for what, (name, *_) in DAMAGE.items() if "json" in name])
def test_a_contender_whose_report_cannot_be_read_has_failed(tmp_path, what):
    from pipelines.evaluation.bakeoff.process import _outcome

    name, change, reason = DAMAGE[what]
    (tmp_path / name).write_text('{"status": "scored", "reason": ""}')
    change(tmp_path / name)
    found = _outcome(tmp_path, 0)
    assert found.status == "failed" and reason in found.reason
