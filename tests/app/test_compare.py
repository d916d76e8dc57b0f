"""The Compare page: its sentence, its pictures, and who is not in them."""

import pandas as pd
import pytest

from app import look
from app.components import compare_charts as pictures
from app.components.compare_data import headline
from pipelines.evaluation.metrics.names import MAIN
from pipelines.evaluation.results import (
    BakeoffDocument,
    Comparison,
    ContenderResult,
    Interval,
    RequestTime,
    StageTime,
)


def contender(name, value=None, kind="built", p95=2.0, **more):
    metrics = {}
    if value is not None:
        metrics = {
            f"{m}@{k}": Interval(value=value, low=value - 0.01, high=value + 0.01)
            for m in MAIN
            for k in (5, 10)
        }
    given = {"status": "scored", "request_ms": RequestTime(p50=1.0, p95=p95), **more}
    return ContenderResult(name=name, title=name.capitalize(), kind=kind, metrics=metrics, **given)


def against(name, difference, outcome, over=False):
    return Comparison(
        contender=name,
        baseline="popular",
        metric="ndcg@10",
        difference=difference,
        low=difference - 0.01,
        high=difference + 0.01,
        smallest_useful=0.002,
        outcome=outcome,
        over_budget=over,
        sentence=f"{name} against popular.",
    )


@pytest.fixture
def document():
    steps = [
        StageTime(stage="candidates", keeps=300, recall=0.6, ndcg=0.1, milliseconds=2.5),
        StageTime(stage="lambdarank", keeps=50, recall=0.4, ndcg=0.13, milliseconds=0.9),
    ]
    lost = {"status": "not scored", "request_ms": None}
    return BakeoffDocument(
        id="20261122-1000-cccc",
        dataset="shop",
        created="2026-11-22T10:00:00+00:00",
        manifest={
            "hash": "h" * 64, "split": "last-n:5", "k": 10, "users": 6, "items": 30,
            "metric": "ndcg@10", "baseline": "popular", "seen": "exclude",
            "useful_share": 0.02, "budget": {"p95_ms": 5.0},
            "split_note": "benchmark protocol: it admits other users' futures",
        },
        contenders=[
            contender("popular", 0.10, "baseline", p95=1.0),
            contender("als", 0.12),
            contender("two-stage", 0.13, p95=9.0, waterfall=steps, over_budget=["p95 9 ms"]),
            contender("stand-in", 0.15, "stand-in", p95=3.0),
            contender("acme", None, "third-party", reason="It gave no list for 2 of 6.", **lost),
        ],
        comparisons=[
            against("two-stage", 0.03, "better", over=True),
            against("als", 0.001, "inconclusive"),
            against("stand-in", 0.05, "better"),
        ],
    )  # fmt: skip


def declared(document):
    return sorted(document.comparisons, key=lambda c: -c.difference)


def marks(chart, kind):
    layers = chart.to_dict()["layer"]
    return [layer for layer in layers if layer["mark"]["type"] == kind]


def rows(chart, layer):
    spec = chart.to_dict()
    return spec["datasets"][layer["data"]["name"]]


def test_differences_have_zero_and_the_band_of_the_smallest_useful(document):
    frame = pictures.differences_frame(document, declared(document))
    chart = pictures.differences(frame, pictures.titled_styles(document), "ndcg@10", "Popular")
    (band,) = marks(chart, "rect")
    assert rows(chart, band) == [{"from": -0.002, "to": 0.002}]
    zero = next(m for m in marks(chart, "rule") if m["encoding"]["x"].get("field") == "zero")
    assert rows(chart, zero) == [{"zero": 0.0}]
    (points,) = marks(chart, "point")
    assert [row["contender"] for row in rows(chart, points)] == [
        "stand-in (not Amazon)",
        "Two-stage",
        "Als",
    ]
    assert chart.to_dict()["config"]["background"] == "transparent"


def test_a_stand_in_is_an_open_dashed_diamond(document):
    frame = pictures.differences_frame(document, declared(document))
    chart = pictures.differences(frame, pictures.titled_styles(document), "ndcg@10", "Popular")
    (points,) = marks(chart, "point")
    encoding = points["encoding"]

    def drawn(channel):
        scale = encoding[channel]["scale"]
        return scale["range"][scale["domain"].index("stand-in (not Amazon)")]

    assert (drawn("shape"), drawn("fill"), drawn("strokeDash")) == (
        "diamond",
        "transparent",
        list(pictures.MARK_DASH),
    )


def test_outcomes_are_told_in_words_and_marks(document):
    frame = pictures.differences_frame(document, declared(document)).set_index("contender")
    assert frame.loc["Two-stage", "words"] == "▲ better, but over budget"
    assert frame.loc["Als", "words"] == "? inconclusive"
    alt = pictures.differences_alt(frame.reset_index(), "ndcg@10", "Popular")
    assert "Als inconclusive at +0.00100" in alt
    assert "NDCG@10" in alt


def test_the_front_holds_those_that_nobody_beats_in_both(document):
    frame = pictures.quality_frame(document, "ndcg@10").set_index("contender")
    assert frame["front"].to_dict() == {
        "Popular": True,
        "Als": True,
        "stand-in (not Amazon)": True,
        "Two-stage": False,
    }
    chart = pictures.quality(frame.reset_index(), pictures.titled_styles(document), "ndcg@10", 5.0)
    budget = next(m for m in marks(chart, "rule") if m["encoding"]["x"].get("field") == "limit")
    assert rows(chart, budget)[0]["limit"] == 5.0
    texts = [row.get("word") for m in marks(chart, "text") for row in rows(chart, m)]
    assert "Two-stage (over budget)" in texts


