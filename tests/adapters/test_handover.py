import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.adapters import handover
from pipelines.data.dataset import Dataset
from pipelines.data.split import Split, split
from pipelines.errors import AssayError
from pipelines.schema import Vocabulary, hash_of_ids


def rows_in(folder: Path) -> list[dict[str, str]]:
    with (folder / "interactions.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_training_rows_alone_are_handed_over(dataset: Dataset, cut: Split, tmp_path: Path) -> None:
    about = handover.write(dataset, cut, tmp_path / "given", 5)
    rows = rows_in(tmp_path / "given")
    assert len(rows) == len(cut.train) == about["train_rows"]
    assert set(rows[0]) == {"USER_ID", "ITEM_ID", "EVENT_VALUE", "TIMESTAMP"}
    assert cut.cutoff is not None
    assert max(int(row["TIMESTAMP"]) for row in rows) == about["trained_through"] < cut.cutoff
    given = {(row["USER_ID"], row["ITEM_ID"], int(row["TIMESTAMP"])) for row in rows}
    items, users = dataset.catalogue.items, dataset.users
    for query, user in enumerate(users.decode(cut.queries.user)):
        for item in items.decode(cut.truth.row(query)):
            assert not any(row[:2] == (user, item) for row in given)


def test_no_file_holds_what_the_users_took_up_later(dataset: Dataset, tmp_path: Path) -> None:
    cut = split(dataset.interactions, "time:0.7", eval_users=6)
    handover.write(dataset, cut, tmp_path / "given", 5)
    held = set(dataset.interactions.time.tolist()) - set(cut.train.time.tolist())
    whole = "".join(file.read_text() for file in (tmp_path / "given").iterdir())
    moments = {str(moment) for moment in held} - {str(cut.cutoff)}
    assert not [moment for moment in moments if moment in whole]


def test_users_hashes_and_steps_stand_beside_them(
    dataset: Dataset, cut: Split, tmp_path: Path
) -> None:
    folder = tmp_path / "deep" / "given"
    about = handover.write(dataset, cut, folder, 5)
    users = [json.loads(line)["userId"] for line in (folder / "users.jsonl").open()]
    assert users == dataset.users.decode(cut.queries.user).tolist()
    assert about["users_sha256"] == hash_of_ids(users)
    assert json.loads((folder / "handover.json").read_text()) == about
    assert about["num_results"] == 5 + int(cut.queries.lengths.max())
    schema = json.loads((folder / "schema-interactions.json").read_text())
    assert [field["name"] for field in schema["fields"]] == list(rows_in(folder)[0])
    steps = (folder / "README.txt").read_text()
    assert f"numResults = {about['num_results']}" in steps
    assert "Too little data for the service" in steps
    assert {path.name for path in folder.iterdir()} == set(handover.FILES)


def test_under_last_n_no_date_is_claimed(dataset: Dataset, tmp_path: Path) -> None:
    about = handover.write(dataset, split(dataset.interactions, "last-n:2"), tmp_path / "g", 5)
    assert about["trained_through"] is None
    assert about["cutoff"] is None
    assert about["split"] == "last-n:2"


def test_odd_ids_survive_the_csv(dataset: Dataset, cut: Split, tmp_path: Path) -> None:
    ids = dataset.users.ids.copy()
    ids[:3] = ['a,"b"', "ü\nx", " 007 "]
    odd = replace(dataset, users=Vocabulary(ids))
    handover.write(odd, cut, tmp_path / "given", 5)
    assert set(ids[:3].tolist()) <= {row["USER_ID"] for row in rows_in(tmp_path / "given")}


def test_a_folder_in_use_is_left_alone(dataset: Dataset, cut: Split, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(AssayError, match="in use"):
        handover.write(dataset, cut, tmp_path, 5)
    with pytest.raises(AssayError, match="in use"):
        handover.write(dataset, cut, tmp_path / "mine.txt", 5)
    assert (tmp_path / "mine.txt").read_text() == "mine"
    (tmp_path / "empty").mkdir()
    handover.write(dataset, cut, tmp_path / "empty", 5)


def test_half_a_folder_is_never_left(dataset: Dataset, cut: Split, tmp_path: Path) -> None:
    # The name goes into the README, which is written last and cannot encode it.
    about = dataset.about.model_copy(update={"name": "\ud800"})
    with pytest.raises(UnicodeEncodeError):
        handover.write(replace(dataset, about=about), cut, tmp_path / "out" / "given", 5)
    assert list((tmp_path / "out").iterdir()) == []


def test_ids_that_are_too_long_are_refused(dataset: Dataset, cut: Split, tmp_path: Path) -> None:
    ids = dataset.users.ids.copy()
    ids[0] = "x" * 257
    with pytest.raises(AssayError, match="257 characters"):
        handover.write(replace(dataset, users=Vocabulary(ids)), cut, tmp_path / "given", 5)
    assert not (tmp_path / "given").exists()
