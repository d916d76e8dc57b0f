"""Other orders of events whose times tie: tried where they matter, and outcomes that flip told."""

from dataclasses import replace

import numpy as np
import pytest

from pipelines.data.split import split
from pipelines.evaluation.bakeoff import ties
from pipelines.evaluation.bakeoff.lists_run import Answered
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.run import run_bakeoff
from pipelines.evaluation.bakeoff.scoring import Scored
from pipelines.evaluation.bakeoff.ties import orders_of, try_orders
from pipelines.evaluation.manifest.manifest import Manifest
from pipelines.evaluation.results.document import ContenderResult
from pipelines.evaluation.results.fit_values import FitValues
from pipelines.runtime.progress import silent
from pipelines.schema import Interactions
from pipelines.testing.datasets import dataset

EASE = {"name": "ease", "candidates": [{"stage": "ease"}]}
DATA = dataset()
EVENTS = DATA.interactions
WHOLE_WEEKS = replace(
    DATA,
    interactions=Interactions(
        EVENTS.user, EVENTS.item, EVENTS.weight, EVENTS.time // (7 * 86_400) * (7 * 86_400),
        EVENTS.n_users, EVENTS.n_items,
    ),
)  # fmt: skip


def request(**changes):
    given = {"dataset": DATA.name, "split": "last-n:1", "k": 5, "metric": "ndcg@5", "refits": 2}
    return BakeoffRequest.of(given | changes)


def orders(data, **changes):
    asked = request(**changes)
    return orders_of(data, split(data.interactions, asked.split), asked)


def test_nothing_is_tried_where_no_ties_matter():
    assert orders(DATA).cuts == () and orders(DATA, tie_orders=3).cuts == ()
    assert orders(WHOLE_WEEKS, split="time:0.9") == ties.Orders()
    assert len(orders(WHOLE_WEEKS, split="time:0.9", tie_orders=1).cuts) == 1
    assert orders(WHOLE_WEEKS, split="time:0.9", tie_orders=1).targets == 0.0


def test_where_they_matter_two_orders_are_tried_unless_asked_otherwise():
    found = orders(WHOLE_WEEKS)
    assert found.events > 0.8 and found.targets > 0.3 and len(found.cuts) == 2
    assert orders(WHOLE_WEEKS, tie_orders=0).cuts == ()
    assert orders(WHOLE_WEEKS, tie_orders=0).targets > 0.3
    assert len(orders(WHOLE_WEEKS, tie_orders=3).cuts) == 3


def test_a_bakeoff_tells_the_share_and_the_outcomes(tmp_path):
    document = run_bakeoff(
        WHOLE_WEEKS, request(specs=[EASE], tie_orders=1), tmp_path / "b", tmp_path / "s", "b"
    )
    found = document.ties
    assert found is not None and found.orders == 1 and found.targets > 0.3
    (one,) = found.outcomes
    assert (one.contender, one.baseline, one.metric) == ("ease", "popular", "ndcg@5")
    declared = next(c for c in document.comparisons if c.contender == "ease")
    assert one.differences[0] == pytest.approx(declared.difference)  # neither of them draws
    assert one.differences[1] != pytest.approx(declared.difference)
    assert "share their time with another event of the same user" in found.sentence
    assert not (tmp_path / "b" / "ties").exists()


def answered(cut, gain):
    rng = np.random.default_rng(0)
    base = rng.random((200, 1)) / 2
    values = {"popular": base, "als": base + gain + rng.normal(0, 0.01, (200, 1))}
    scored = {n: Scored({"ndcg@10": FitValues(v)}, []) for n, v in values.items()}
    results = {
        name: ContenderResult(name=name, title=name.upper(), kind=kind, status="scored")
        for name, kind in (("popular", "baseline"), ("als", "built"))
    }
    return Answered(cut, np.arange(200).astype(object), results, scored)


def test_an_outcome_that_flips_is_told(tmp_path, monkeypatch):
    gains = iter([0.1, -0.1])
    monkeypatch.setattr(ties, "lists_run", lambda d, cut, *a, **o: answered(cut, next(gains)))
    manifest = Manifest(
        dataset="made-up", fingerprint="f", users=200, users_hash="u", items=9, catalogue_hash="c"
    )
    tried = orders(WHOLE_WEEKS)
    given = answered(tried.cuts[0], 0.1)
    found = try_orders(WHOLE_WEEKS, tried, given, [], manifest, tmp_path, tmp_path, silent)
    assert found.outcomes[0].outcomes == ["better", "better", "worse"]
    assert found.outcomes[0].flips
    assert found.sentence.endswith(
        "With 2 other orders (first fits alone), ALS is better in the order of the data and worse "
        "in another."
    )