def test_names_that_would_overlap_stand_at_different_corners():
    frame = pd.DataFrame(
        {"word": ["one name", "other name"], "p95": [5.0, 5.5], "value": [0.1, 0.1],
         "low": [0.05, 0.05], "high": [0.15, 0.15]}
    )  # fmt: skip
    corners = pictures._corners(frame, (3.0, 15.0))
    assert len(set(corners)) == 2


def test_the_waterfall_has_quality_and_milliseconds(document):
    frame = pictures.waterfall_frame(document.contender("two-stage").waterfall)
    assert frame["step"].tolist() == [
        "1. candidates, keeps 300 · 2.50 ms a request",
        "2. heavy rank, keeps 50 · 0.900 ms a request",
    ]
    assert "60.0 % of later choices" in pictures.waterfall_alt(frame, "Two-stage")
    (bars,) = marks(pictures.waterfall(frame, look.BLUE), "bar")
    assert bars["encoding"]["y"]["sort"] == frame["step"].tolist()


def test_the_headline_is_about_the_best_that_is_no_stand_in(document):
    assert headline(document, declared(document), "ndcg@10", "popular") == (
        "Two-stage against popular."
    )
    alone = [c for c in declared(document) if c.contender == "stand-in"]
    assert headline(document, alone, "ndcg@10", "popular").startswith("Stand-in (not Amazon)")
    assert "nothing was scored" in headline(document, [], "ndcg@10", "popular").lower()


def save_per_user(workspace, document):
    for name, values in {
        "popular": [0.0, 0.1, 0.2, 0.1, 0.0, 0.2],
        "als": [0.2, 0.3, 0.4, 0.2, 0.1, 0.3],
        "two-stage": [0.3, 0.4, 0.5, 0.3, 0.2, 0.5],
        "stand-in": [0.0, 0.1, 0.3, 0.1, 0.0, 0.2],
    }.items():
        folder = workspace.bakeoff_folder(document.id) / "contenders" / name
        folder.mkdir(parents=True)
        users = [f"u{n}" for n in range(6)]
        columns = {f"{m}@{k}": values for m in MAIN for k in (5, 10)}
        pd.DataFrame({"user_id": users, **columns}).to_parquet(folder / "per_user.parquet")


@pytest.fixture
def compared(filled, document):
    filled.save_bakeoff(document, dataset_version=1)
    save_per_user(filled, document)
    return filled


def opened(open_page, document, **address):
    return open_page("compare", dataset="shop", bakeoff=document.id, **address)


def test_empty(open_page, workspace):
    app = open_page("compare")
    assert not app.exception
    assert app.title[0].value.startswith("Nothing to show yet")


def test_the_page_opens_with_its_sentence_and_warns_of_the_protocol(open_page, compared, document):
    app = opened(open_page, document)
    assert not app.exception
    assert app.title[0].value == "Two-stage against popular."
    said = " ".join(m.value for m in app.markdown)
    assert "Benchmark protocol: it admits other users' futures" in said
    assert "It gave no list for 2 of 6" in said


def test_the_table_names_status_and_budget(open_page, compared, document):
    table = opened(open_page, document).dataframe[0].value.set_index("contender")
    assert table.loc["◆ Acme", "status"] == "not scored"
    assert table.loc["● Two-stage", "status"] == "over budget"
    assert table.loc["◇ stand-in (not Amazon)", "kind"] == "stand-in (not Amazon)"


def test_another_metric_and_another_opponent_come_from_per_user_values(
    open_page, compared, document
):
    app = opened(open_page, document, compare_metric="recall", compare_k="5", compare_with="als")
    assert not app.exception
    assert app.title[0].value.startswith("Two-stage beats als by 0.117 recall@5")


def test_without_stored_values_the_page_says_what_to_do(open_page, filled, document):
    filled.save_bakeoff(document, dataset_version=1)
    app = opened(open_page, document, compare_metric="recall")
    assert not app.exception
    assert "run the bake-off again" in app.error[0].value


def test_nobody_was_scored(open_page, filled, document):
    failed = [
        c.model_copy(update={"status": "failed", "reason": "It broke.", "metrics": {}})
        for c in document.contenders
    ]
    filled.save_bakeoff(
        document.model_copy(update={"contenders": failed, "comparisons": []}), dataset_version=1
    )
    app = opened(open_page, document)
    assert not app.exception
    assert app.title[0].value.startswith("Nobody was scored")
    assert "It broke" in " ".join(m.value for m in app.markdown)


def test_random_is_told_in_words_since_it_would_flatten_the_picture():
    from app.components import compare_charts

    frame = pd.DataFrame(
        {
            "contender": ["ALS", "Random"],
            "difference": [0.01, -0.4],
            "low": [0.0, -0.5],
            "high": [0.02, -0.3],
        }
    )
    drawn, said = compare_charts.without_floor(frame)
    assert drawn["contender"].tolist() == ["ALS"]
    assert "Random" in said and "0.4" in said
    alone, nothing = compare_charts.without_floor(frame[1:].reset_index(drop=True))
    assert len(alone) == 1 and nothing == ""
