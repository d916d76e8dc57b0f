"""`assay compare` as a script uses it."""

import json

import numpy as np
import pytest

from pipelines.workspace import Workspace
from tests.evaluation.comparison.test_across import draws, other, write


@pytest.fixture
def bakeoffs(assay_home):
    """Three bake-offs in the workspace: a and b answered one manifest, c another split."""
    workspace = Workspace.open(assay_home)
    folder = assay_home / "bakeoffs"
    base = draws(1)
    gain = base + np.random.default_rng(2).normal(0.05, 0.01, len(base))
    found = {
        "a": write(folder / "a", {"als": base, "popular": draws(3), "slow": draws(4)}),
        "b": write(folder / "b", {"als": gain, "popular": draws(3)}),
        "c": write(folder / "c", {"als": base}, other(split="last-n:5")),
    }
    for finished in found.values():
        workspace.save_bakeoff(finished.document, dataset_version=1)
    return folder


def test_two_bakeoffs_that_answered_one_manifest(assay, bakeoffs):
    words = ("compare", "b", "a", "--contender", "als", "--against", "als")
    code, out, _ = assay(*words, "--json")
    told = json.loads(out)
    assert code == 0
    assert set(told) == {"manifest", "users", "left", "right", "declared", "comparison"}
    assert (told["left"], told["right"]) == (
        {"bakeoff": "b", "contender": "als"}, {"bakeoff": "a", "contender": "als"},
    )  # fmt: skip
    assert (told["users"], told["declared"]) == (100, True)
    assert told["comparison"]["outcome"] == "better"
    code, out, _ = assay(*words)
    assert code == 0
    assert out.startswith(f"{told['comparison']['sentence']}\n100 users, paired")
    code, out, _ = assay("compare", "b", "a", "--contender", "als", "--metric", "recall@10")
    assert code == 0
    assert "recall@10" in out and "the declared metric is ndcg@10" in out
    code, out, _ = assay(*words, "--metric", "recall@10", "--json")
    assert json.loads(out)["declared"] is False


def test_folders_and_files_do_without_the_workspace(assay, bakeoffs, assay_home):
    (assay_home / "assay.db").unlink()
    code, out, _ = assay(
        "compare", bakeoffs / "b", bakeoffs / "a" / "document.json", "--contender", "als"
    )
    assert code == 0 and out.startswith("als in b beats als in a by 0.0499 NDCG@10")
    assert not (assay_home / "assay.db").exists()


def test_within_one_bakeoff(assay, bakeoffs):
    code, out, _ = assay("compare", "a", "--contender", "slow", "--against", "als")
    assert code == 0 and out.startswith("slow ")
    code, out, _ = assay("compare", "a", "--contender", "als", "--json")
    told = json.loads(out)
    assert told["right"] == {"bakeoff": "a", "contender": "popular"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("a", "c", "--contender", "als"), "split is time:0.9 in a and last-n:5 in c. Run"),
        (("a", "b", "c"), "one bake-off or two, not 3"),
        (("a",), "Choose a contender of bake-off a with --contender: als, popular, slow."),
        (("a", "b", "--contender", "slow"), "with --against: als, popular"),
        (("a", "b", "--contender", "nobody"), "Choose a contender of bake-off b"),
        (("a", "--contender", "broken"), "broken is failed in bake-off a"),
        (("a", "--contender", "als", "--against", "als"), "cannot be compared with itself"),
        (("a", "b", "--contender", "als", "--metric", "speed@10"), "'speed@10' has no per-user"),
        (("nothing",), "There is no bake-off 'nothing' in this workspace"),
        (("../..",), "There is no bake-off '../..' in this workspace"),
        (("nothing/document.json",), "There is no bake-off in nothing"),
        ((), "A [B]"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_one_sentence(assay, bakeoffs, words, says):
    code, out, err = assay("compare", *words)
    assert (code, out) == (2, "")
    assert says in err and "Traceback" not in err
