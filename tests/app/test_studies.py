"""Learning curve and leakage audit on the Data page: not run, running, found; and the charts."""

from __future__ import annotations

import pytest

from app import access, look
from app.components import jobs
from app.data import study_charts
from pipelines.errors import AssayError
from pipelines.evaluation.studies.results import (
    CurveGain,
    CurvePoint,
    Flip,
    Inflation,
    LeakageAudit,
    LearningCurve,
    Lift,
    ProtocolScores,
    SpecScore,
)
from pipelines.statistics.interval import Interval
from pipelines.workspace.jobs import Jobs

HEADING = {
    "dataset": "shop", "version": 1, "fingerprint": "f" * 64,
    "created": "2026-11-24T10:00:00+00:00",
}  # fmt: skip
TITLES = {"als": "ALS", "popular": "Popular"}
SPLITS = {"random": 0.05, "leave-one-out": 0.02, "global time": 0.0}
"""How much ALS gains over Popular's .1 under each."""


def around(value: float, width: float = 0.01) -> Interval:
    return Interval(value=value, low=value - width, high=value + width)


def curve() -> LearningCurve:
    gain = {"als": 0.03, "popular": 0.0}
    return LearningCurve(
        **HEADING,
        sentence="More data still helps ALS.",
        metric="ndcg@10",
        split="time:0.9",
        split_note="",
        users=100,
        truths=300,
        points=[
            CurvePoint(
                spec=spec, title=title, share=share, events=int(1000 * share), since="2024-01-01",
                users_without_history=0, items=30, found=around(0.1 + gain[spec] * share),
            )
            for share in (0.1, 0.2, 0.4, 0.8, 1.0)
            for spec, title in TITLES.items()
        ],
        gains=[
            CurveGain(
                spec=spec, title=title, from_share=0.4, difference=0.1, low=0.05, high=0.15,
                smallest_useful=0.002, outcome="better", sentence=f"Of {title}, $5 more.",
            )
            for spec, title in TITLES.items()
        ],
    )  # fmt: skip


def audit(high: float | None = 3.0) -> LeakageAudit:
    ratio = {"spec": "als", "title": "ALS"}
    return LeakageAudit(
        **HEADING,
        sentence="ALS has 1 times the NDCG@10 of Popular under global time.",
        metrics=["ndcg@10", "recall@10"],
        protocols=[
            ProtocolScores(
                name=name, split=name, note="", held_out_share=0.1, users=100,
                truths_per_user=3.0, cold_users=1, cold_items=2, cold_truths=3,
                scores=[
                    SpecScore(
                        spec=spec, title=title,
                        metrics={m: around(0.1 + (gain if spec == "als" else 0))
                                 for m in ("ndcg@10", "recall@10")},
                    )
                    for spec, title in TITLES.items()
                ],
            )
            for name, gain in SPLITS.items()
        ],
        lifts=[
            Lift(**ratio, protocol=name, metric=metric, value=1 + 10 * gain, low=0.9, high=high)
            for name, gain in SPLITS.items()
            for metric in ("ndcg@10", "recall@10")
        ],
        inflations=[
            Inflation(**ratio, protocol="random", metric="ndcg@10", measure=measure, value=value,
                      low=1.0, high=high)
            for measure, value in (("lift", 1.5), ("value", 1.2))
        ],
        flips=[
            Flip(protocol="random", metric="ndcg@10", ahead_in_time="Popular", ahead_here="ALS",
                 in_time=around(0.01), here=around(-0.05), certain=False)
        ],
    )  # fmt: skip


@pytest.fixture
def started(monkeypatch) -> list[tuple[str, dict]]:
    """The jobs that the page starts, which then do not run."""
    found: list[tuple[str, dict]] = []
    monkeypatch.setattr(
        Jobs, "submit", lambda self, kind, params: found.append((kind, params)) or 1
    )
    return found


def headers(app) -> list[str]:
    return [h.value for h in app.header]


def text(app) -> str:
    every = [*app.markdown, *app.caption, *app.info]
    return " ".join(str(one.value) for one in every).replace("\\", "")


def test_what_was_not_measured_is_one_sentence_and_a_button(open_page, filled, started):
    app = open_page("data", dataset="shop", data_view="studies")
    assert not app.exception
    assert headers(app)[1:3] == [
        "Learning curve: would more data help?",
        "Leakage audit: how much do other splits inflate metrics?",
    ]
    assert text(app).count("Not measured yet") == 2
    app.button(key="data_learning-curve").click().run()
    app.button(key="data_audit").click().run()
    assert started == [("learning-curve", {"dataset": "shop"}), ("audit", {"dataset": "shop"})]


def test_a_study_that_runs_says_how_far_it_is(open_page, filled, monkeypatch):
    monkeypatch.setattr("pipelines.runtime.processes.start_detached", lambda *_, **__: 2**22)
    monkeypatch.setattr("pipelines.runtime.processes.alive", lambda pid: True)
    id = filled.submit("audit", {"dataset": "shop"})
    filled.claim(id, 2**22)
    filled.beat(id, 2**22, 0.4, "ALS under random")
    app = open_page("data", dataset="shop", data_view="studies")
    assert not app.exception
    assert "Leakage audit on shop is 40% done: ALS under random." in text(app)
    assert not any(b.key == "data_audit" for b in app.button)
    assert any(b.key == "data_learning-curve" for b in app.button)


