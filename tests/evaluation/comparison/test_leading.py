"""Which contender is named first, and why one with a better value is not."""

import pytest

from pipelines.evaluation.comparison.leading import leading, passed_over
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.results.document import BakeoffDocument, Comparison, ContenderResult

PAID = {"rules": [{"stage": "sponsored-slot"}]}


def contender(name, kind="built", spec=None):
    return ContenderResult(name=name, title=name.title(), kind=kind, status="scored", spec=spec)


def bakeoff(*found, metric="ndcg@10", **kinds):
    """A bake-off with comparisons with Popular of (contender, difference, outcome)."""
    contenders = [contender("popular", "baseline"), contender("paid", spec=PAID)]
    contenders += [contender(name) for name in ("one", "two")]
    contenders += [contender("stand-in", "stand-in"), contender("random", "baseline")]
    comparisons = [
        Comparison(
            contender=name, baseline="popular", metric=metric, difference=difference,
            low=difference - 0.01, high=difference + 0.01, smallest_useful=0.002, outcome=outcome,
            sentence="",
        )
        for name, difference, outcome in found
    ]  # fmt: skip
    return BakeoffDocument(
        id="b", dataset="shop", created="", manifest={}, contenders=contenders,
        comparisons=comparisons,
    )  # fmt: skip


def told(document):
    return (
        leading(document, document.comparisons).contender,
        passed_over(document, document.comparisons),
    )


def test_the_best_by_value_needs_no_word():
    assert told(bakeoff(("one", 0.2, "better"), ("two", 0.1, "better"))) == ("one", "")
    assert passed_over(bakeoff(), []) == ""


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (("paid", 0.3, "better"), "Paid has a higher NDCG@10, but places sponsored items."),
        (
            ("stand-in", 0.3, "better"),
            "Stand-In has a higher NDCG@10, but is only a stand-in for a third party.",
        ),
        (
            ("two", 0.3, "inconclusive"),
            "Two has a higher NDCG@10, but is not certainly better than Popular.",
        ),
        (("random", 0.3, "better"), "Random has a higher NDCG@10, but is a baseline."),
    ],
)
def test_each_reason_is_told(other, why):
    assert told(bakeoff(other, ("one", 0.2, "better"))) == ("one", why)


def test_where_lower_is_better_the_value_is_lower():
    metric = "calibration@10"
    document = bakeoff(("paid", -0.3, "better"), ("one", -0.2, "better"), metric=metric)
    why = f"Paid has a lower {label(metric)}, but places sponsored items."
    assert told(document) == ("one", why)


def test_the_best_is_told_first():
    document = bakeoff(("stand-in", 0.3, "better"), ("paid", 0.4, "better"), ("one", 0.2, "better"))
    assert told(document)[1].startswith("Paid has a higher NDCG@10")
    assert told(document)[1].count(" has a higher ") == 2
