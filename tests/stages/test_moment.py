"""Stages that use the moment of the request say so: the conformance suite finds those that lie."""

import numpy as np
import pytest

from pipelines.evaluation.comparison.moment import moment_sentence
from pipelines.recommender.spec import Spec
from pipelines.stages.candidates.popular import Popular
from pipelines.stages.contract import Ranker, Rule
from pipelines.testing import CandidateGeneratorTests, RankerTests, RuleTests
from tests.app.compared import bakeoff


class Evening(Popular):
    """Gives fewer items in the evening, and does not say so."""

    name = "evening"

    def retrieve(self, queries, k):
        late = queries.now // 3_600 % 24 >= 12
        found = super().retrieve(queries, k)
        found.items[late, -1] = -1
        return found


class Recency(Ranker):
    """Scores by the newest feature, and does not say so."""

    name, title, uses_moment = "recency", "Recency", False

    def fit(self, queries, candidates, features, labels):
        return self

    def score(self, queries, candidates, features):
        return features.values[:, :, -1].astype(np.float32)


class Closed(Rule):
    """Gives nothing on odd days, and does not say so."""

    name, title, uses_moment = "closed", "Closed", False

    def apply(self, queries, slate, k):
        return slate.cut(0) if queries.now[0] // 86_400 % 2 else slate


@pytest.mark.parametrize(
    ("suite", "stage"),
    [(CandidateGeneratorTests, Evening), (RankerTests, Recency), (RuleTests, Closed)],
)
def test_a_stage_that_lies_fails_and_passes_when_it_says_so(suite, stage):
    made = type("Suite", (suite,), {"stage": stage, "OTHER_MOMENT": 15 * 3_600 + 86_400 * 100})()
    with pytest.raises((AssertionError, ValueError)):
        made.test_the_moment_changes_nothing_unless_it_says_so()
    honest = type("Honest", (stage,), {"uses_moment": True})
    told = type("Suite", (suite,), {"stage": honest})()
    with pytest.raises(pytest.skip.Exception, match="it uses the moment"):
        told.test_the_moment_changes_nothing_unless_it_says_so()


def test_shipped_pipelines_with_features_of_recency_use_the_moment():
    found = {name: Spec.load(name).uses_moment for name in Spec.shipped()}
    assert found == {
        "random": False, "popular": False, "als": False, "ease-recent": False,
        "two-stage": True, "two-stage-sponsored": True,
    }  # fmt: skip


def test_what_the_moment_is_depends_on_the_split():
    document = bakeoff()
    assert moment_sentence(document) == ""
    contenders = [
        c.model_copy(update={"uses_moment": c.name == "two-stage"}) for c in document.contenders
    ]
    marked = document.model_copy(update={"contenders": contenders})
    assert moment_sentence(marked) == (
        "Two-stage uses the moment of the request: under last-n:5 that of each user's first "
        "held-out interaction, which tells when the user came back."
    )
    in_time = {**document.manifest, "split": "time:0.9", "cutoff": 1_700_000_000}
    assert "so the time of day is not tested" in moment_sentence(
        marked.model_copy(update={"manifest": in_time})
    )
