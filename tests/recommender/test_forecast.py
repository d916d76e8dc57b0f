import pytest

from pipelines.errors import Refused
from pipelines.prices.rent import server_usd
from pipelines.recommender.fitting import fit_pipeline
from pipelines.recommender.forecast import forecast, machine_memory_mb
from pipelines.recommender.pipeline import Pipeline
from pipelines.recommender.spec import Spec
from pipelines.stages.contract import DataShape, Estimate


def test_seconds_memory_and_money_add_up():
    found = forecast([("a", Estimate(1800, 100)), ("b", Estimate(1800, 200))], memory_mb=1000)
    assert (found.seconds, found.megabytes) == (3600, 300)
    usd = server_usd(found.seconds)
    assert usd == pytest.approx(0.0816)  # an hour of the price book's server
    assert found.sentence(usd) == "About 60 min to fit, 0.3 GB, $0.08 on a rented server."


def test_what_this_machine_cannot_hold_is_refused_with_a_way_out():
    found = forecast([("small", Estimate(1, 10)), ("large", Estimate(1, 5000))], memory_mb=1000)
    assert "5.01 GB" in found.refusal and "leave out large" in found.refusal
    assert machine_memory_mb() > 100


def test_dense_ease_on_200_000_items_is_refused_and_the_sparse_form_is_not():
    shape = DataShape(100_000, 200_000, 5_000_000)

    def of(**settings):
        block = {"stage": "ease", **settings}
        return Pipeline(Spec.of({"schema": 1, "name": "e", "candidates": [block]}))

    dense = forecast(of(dense_up_to=100_000).preflight(DataShape(100_000, 60_000, 5_000_000)))
    assert "sparse form" in dense.refusal
    assert forecast(of().preflight(shape), memory_mb=24_000).refusal == ""


def test_a_fit_that_would_not_fit_never_starts(monkeypatch):
    from pipelines.testing.datasets import dataset

    monkeypatch.setattr("pipelines.recommender.forecast.machine_memory_mb", lambda: 0.001)
    data = dataset()
    with pytest.raises(Refused, match="this machine has"):
        fit_pipeline(
            Pipeline(Spec.load("popular")),
            data.interactions,
            data.catalogue,
            protocol=None,
            seen="exclude",
        )
