"""What a user-defined stage gives to a file and takes from it."""

import numpy as np
import pytest

from pipelines.errors import AssayError
from pipelines.stages.candidates.popular import Popular
from pipelines.stages.states import restored, state_of
from pipelines.testing import CandidateGeneratorTests


class Model:
    """Of a library, say."""

    def __init__(self, scores):
        self.scores = scores


class Unkept(Popular):
    """Keeps what no file can hold."""

    name = "unkept"

    def fit(self, interactions, catalogue):
        super().fit(interactions, catalogue)
        self.model_ = {"best": [Model(self.scores_)]}
        return self


class Kept(Unkept):
    """Gives it in another form."""

    name = "kept"

    def state(self):
        learned = super().state()
        return {**learned, "model_": learned["model_"]["best"][0].scores}

    def restore(self, state):
        super().restore({**state, "model_": {"best": [Model(state["model_"])]}})

    def retrieve(self, queries, k):
        assert np.array_equal(self.model_["best"][0].scores, self.scores_)
        return super().retrieve(queries, k)


class TestKept(CandidateGeneratorTests):
    stage = Kept


def test_the_attribute_that_cannot_be_stored_is_named() -> None:
    stage = TestKept().fitted()
    stage.__class__ = Unkept
    with pytest.raises(
        AssayError,
        match=r"^The stage unkept cannot be stored: its model_\['best'\]\[0\] is of type "
        r"tests\..*Model; keep only arrays, sparse matrices .*, or define `state` and `restore`\.$",
    ):
        state_of(stage)


def test_what_a_stage_does_wrong_is_one_sentence() -> None:
    class Wrong(Kept):
        def state(self):
            return ["no", "names"]

        def restore(self, state):
            raise KeyError("model_")

    with pytest.raises(AssayError, match="has a state that is not a dict"):
        state_of(Wrong())
    with pytest.raises(AssayError, match="The stage kept cannot take what it learned: KeyError"):
        restored(Wrong(), {})
