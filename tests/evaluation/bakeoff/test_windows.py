"""A bake-off over several windows: no window knows its future, and all are pooled."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipelines.data.split import splits
from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff import lists_run
from pipelines.evaluation.bakeoff.outcome import Outcome
from pipelines.evaluation.bakeoff.process import run_in_child
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.run import run_bakeoff
from pipelines.evaluation.comparison.across import compare_across
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.evaluation.results.finished import Finished
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.runtime.progress import Cancelled
from pipelines.schema import Interactions
from pipelines.testing.datasets import TWO_STAGE, dataset

DATA = dataset()


def request(**changes):
    given = {"dataset": DATA.name, "specs": [TWO_STAGE], "split": "windows:2", "k": 5}
    return BakeoffRequest.of(given | {"metric": "ndcg@5", "refits": 2} | changes)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("windows")
    document = run_bakeoff(DATA, request(), folder / "b", folder / "stages", "b")
    return folder / "b", document


def per_user(folder, name, window="", fit=0):
    here = folder / window / "contenders" / name / (f"fits/{fit}" if fit else "")
    return pd.read_parquet(here / "per_user.parquet").set_index("user_id")["ndcg@5"]


def test_a_value_is_the_mean_over_the_requests_of_all_windows(finished):
    folder, document = finished
    two = ["windows/1", ""]
    for contender in document.contenders:
        fits = range(contender.spread.refits)
        values = [
            pd.concat([per_user(folder, contender.name, w, fit) for w in two]) for fit in fits
        ]
        means = np.mean(values, axis=1)
        assert contender.metrics["ndcg@5"].value == pytest.approx(means.mean())
        assert contender.spread.draws == (len(fits) == 2)
        found = (contender.spread.low, contender.spread.high)
        assert found == pytest.approx((means.min(), means.max()))
        by_person = values[0].groupby(level=0)
    assert sum(w.users for w in document.windows) == len(values[0])
    assert (
        document.manifest["people"] == len(by_person) < len(values[0])
    )  # some are in both windows
    assert document.manifest["split"] == "windows:2"
    assert [w["users"] for w in document.manifest["earlier"]] == [document.windows[0].users]


@pytest.mark.long
def test_a_window_gives_what_a_bakeoff_on_the_data_until_its_end_gives(finished, tmp_path):
    """What lies after a window cannot change its lists: the data there is not even given."""
    folder, document = finished
    first, last = document.windows
    events = DATA.interactions
    until = replace(DATA, interactions=events.select(events.time < first.end))
    assert last.begin == first.end and last.end is None
    cutoff = str(np.datetime64(first.begin, "s")) + "Z"
    alone = run_bakeoff(
        until, request(split=f"time:{cutoff}"), tmp_path / "b", tmp_path / "stages", "b"
    )
    for contender in alone.contenders:
        assert contender.metrics == first.metrics[contender.name]
        lists = BakeoffFolder(folder / "windows" / "1").lists(contender.name)
        assert np.array_equal(BakeoffFolder(tmp_path / "b").lists(contender.name), lists)


def test_held_out_rows_are_those_of_all_interactions():
    for cut in splits(DATA.interactions, "windows:3"):
        assert np.array_equal(DATA.interactions.item[cut.truth_rows], cut.truth.values)
        assert (DATA.interactions.time[cut.truth_rows] >= cut.cutoff).all()


def test_the_future_of_a_window_does_not_reach_its_split():
    events = DATA.interactions
    first = splits(events, "windows:3")[0]
    end = splits(events, "windows:3")[1].cutoff
    late = events.time >= end
    changed = Interactions(
        events.user, np.where(late, (events.item + 7) % events.n_items, events.item),
        events.weight, events.time, events.n_users, events.n_items,
    )  # fmt: skip
    again = splits(changed, "windows:3")[0]
    assert np.array_equal(again.train.item, first.train.item)
    assert np.array_equal(again.truth.values, first.truth.values)
    assert np.array_equal(again.known, first.known)
    assert (again.queries.now == first.cutoff).all()


def test_the_document_comes_back_the_same_and_comparisons_are_pooled(finished):
    folder, document = finished
    assert BakeoffDocument.model_validate_json(document.model_dump_json()) == document
    stored = Finished.open(folder)
    declared = next(c for c in document.comparisons if c.contender == "small-two-stage")
    again = compare_across(stored, "small-two-stage", stored, "popular", "ndcg@5")
    assert again.difference == pytest.approx(declared.difference)
    assert again.relative == declared.relative is not None
    assert declared.difference != pytest.approx(
        document.windows[-1].differences["small-two-stage"]["ndcg@5"].value
    )
    (drift,) = document.drift
    first, last = (w.differences["small-two-stage"]["ndcg@5"].value for w in document.windows)
    assert drift.change.value == pytest.approx(last - first)
    assert drift.change.low < drift.change.value < drift.change.high
    assert "window by window" in drift.sentence


def test_a_contender_that_fails_in_one_window_is_not_scored(tmp_path, monkeypatch):
    def broken(entry, *given, **options):
        if entry.name == "random":
            return Outcome(status="failed", reason="Its process ended with signal 9.")
        return run_in_child(entry, *given, **options)

    monkeypatch.setattr(lists_run, "run_in_child", broken)
    document = run_bakeoff(
        DATA, request(specs=[], refits=1), tmp_path / "b", tmp_path / "stages", "b"
    )
    random, popular = document.contenders
    assert (random.status, random.metrics) == ("failed", {})
    assert random.reason.startswith("In the window from 1970-")
    assert "signal 9" in random.reason
    assert popular.status == "scored" and not document.comparisons


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"split": "windows:1"}, "use that, or windows:2 or more"),
        ({"third_party": ["personalize:shop"]}, "trains every contender once per window"),
        ({"split": "windows:10"}, "use 1 to 9 windows"),
    ],
)
def test_what_windows_cannot_do_is_one_sentence(changes, says, tmp_path):
    with pytest.raises(AssayError, match=says):
        run_bakeoff(DATA, request(**changes), tmp_path / "b", tmp_path / "stages", "b")
    assert not (tmp_path / "b").exists()


def test_a_cancel_in_an_earlier_window_ends_it(tmp_path):
    heard = []

    def stop(share, message):
        heard.append((share, message))
        if message.startswith("window from "):
            raise Cancelled

    with pytest.raises(Cancelled):
        run_bakeoff(DATA, request(specs=[]), tmp_path / "b", tmp_path / "s", "b", stop)
    shares = [share for share, _ in heard]
    assert shares == sorted(shares) and shares[-1] >= 0.5
    assert not (tmp_path / "b" / "document.json").exists()