def test_what_was_found_is_a_sentence_a_chart_and_its_data(open_page, filled):
    filled.save_study(curve())
    filled.save_study(audit())
    app = open_page("data", dataset="shop", data_view="studies")
    assert not app.exception
    shown = text(app)
    assert "Not measured yet" not in shown
    assert curve().sentence in shown
    assert audit().sentence in shown
    assert "Of Popular, $5 more." in shown
    assert "Popular is ahead of ALS under a split in time and behind it under random." in shown
    assert "The change is not significant." in shown
    keys = {button.key for button in app.get("download_button")}
    assert {"data_curve_csv", "data_audit_csv"} <= keys
    assert [b.label for b in app.button if b.key in ("data_audit", "data_learning-curve")] == [
        "Measure again", "Measure again",
    ]  # fmt: skip


def test_another_measure_stands_in_the_address(open_page, filled):
    filled.save_study(audit())
    for asked, shown in (("value:recall@10", "value:recall@10"), ("nonsense", "lift:ndcg@10")):
        app = open_page("data", dataset="shop", data_view="studies", data_audit_show=asked)
        assert not app.exception
        assert app.session_state["data_audit_show"] == shown


def test_a_viewer_looks_and_starts_nothing(open_page, filled, monkeypatch):
    filled.save_study(curve())
    monkeypatch.setattr(access, "role", lambda: "viewer")
    app = open_page("data", dataset="shop", data_view="studies")
    assert not app.exception
    assert not any(b.key in ("data_audit", "data_learning-curve") for b in app.button)
    assert curve().sentence in text(app)
    with pytest.raises(AssayError, match="Running a leakage audit requires the analyst role"):
        jobs.start("audit", {"dataset": "shop"})


def rows(spec: dict) -> int:
    return sum(len(r) for r in spec.get("datasets", {}).values())


def test_the_curve_is_drawn_in_the_contenders_own_colors():
    frame = study_charts.curve_frame(curve())
    styles = study_charts.styles_of(study_charts.titles_by_spec(curve().points))
    assert styles["ALS"].color == look.FIXED["als"]
    assert styles["Popular"].color == look.GRAY
    spec = study_charts.learning_curve(frame, styles, "ndcg@10").to_dict()
    assert [layer["mark"]["type"] for layer in spec["layer"]] == ["area", "line", "point", "text"]
    assert spec["layer"][0]["encoding"]["x"]["scale"]["type"] == "log"
    assert spec["config"]["background"] == "transparent"
    assert 0 < rows(spec) < 2000
    alt = study_charts.curve_alt(frame, "ndcg@10")
    assert "ALS goes from 0.103 with 10% to 0.130 with 100% of the history" in alt


def test_names_at_the_ends_of_two_lines_stand_apart():
    frame = study_charts.curve_frame(curve()).assign(value=0.1, low=0.05, high=0.15)
    ends = study_charts._ends(frame)
    assert ends["at"].diff().dropna().min() >= 0.005


@pytest.mark.parametrize("shown", list(study_charts.measures(audit())))
def test_the_audit_shows_every_contender_under_every_split(shown):
    frame = study_charts.audit_frame(audit(), shown)
    lift = shown.startswith("lift")
    assert frame.groupby("contender", sort=False)["split"].agg(list).tolist() == (
        [["global time", "leave-one-out", "random"]] * (1 if lift else 2)
    )
    titles = {"popular": "Popular", "als": "ALS"}
    spec = study_charts.audit(frame, study_charts.styles_of(titles), shown).to_dict()
    kinds = [layer["mark"]["type"] for layer in spec["layer"]]
    assert kinds == (["rule"] if lift else []) + ["rule", "point", "text"]
    assert spec["height"] >= look.HEIGHT
    scales = [layer["encoding"]["x"]["scale"]["domain"] for layer in spec["layer"]]
    low, high = frame["low"].min(), frame["high"].max()
    assert all(domain == scales[0] for domain in scales)
    assert scales[0][0] < low < high < scales[0][1] < 2 * high
    alt = study_charts.audit_alt(frame, shown, study_charts.measures(audit()))
    assert "under random" in alt and "95%" in alt


def test_an_interval_without_an_upper_end_is_drawn_and_told():
    frame = study_charts.audit_frame(audit(high=None), "lift:ndcg@10")
    assert frame["span"].str.endswith("to no upper limit").all()
    styles = study_charts.styles_of({"als": "ALS"})
    spec = study_charts.audit(frame, styles, "lift:ndcg@10").to_dict()
    (data,) = [d for d in spec["datasets"].values() if "end" in d[0]]
    assert all(row["end"] >= row["value"] for row in data)


def test_what_could_not_be_reckoned_is_left_out():
    left = audit()
    lifts = [x.model_copy(update={"value": None, "low": None, "high": None}) for x in left.lifts]
    empty = study_charts.audit_frame(left.model_copy(update={"lifts": lifts}), "lift:ndcg@10")
    assert empty.empty
