"""Metrics of a package of one's own: the one in docs/writing-a-metric.md, and broken ones."""

import re
import tomllib

import numpy as np
import pandas as pd
import pytest

from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.run import run_bakeoff
from pipelines.evaluation.comparison import declared
from pipelines.evaluation.metrics import names
from pipelines.evaluation.metrics.evaluate import computable, evaluate
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.reading.lists import GroundTruth, Lists
from pipelines.runtime import paths
from pipelines.schema import Ragged
from pipelines.testing.datasets import dataset
from tests.evaluation.metrics.made import padded
from tests.installed import outside_package

BROKEN = """
import numpy as np
from pipelines.evaluation.metrics.metric import Metric, MetricOfAllLists


class Sound(Metric):
    name = label = "sound"
    group, description, formula, denominator = "accuracy", "s.", "f", "d"

    def per_user(self, lists, k):
        return np.ones(len(lists))


class Raises(Sound):
    name = "raises"

    def per_user(self, lists, k):
        if k == 10:
            raise RuntimeError("no tens")
        return np.ones(len(lists))


class Shape(Sound):
    name = "shape"

    def per_user(self, lists, k):
        return np.ones(3)


class Outside(Sound):
    name = "outside"

    def per_user(self, lists, k):
        return np.full(len(lists), 2.0)


class Abstract(Metric):
    name = label = "abstract"
    group, description, formula, denominator = "accuracy", "s.", "f", "d"


class Together(MetricOfAllLists):
    name = label = "together"
    group, description, formula, denominator = "variety", "s.", "f", "d"

    def statistic(self, lists, k):
        return lambda weights: np.ones((len(weights), 2))


class Renamed(Sound):
    name = "other"


class Backwards(Sound):
    name = "backwards"
    better = "more"


class Unbound(Sound):
    name = "unbound"
    bounds = (1.0, 0.0)


class Needy(Sound):
    name = "needy"
    needs = frozenset({"weather"})


class Unspoken(Sound):
    name = "unspoken"
    label = None


class Silent(Metric):
    name = "silent"

    def per_user(self, lists, k):
        return np.ones(len(lists))


def function(lists, k):
    return np.ones(len(lists))
"""
AT_RUN = ("raises", "shape", "outside", "abstract", "together")
AT_LOAD = {
    "renamed": "has the name other in its class",
    "silent": "has no text in its label, group",
    "unspoken": "has no text in its label",
    "backwards": "`better` must be one of higher, lower, neither, not 'more'",
    "unbound": "`bounds` must be None or two numbers, the lower first",
    "needy": "`needs` has 'weather'; use names from catalogue, ",
    "function": "is not a subclass of Metric",
    "missing": "cannot be loaded: ModuleNotFoundError",
}


def block(language: str) -> str:
    text = (paths.CHECKOUT / "docs" / "writing-a-metric.md").read_text()
    found = re.search(rf"```{language}\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found.group(1)


@pytest.fixture
def installed(tmp_path):
    """A package with the docs' metric and broken ones."""
    told = tomllib.loads(block("toml"))["project"]["entry-points"]["assay.metrics"]
    for name in ("sound", *AT_RUN, *AT_LOAD):
        told[name] = f"my_metrics.broken:{name.title()}"
    told |= {"function": "my_metrics.broken:function", "missing": "my_metrics.gone:Gone"}
    modules = {"my_metrics/tail.py": block("python"), "my_metrics/broken.py": BROKEN}
    with outside_package(tmp_path / "site", "assay.metrics", told, modules):
        yield


def test_the_documents_metric_is_scored_in_a_bakeoff_and_the_broken_ones_are_noted(
    installed, tmp_path
):
    data = dataset()
    asked = {"dataset": data.name, "split": "last-n:2", "k": 5, "metric": "tail_recall@5"}
    asked["refits"] = 2  # what fails in each fit is noted once
    folder = tmp_path / "b"
    document = run_bakeoff(data, BakeoffRequest.of(asked), folder, tmp_path / "stages", "b")
    for contender in document.contenders:
        assert contender.status == "scored", contender.reason
        assert {"tail_recall@5", "tail_recall@20", "sound@5"} <= set(contender.metrics)
        values = pd.read_parquet(folder / "contenders" / contender.name / "per_user.parquet")
        found = contender.metrics["tail_recall@5"]
        mean = BakeoffFolder(folder).values(contender.name, "tail_recall@5").mean()
        assert mean == pytest.approx(found.value)
        for name in (*AT_RUN, *AT_LOAD):
            assert [f"metric {name} " in note for note in contender.notes].count(True) == 1, name
            assert f"{name}@5" not in contender.metrics and f"{name}@5" not in values
    first = document.comparisons[0]
    assert (first.metric, first.contender) == ("tail_recall@5", "random")
    assert "tail recall@5" in first.sentence


def test_its_name_is_read_and_spoken(installed):
    assert names.parse("tail_recall@7") == ("tail_recall", 7)
    assert names.label("tail_recall@7") == "tail recall@7"
    assert names.bounds("tail_recall@7") == (0.0, 1.0)
    declared.check("tail_recall@5", (5, 10))


def test_the_documents_metric_by_hand(installed):
    # 20 known items: the most popular two are 0 and 1
    key = GroundTruth(
        Ragged.of([[0, 5, 7], [0], [-1, 9]]),
        catalogue=np.ones(20, bool),
        popularity=1 / np.arange(1, 21),
    )
    lists = Lists(padded([[0, 5], [0], [9]]), key)
    (metric,) = [m for m in computable(key) if m.name == "tail_recall"]
    np.testing.assert_allclose(metric().per_user(lists, 2), [0.5, np.nan, 0.5])
    np.testing.assert_allclose(metric().per_user(lists, 1), [0.0, np.nan, 0.5])


@pytest.mark.parametrize("name", AT_LOAD)
def test_one_that_is_no_metric_says_why_and_keeps_a_label(installed, name):
    with pytest.raises(AssayError, match=AT_LOAD[name]):
        names.load(name)
    with pytest.raises(AssayError, match=AT_LOAD[name]):
        declared.check(f"{name}@5", (5,))
    assert names.label(f"{name}@5") == f"{name}@5"


def test_what_breaks_goes_through_where_nobody_takes_notes(installed):
    lists = Lists(padded([[1]]), GroundTruth(Ragged.of([[1]])))
    with pytest.raises(RuntimeError, match="no tens"):
        evaluate(lists, [10], [names.load("raises")])
    notes: list[str] = []
    assert evaluate(lists, [5, 10], [names.load("raises")], notes=notes) == {}
    assert notes == ["The metric raises failed and is left out: RuntimeError: no tens."]


def test_a_metric_that_ships_never_breaks_in_silence(monkeypatch):
    from pipelines.evaluation.metrics.accuracy import NDCG

    def broken(self, lists, k):
        raise ZeroDivisionError

    monkeypatch.setattr(NDCG, "per_user", broken)
    lists = Lists(padded([[1]]), GroundTruth(Ragged.of([[1]])))
    with pytest.raises(ZeroDivisionError):
        evaluate(lists, [5], notes=[])
