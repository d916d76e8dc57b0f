"""The contenders of a finished bake-off, asked again by name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff.child import LISTS
from pipelines.evaluation.bakeoff.opened import (
    Opened,
    evaluated_users,
    history_of,
    open_contender,
    truth_of,
)
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.run import run_bakeoff
from pipelines.evaluation.results.document import ContenderResult
from pipelines.evaluation.results.folder import (
    DOCUMENT,
    OLDER_PIPELINE,
    PIPELINE,
    read_document,
)
from pipelines.testing.datasets import dataset

DATA = dataset()
EASE = {"schema": 1, "name": "linear-model", "candidates": [{"stage": "ease", "l2": 10.0}]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A bake-off with a third party that answered for all users but the last."""
    home = tmp_path_factory.mktemp("recommend")
    asked = {"dataset": DATA.name, "specs": [EASE], "split": "last-n:2", "k": 5, "metric": "ndcg@5"}
    document = run_bakeoff(DATA, BakeoffRequest.of(asked), home / "b", home / "stages", "b")
    made = [
        vendor(name="vendor", title="Vendor", status="not scored", reason="It gave no list for 1."),
        vendor(name="late", title="Late", status="not comparable", reason="It saw the answers."),
    ]
    document = document.model_copy(update={"contenders": [*document.contenders, *made]})
    (home / "b" / DOCUMENT).write_text(document.model_dump_json())
    users = evaluated_users(home / "b")[:-1]
    lists = pd.DataFrame(
        {
            "user_id": np.repeat(users, 4),
            "item_id": ["i000", "i002", "i004", "i006"] * len(users),
            "rank": np.tile(np.arange(1, 5, dtype=np.int32), len(users)),
            "score": np.zeros(4 * len(users), np.float32),
        }
    )
    for name, rows in (("vendor", lists), ("late", lists[:0])):
        here = home / "b" / "contenders" / name
        here.mkdir()
        rows.to_parquet(here / LISTS, index=False)
    return home / "b"


def vendor(**fields) -> ContenderResult:
    return ContenderResult(kind="third-party", **fields)


def away(folder, name: str, tmp_path) -> Opened:
    """The contender as it is once its fitted pipeline has been deleted."""
    return Opened(open_contender(folder, name).result, tmp_path / "nowhere")


def test_a_built_contender_answers_users_and_histories(folder) -> None:
    opened = open_contender(folder, "linear-model")
    assert opened.live and opened.can_answer_history and opened.why_not == ""
    users = [evaluated_users(folder)[n] for n in (5, 2)]
    lists = opened.recommend(users=users, k=3)
    assert lists["user_id"].tolist() == np.repeat(users, 3).tolist()
    made_up = opened.recommend(histories=[["i000", "i002", "i004"]], k=4)
    assert made_up["rank"].tolist() == [1, 2, 3, 4]
    named = opened.with_titles(made_up)
    number = int(made_up["item_id"][0][1:])
    assert named["title"][0] == f"Title {number}"


def test_a_shorter_list_is_the_first_places_of_a_longer_one(folder) -> None:
    opened = open_contender(folder, "linear-model")
    users = evaluated_users(folder)[:5]
    few, many = (opened.recommend(users=users, k=k) for k in (2, 12))
    kept = many[many["rank"] <= 2].reset_index(drop=True)
    pd.testing.assert_frame_equal(few, kept)


@pytest.mark.parametrize("k", [0, -3])
def test_a_list_without_places_is_refused(folder, k: int) -> None:
    with pytest.raises(AssayError, match="it must be 1 or more"):
        open_contender(folder, "popular").recommend(users=evaluated_users(folder)[:1], k=k)


def test_nobody_asked_is_an_empty_table(folder) -> None:
    for name in ("linear-model", "vendor"):
        empty = open_contender(folder, name).recommend(users=[], k=3)
        assert empty.empty and list(empty) == ["user_id", "item_id", "rank", "score"]


