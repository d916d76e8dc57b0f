"""What a finished bake-off's folder holds, part by part, and what is said of what it lacks."""

import json

import numpy as np
import pandas as pd
import pytest

from pipelines.errors import AssayError
from pipelines.evaluation.results.folder import PER_USER, BakeoffFolder, read_document


@pytest.fixture
def kept(tmp_path):
    here = tmp_path / "contenders" / "als"
    here.mkdir(parents=True)
    values = {"user_id": ["u1", "u2"], "ndcg@10": [0.5, np.nan], "recall@10": [1.0, 0.0]}
    pd.DataFrame(values).to_parquet(here / PER_USER, index=False)
    return BakeoffFolder(tmp_path)


def test_values_and_users_stand_in_the_same_order(kept):
    assert kept.users("als").tolist() == ["u1", "u2"]
    assert kept.metrics("als") == ["ndcg@10", "recall@10"]
    np.testing.assert_array_equal(kept.values("als", "ndcg@10"), [0.5, np.nan])
    np.testing.assert_array_equal(kept.values("als", "recall@10"), [1.0, 0.0])


def test_a_metric_is_read_once_and_others_not_at_all(kept):
    first = kept.values("als", "ndcg@10")
    (kept.path / "contenders" / "als" / PER_USER).unlink()
    np.testing.assert_array_equal(kept.values("als", "ndcg@10"), first)
    with pytest.raises(AssayError, match=r"per_user\.parquet was deleted or never written"):
        kept.values("als", "recall@10")


def test_a_metric_that_was_not_kept_is_told_by_name(kept):
    with pytest.raises(AssayError, match="The per-user values of map@10 for als are not stored"):
        kept.values("als", "map@10")


def test_a_metric_of_all_lists_is_not_missed(kept):
    with pytest.raises(AssayError, match="coverage@10 is one number over all lists together"):
        kept.values("als", "coverage@10")


@pytest.mark.parametrize("part", ["requests", "slices", "item_slices"])
def test_an_older_folder_says_what_it_lacks(kept, part):
    with pytest.raises(AssayError, match=r"(asked|slices)\.\w+ was deleted or never written"):
        getattr(kept, part)
    with pytest.raises(AssayError, match=r"answer\.npz"):
        kept.lists("als")


def halved(data):
    return data[: len(data) // 2]


def flipped(data):
    return data[:40] + bytes(byte ^ 255 for byte in data[40:])


@pytest.mark.parametrize("damage", [halved, flipped, lambda _: b"", lambda _: b"x" * 200])
@pytest.mark.parametrize("name", ["asked.npz", "slices.parquet", "answer.npz", "per_user.parquet"])
def test_a_damaged_file_is_a_sentence(name, damage, tmp_path):
    here = tmp_path / "contenders" / "als"
    here.mkdir(parents=True)
    few = np.arange(3, dtype=np.int32)
    rows = {"user": few, "truth_rows": few, "now": few, "history": few, "truth": few}
    rows |= {"history_indptr": np.arange(4), "truth_indptr": np.arange(4)}
    np.savez_compressed(tmp_path / "asked.npz", **rows)
    np.savez(here / "answer.npz", items=np.zeros((3, 2), np.int32))
    frame = pd.DataFrame({"user_id": ["a", "b", "c"], "ndcg@10": [0.0, 1.0, 0.5]})
    frame.to_parquet(here / "per_user.parquet")
    frame.to_parquet(tmp_path / "slices.parquet")

    def read(folder):
        folder.users("als"), folder.values("als", "ndcg@10"), folder.lists("als")
        return folder.requests, folder.slices

    read(BakeoffFolder(tmp_path))
    file = next(tmp_path.rglob(name))
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(AssayError, match=f"This bake-off's {name} cannot be read"):
        read(BakeoffFolder(tmp_path))


def test_a_document_of_a_newer_version_is_a_sentence(tmp_path):
    values = {"id": "x", "dataset": "shop", "created": "", "manifest": {}, "contenders": []}
    (tmp_path / "document.json").write_text(json.dumps(values | {"comparisons": [], "new": 1}))
    with pytest.raises(AssayError, match=r"\(new: Extra inputs .* newer version of Assay"):
        read_document(tmp_path)
    for text in ("", "{", "[" * 100_000):
        (tmp_path / "document.json").write_text(text)
        with pytest.raises(AssayError, match="There is no bake-off in"):
            read_document(tmp_path)


MADE_UP = {
    "asked.npz": lambda path: np.savez(path, user=np.arange(3)),
    "answer.npz": lambda path: np.savez(path, items=np.zeros(3)),
    "probes.npz": lambda path: np.savez(path, why_not=""),
    "lists.parquet": lambda path: pd.DataFrame({"user_id": ["a"]}).to_parquet(path),
    "truth.parquet": lambda path: pd.DataFrame({"user_id": ["a"]}).to_parquet(path),
    "per_user.parquet": lambda path: pd.DataFrame({"x": [1]}).to_parquet(path),
}


@pytest.mark.parametrize("name", MADE_UP)
def test_a_made_up_file_is_a_sentence(name, tmp_path):
    from pipelines.evaluation.bakeoff.opened import Opened, truth_of
    from pipelines.evaluation.behavior.probes import Probes
    from pipelines.evaluation.results.document import ContenderResult

    here = tmp_path / "contenders" / "als"
    here.mkdir(parents=True)
    MADE_UP[name]((tmp_path if name in ("asked.npz", "truth.parquet") else here) / name)
    result = ContenderResult(name="als", title="ALS", kind="third-party", status="scored")
    reads = {
        "asked.npz": lambda: BakeoffFolder(tmp_path).requests,
        "answer.npz": lambda: BakeoffFolder(tmp_path).lists("als"),
        "probes.npz": lambda: Probes.load(here),
        "lists.parquet": lambda: Opened(result, here).recommend(users=["a"]),
        "truth.parquet": lambda: truth_of(tmp_path, "a"),
        "per_user.parquet": lambda: BakeoffFolder(tmp_path).users("als"),
    }
    with pytest.raises(AssayError, match=f"This bake-off's {name} cannot be read"):
        reads[name]()


def test_requests_whose_rows_lead_outside_are_a_sentence(tmp_path):
    few = np.arange(3, dtype=np.int32)
    rows = {"user": few, "truth_rows": few, "now": few, "history": few, "truth": few}
    far = np.array([0, 1, 1 << 40, 3])
    np.savez(tmp_path / "asked.npz", **rows, history_indptr=np.arange(4), truth_indptr=far)
    with pytest.raises(AssayError, match=r"asked\.npz cannot be read"):
        _ = BakeoffFolder(tmp_path).requests
