"""The Compare page as a whole: its views are links, and all are drawn if values are missing."""

import pytest

from tests.app.compare.opening import click, opened, text
from tests.app.compared import keep

VIEWS = ("differences", "slices", "cost", "people", "overlap", "behavior", "contenders")

pytestmark = pytest.mark.slow


def test_empty(open_page, workspace):
    app = open_page("compare")
    assert not app.exception
    assert app.title[0].value.startswith("Nothing to show yet")


def test_no_contender_was_scored(open_page, filled, document):
    failed = [
        c.model_copy(update={"status": "failed", "reason": "It broke.", "metrics": {}})
        for c in document.contenders
    ]
    update = {"contenders": failed, "comparisons": []}
    filled.save_bakeoff(document.model_copy(update=update), dataset_version=1)
    app = opened(open_page, document)
    assert app.title[0].value.startswith("No contender was scored")
    assert "It broke" in text(app)


def test_a_view_is_a_link(open_page, compared, document):
    app = click(opened(open_page, document), "View", "cost")
    assert app.query_params["compare_view"] == "cost"


def without(document, metric, *names):
    """The same, had these contenders no value of a metric (`ndcg`) at any length."""
    contenders = [
        c.model_copy(
            update={"metrics": {m: v for m, v in c.metrics.items() if not m.startswith(metric)}}
        )
        if c.name in names
        else c
        for c in document.contenders
    ]
    comparisons = [c for c in document.comparisons if not {c.contender, c.baseline} & {*names}]
    return document.model_copy(update={"contenders": contenders, "comparisons": comparisons})


@pytest.mark.parametrize(
    "names", [("als",), ("popular",), ("popular", "als", "two-stage", "stand-in")]
)
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_drawn_where_a_contender_lacks_the_declared_metric(
    open_page, compared, document, view, names
):
    lacking = without(document, "ndcg", *names).model_copy(update={"id": "lacking"})
    compared.save_bakeoff(lacking, dataset_version=1)
    keep(compared.bakeoff_folder("lacking"))
    app = open_page("compare", dataset="shop", bakeoff="lacking", compare_view=view)
    assert not app.exception