def test_an_unknown_user_or_item_is_named(folder) -> None:
    opened = open_contender(folder, "linear-model")
    with pytest.raises(AssayError, match="no user 'nobody'"):
        opened.recommend(users=["u000", "nobody"])
    with pytest.raises(AssayError, match="no item 'nothing'"):
        opened.recommend(histories=[["i000", "nothing"]])
    with pytest.raises(AssayError, match="not both or neither"):
        opened.recommend()
    with pytest.raises(AssayError, match="either a history or a user"):
        opened.trace()


def test_an_unknown_contender_is_answered_with_those_there_are(folder) -> None:
    with pytest.raises(AssayError, match=r"'acme'.*random, popular, linear-model, vendor, late"):
        open_contender(folder, "acme")


def test_a_third_party_shows_what_it_answered(folder) -> None:
    opened = open_contender(folder, "vendor")
    assert not opened.live
    users = [evaluated_users(folder)[n] for n in (4, 1)]
    lists = opened.recommend(users=users, k=2)
    assert lists["user_id"].tolist() == np.repeat(users, 2).tolist()
    assert lists["item_id"].tolist() == ["i000", "i002"] * 2
    assert lists["rank"].tolist() == [1, 2, 1, 2]
    assert opened.with_titles(lists) is lists  # it knows no titles


def test_a_third_party_says_why_it_has_no_list(folder) -> None:
    opened = open_contender(folder, "vendor")
    with pytest.raises(AssayError, match="was not asked about user 'somebody'"):
        opened.recommend(users=["somebody"])
    with pytest.raises(AssayError, match="gave no list for user"):
        opened.recommend(users=[evaluated_users(folder)[-1]])
    with pytest.raises(AssayError, match="a made-up history has no user id"):
        opened.recommend(histories=[["i000"]])
    with pytest.raises(AssayError, match="a made-up history has no user id"):
        opened.trace(["i000"])
    late = open_contender(folder, "late")
    assert late.why_not == "Late gave no lists: It saw the answers."
    with pytest.raises(AssayError, match="Late gave no lists"):
        late.recommend(users=evaluated_users(folder)[:1])


@pytest.mark.parametrize("name", ["linear-model", "popular"])
def test_a_pipeline_that_is_gone_is_not_taken_for_a_third_party(folder, name, tmp_path) -> None:
    opened = away(folder, name, tmp_path)
    assert "no longer stored; run the bake-off again" in opened.why_not
    with pytest.raises(AssayError, match="no longer stored"):
        opened.recommend(histories=[["i000"]])


def test_histories_and_truths_by_name(folder) -> None:
    user = evaluated_users(folder)[3]
    code = int(DATA.users.encode([user])[0])
    rows = DATA.interactions.item[DATA.interactions.user == code]
    taken = DATA.catalogue.items.decode(rows).tolist()
    fitted = open_contender(folder, "linear-model").fitted
    assert history_of(fitted, user) == taken[:-2]
    assert truth_of(folder, user) == taken[-2:]
    assert history_of(fitted, "nobody") == truth_of(folder, "nobody") == []


def test_the_trace_is_of_the_list_that_is_shown(folder) -> None:
    opened = open_contender(folder, "linear-model")
    user = evaluated_users(folder)[0]
    shown = opened.recommend(users=[user], k=4)["item_id"].tolist()
    assert opened.trace(user=user, k=4)["item_id"].tolist() == shown
    assert (folder / "contenders" / "linear-model" / PIPELINE).exists()
    assert read_document(folder).id == "b"


def test_a_pipeline_of_before_is_told_by_its_format(folder, tmp_path) -> None:
    """Bake-offs of older versions have a pickle, which is not read."""
    here = tmp_path / "contenders" / "linear-model"
    here.mkdir(parents=True)
    (here / OLDER_PIPELINE).write_bytes(b"assay-pipeline 2\n[1]\n")
    older = Opened(open_contender(folder, "linear-model").result, here)
    assert older.live
    with pytest.raises(
        AssayError, match=r"pipeline\.pickle .* it has format 2, .* Run the bake-off"
    ):
        older.recommend(histories=[["i000"]])
