"""The leakage audit on data in which a leak is known to be, and on its shapes."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from pipelines.data.dataset import About, Dataset
from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.run import run_bakeoff
from pipelines.evaluation.studies.audit import audit
from pipelines.evaluation.studies.results import LeakageAudit
from pipelines.runtime.progress import Cancelled
from pipelines.schema import Catalogue, Interactions, Vocabulary

SPECS = ["als", "ease-recent"]


WEEKS = 12


def fashions(
    n_users: int = 120, stay: float = WEEKS, n_items: int = 60, per_user: int = 24
) -> Dataset:
    """What people interact with changes with the week, alike for all; each stays `stay` weeks.

    A model that may look at others' futures knows what goes with the newest week's items;
    one that is cut at a moment knows the weeks before.
    """
    rng = np.random.default_rng(0)
    weeks = WEEKS
    fashion = [rng.permutation(n_items)[:6] for _ in range(weeks)]
    rows = []
    for user in range(n_users):
        begin = rng.uniform(0, weeks - stay)
        for at in np.sort(rng.uniform(begin, begin + stay, per_user)):
            week = fashion[int(at)]
            item = int(rng.choice(week)) if rng.random() < 0.9 else int(rng.integers(n_items))
            rows.append((user, item, int(at * 7 * 86_400)))
    user, item, time = np.array(rows).T
    users = Vocabulary.of(f"u{u:03d}" for u in range(n_users))
    items = Vocabulary.of(f"i{i:03d}" for i in range(n_items))
    return Dataset(
        About(name="fashions", fingerprint="fashions", seen="keep"),
        Interactions.build(user, item, None, time, n_users=n_users, n_items=n_items),
        Catalogue(items, pd.DataFrame({"item_id": items.ids}), np.ones(n_items, bool)),
        users,
        pd.DataFrame({"user_id": users.ids}),
    )


DATA = fashions(stay=1.5)


@pytest.fixture(scope="module")
def found() -> LeakageAudit:
    return audit(DATA, SPECS, protocol="time:0.8")


def test_each_pipeline_is_measured_under_each_protocol(found: LeakageAudit) -> None:
    assert [p.name for p in found.protocols] == ["random", "leave-one-out", "global time"]
    for p in found.protocols:
        assert [s.spec for s in p.scores] == ["popular", "als", "ease-recent"]
        for score in p.scores:
            assert set(score.metrics) == {"ndcg@10", "recall@10"}
            assert all(m.low <= m.value <= m.high for m in score.metrics.values())
    assert {p.name: bool(p.note) for p in found.protocols} == {
        "random": True, "leave-one-out": True, "global time": False,
    }  # fmt: skip


def test_the_random_split_holds_out_the_share_of_the_one_in_time(found: LeakageAudit) -> None:
    share = {p.name: p.held_out_share for p in found.protocols}
    assert share["random"] == pytest.approx(share["global time"], abs=1e-3)
    assert share["leave-one-out"] == pytest.approx(1 / 24, abs=1e-3)


def test_a_known_leak_is_found(found: LeakageAudit) -> None:
    """Others' futures tell the week's fashion: only with them does ALS gain so much on Popular."""
    lift = {x.protocol: x for x in found.lifts if (x.spec, x.metric) == ("als", "ndcg@10")}
    assert lift["random"].low > lift["global time"].high
    inflation = next(
        x
        for x in found.inflations
        if (x.spec, x.metric, x.protocol, x.measure) == ("als", "ndcg@10", "random", "lift")
    )
    assert inflation.low > 1
    assert inflation.value == pytest.approx(lift["random"].value / lift["global time"].value)


def test_the_values_are_those_of_a_bake_off(found: LeakageAudit, tmp_path) -> None:
    request = BakeoffRequest(dataset=DATA.name, specs=["als"], split="time:0.8", refits=1)
    document = run_bakeoff(DATA, request, tmp_path / "b", tmp_path / "stages", "b")
    in_time = next(p for p in found.protocols if p.name == "global time")
    for name in ("popular", "als"):
        theirs = document.contender(name).metrics
        ours = next(s for s in in_time.scores if s.spec == name).metrics
        for metric, interval in ours.items():
            assert interval == theirs[metric]
    assert in_time.users == document.manifest["users"]


def test_the_document_comes_back_from_json_and_its_sentence_has_its_numbers(found) -> None:
    text = found.model_dump_json()
    assert LeakageAudit.model_validate_json(text) == found
    json.dumps(found.model_dump(mode="json"), allow_nan=False)
    best = max(
        (s for s in found.protocols[2].scores if s.spec != "popular"),
        key=lambda s: s.metrics["ndcg@10"].value,
    )
    lift = next(
        x.value for x in found.lifts
        if (x.spec, x.metric, x.protocol) == (best.spec, "ndcg@10", "random")
    )  # fmt: skip
    assert found.sentence.startswith(f"{best.title} has ")
    assert f"{lift:.3g} times (" in found.sentence


def test_what_would_not_fit_takes_no_part_and_says_why(monkeypatch) -> None:
    from pipelines.stages.candidates.ease import Ease
    from pipelines.stages.contract import Estimate

    monkeypatch.setattr(Ease, "estimate", lambda self, shape: Estimate(1, 1, "Too many items."))
    left = audit(DATA, SPECS, protocol="time:0.8")
    assert list(left.not_run) == ["ease-recent"] and "Too many items" in left.not_run["ease-recent"]
    assert {s.spec for p in left.protocols for s in p.scores} == {"popular", "als"}


def test_fewer_users_are_drawn_and_told() -> None:
    few = audit(DATA, ["als"], protocol="time:0.8", most_users=30)
    assert [p.users for p in few.protocols] == [30, 30, 30]
    assert any("random sample of 30 users" in note for note in few.notes)


def test_wrong_questions_are_refused_with_a_sentence() -> None:
    with pytest.raises(AssayError, match="as the reference, not last-n:3"):
        audit(DATA, protocol="last-n:3")
    with pytest.raises(AssayError, match="other than Popular"):
        audit(DATA, ["popular"])
    with pytest.raises(AssayError, match="nothing-of-that-name"):
        audit(DATA, ["nothing-of-that-name"])


def test_it_hears_that_it_should_stop() -> None:
    def stop(share: float, message: str) -> None:
        if "ALS" in message:
            raise Cancelled

    with pytest.raises(Cancelled):
        audit(DATA, SPECS, stop)


def test_earlier_windows_stand_beside_the_last_one() -> None:
    found = audit(DATA, ["als"], protocol="windows:2")
    names = [p.name for p in found.protocols]
    assert names == ["random", "leave-one-out", "window 1 of 2", "global time"]
    last, earlier = found.protocols[3], found.protocols[2]
    assert earlier.note == last.note == ""
    assert earlier.held_out_share == pytest.approx(last.held_out_share, abs=0.005)
    alone = audit(DATA, ["als"], protocol="time:0.9").protocols[2]
    assert last.scores == alone.scores
    assert {x.protocol for x in found.inflations} == set(names[:3])
    assert "window" not in found.sentence  # the difference between windows is no leak
