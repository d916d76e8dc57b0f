"""From per-user values to comparisons: which are claims, which are looks."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.evaluation.bakeoff.scoring import Scored, comparisons, titles_of, with_chances
from pipelines.evaluation.manifest.manifest import Manifest
from pipelines.evaluation.metrics.names import MAIN
from pipelines.evaluation.results.document import ContenderResult, Kind
from pipelines.evaluation.results.fit_values import FitValues

USERS = 300
MANIFEST = Manifest(
    dataset="made-up", fingerprint="f", users=USERS, users_hash="u", items=9, catalogue_hash="c",
    ks=(5, 10), metric="ndcg@10",
)  # fmt: skip
KINDS: dict[str, Kind] = {
    "random": "baseline", "popular": "baseline", "als": "built", "vendor": "third-party",
    "broken": "built",
}  # fmt: skip
RNG = np.random.default_rng(5)
POPULAR = np.where(RNG.random(USERS) < 0.4, RNG.random(USERS), 0.0)


def scored() -> dict[str, Scored]:
    values = {
        "random": POPULAR * (RNG.random(USERS) < 0.05),
        "popular": POPULAR,
        "als": np.clip(POPULAR + RNG.normal(0.05, 0.2, USERS), 0, 1),
        "vendor": np.clip(POPULAR + RNG.normal(0.0, 0.2, USERS), 0, 1),
    }
    names = [f"{metric}@{k}" for k in MANIFEST.ks for metric in MAIN]
    return {
        who: Scored(dict.fromkeys(names, FitValues(v[:, None])), []) for who, v in values.items()
    }


def results() -> list[ContenderResult]:
    return [
        ContenderResult(
            name=name,
            title=name.upper(),
            kind=kind,
            status="failed" if name == "broken" else "scored",
        )
        for name, kind in KINDS.items()
    ]


def test_contenders_on_the_declared_metric_are_claims_and_all_else_is_exploration() -> None:
    found = comparisons(results(), scored(), MANIFEST)
    assert len(found) == 3 * 2 * len(MAIN)
    assert [(c.contender, c.metric) for c in found[:4]] == [
        ("random", "ndcg@10"), ("als", "ndcg@10"), ("vendor", "ndcg@10"), ("random", "ndcg@5"),
    ]  # fmt: skip
    claims = [c for c in found if c.adjustment]
    assert [(c.contender, c.metric) for c in claims] == [("als", "ndcg@10"), ("vendor", "ndcg@10")]
    assert {(c.adjustment, c.looks) for c in claims} == {("Holm over 2 contenders", 2)}
    als = next(c for c in claims if c.contender == "als")
    assert als.p_sign_flip == pytest.approx(als.p, abs=0.01)
    looks = [c for c in found if not c.adjustment]
    assert all(c.p_sign_flip is None for c in looks)
    assert {(c.confidence, c.looks) for c in looks} == {(0.95, len(found) - 2)}
    assert all(c.p is not None and c.p_adjusted is not None for c in found)
    assert found[1].sentence.startswith("ALS beats POPULAR by ")


def test_a_lone_contender_is_a_claim_without_adjustment() -> None:
    given = scored()
    del given["vendor"]
    found = comparisons(results(), given, MANIFEST)
    als = next(c for c in found if (c.contender, c.metric) == ("als", "ndcg@10"))
    assert (als.adjustment, als.looks, als.confidence) == ("", 1, 0.95)
    assert als.p_adjusted == als.p


def test_without_the_baseline_there_is_nothing_to_compare() -> None:
    given = scored()
    del given["popular"]
    assert comparisons(results(), given, MANIFEST) == []


def test_the_chance_to_lead_is_among_those_that_are_scored() -> None:
    found = {r.name: r.chance_best for r in with_chances(results(), scored(), MANIFEST)}
    assert found["broken"] is None and found["random"] == 0.0
    told = [c for c in found.values() if c is not None]
    assert sum(told) == pytest.approx(1.0)
    assert found["als"] == max(told) > 0.9
    alone = {"als": scored()["als"]}
    assert all(r.chance_best is None for r in with_chances(results(), alone, MANIFEST))


def test_contenders_that_share_a_title_are_called_by_their_names() -> None:
    given = results()
    given[2] = given[2].model_copy(update={"title": "VENDOR"})
    assert titles_of(given) == {
        "random": "RANDOM", "popular": "POPULAR", "als": "als", "vendor": "vendor",
        "broken": "BROKEN",
    }  # fmt: skip
