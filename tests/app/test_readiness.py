"""Readiness and profile on the page: sentences, charts and downloads."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

import pandas as pd
import pytest
import vl_convert

from app import datasets, look
from app.components import stacked
from app.data import profile, profile_charts, readiness_chart
from app.data import readiness as component
from pipelines.data import readiness
from pipelines.data.profile import profile as profiled
from pipelines.testing import datasets as synthetic
from tests.app.conftest import small_dataset

SVG = "{http://www.w3.org/2000/svg}"


def test_the_chart_has_a_row_for_each_approach_and_marks_states_without_color():
    found = readiness.approaches(synthetic.dataset())
    frame = readiness_chart.with_labels(
        pd.DataFrame([{"approach": n, **vars(a)} for n, a in found.items()])
    )
    spec = readiness_chart.chart(frame).to_dict()
    rows = next(iter(spec["datasets"].values()))
    assert [row["approach"] for row in rows] == list(found)
    for row in rows:
        assert row["label"].startswith(readiness_chart.STATE_MARK[row["state"]])
        assert 0.02 <= row["times"] <= 100
    assert spec["layer"][0]["encoding"]["y"]["axis"]["labelOverlap"] is False
    unknown = next(row for row in rows if row["state"] == "unknown")
    assert (unknown["times"], unknown["needs"]) == (1, "unknown")
    alt = readiness_chart.alt_text(frame)
    assert alt.startswith("Enough for popularity")
    assert all(name in alt for name in found)


def test_labels_have_a_gap_between_them():
    """As drawn: a page takes the axis from the chart's height."""
    row = {
        "approach": "real time", "state": "not enough", "have": 1, "need": 1000,
        "unit": "visits with events at two or more different times",
    }  # fmt: skip
    rows = [{**row, "approach": f"{row['approach']} {n}"} for n in range(14)]
    frame = readiness_chart.with_labels(pd.DataFrame(rows))
    chart = readiness_chart.chart(frame)
    chart.width, chart.autosize = 480, {"type": "fit", "contains": "padding"}
    drawn = ElementTree.fromstring(vl_convert.vegalite_to_svg(chart.to_dict()))
    labels = next(
        group
        for group in drawn.iter(f"{SVG}g")
        if "role-axis-label" in group.get("class", "") and "real time" in "".join(group.itertext())
    )
    tops = sorted(float(text.get("transform").rpartition(",")[2].rstrip(")")) for text in labels)
    assert len(tops) == 14
    lines = 1 + frame["needs"].str.count("\n").max() + 1
    assert min(b - a for a, b in pairwise(tops)) >= lines * readiness_chart._LINE + 9


def test_a_label_says_which_visits_count_where_they_fall_short():
    row = {
        "approach": "real time", "state": "not enough", "have": 1, "need": 1000,
        "unit": "visits with events at two or more different times",
    }  # fmt: skip
    frame = readiness_chart.with_labels(pd.DataFrame([row, {**row, "state": "enough"}]))
    assert frame["needs"].tolist() == [
        "has 1, needs 1,000 visits\nwith events at two or more\ndifferent times",
        "has 1, needs 1,000 visits",
    ]


@pytest.mark.parametrize("key", list(profile.TITLES))
def test_profile_charts_are_valid_light_and_small(key):
    found = profiled(small_dataset())
    rows = getattr(found, key) or [{"event_type": "view", "share": 1.0}]
    spec = profile._chart(key, pd.DataFrame(rows), found.unit).to_dict()
    assert spec["config"]["background"] == "transparent"
    assert sum(len(part) for part in spec["datasets"].values()) < 2000
    height = sum(part["height"] for part in spec.get("vconcat", [spec]))
    assert height >= 350


def test_incomplete_bins_do_not_look_like_a_drop():
    frame = pd.DataFrame(
        {
            "start": ["2025-01-06", "2025-01-13", "2025-01-20"], "events": [9, 9, 1],
            "users": [4, 4, 1], "new_users": [4, 1, 0], "whole": [True, True, False],
        }
    )  # fmt: skip
    spec = profile_charts.activity(frame, "week").to_dict()
    bars, lines = spec["vconcat"]
    assert len(spec["datasets"][bars["data"]["name"]]) == 3
    assert len(spec["datasets"][lines["data"]["name"]]) == 2 * 2
    assert lines["encoding"]["color"]["scale"]["range"] == [look.ORANGE, look.GREEN]


def test_the_page_hands_over_the_plan_and_shows_the_profile(open_page, filled):
    app = open_page("data", dataset="shop")
    assert not app.exception
    found = datasets.readiness("shop")
    assert found.verdict == "popularity only"
    assert found.plan.startswith("# Tracking plan: shop")
    labels = [b.label for b in app.get("download_button")]
    assert {"Download tracking plan (Markdown)", "Download event schema (JSON)"} <= set(labels)
    # The verdict is not "ready": the tracking plan is at the top.
    assert app.header[0].value == "Tracking plan"
    app = open_page("data", dataset="shop", data_view="profile")
    assert not app.exception
    assert [s.value for s in app.header][1:-1] == [
        profile.TITLES[key]
        for key in ("activity", "histories", "long_tail", "coverage", "hours")
    ]  # fmt: skip
    texts = {m.value.replace("\\", "") for m in app.markdown}
    assert set(datasets.profile("shop").sentences.values()) <= texts


@pytest.mark.parametrize(
    ("check", "value", "threshold", "state", "shown", "limit"),
    [
        ("simultaneous events, share", 0.986, 0.5, "thin", "98.6%", "at most 50% (rule of thumb)"),
        ("items with a price, share", 0.5, 0.95, "thin", "50%", "at least 95% (rule of thumb)"),
        ("events", 1_802, 1_000, "enough", "1,802", "at least 1,000 (rule of thumb)"),
        ("longest gap without events, days", 3, 7, "enough", "3", "at most 7 (rule of thumb)"),
        ("growth of users", -0.25, -0.2, "thin", "-25%", "at least -20% (rule of thumb)"),
        ("user ids with spaces, share", 0.0, 0.0, "enough", "0%", "at most 0% (rule of thumb)"),
        ("events per user, median", 5.0, 5, "enough", "5", "5 (rule of thumb)"),
        ("span, days", None, 90, "unknown", "", "90 (rule of thumb)"),
        ("open rate", 0.1234, None, "enough", "12.3%", ""),
        (
            "impression, share of events",
            0.0,
            0.1,
            "not enough",
            "0%",
            "at least 10% (rule of thumb)",
        ),
    ],
)
def test_labels_of_values_and_thresholds(check, value, threshold, state, shown, limit):
    finding = {
        "check": check, "value": value, "threshold": threshold, "state": state, "source": "ours",
    }  # fmt: skip
    assert component.value_label(value, check) == shown
    assert component.required(finding) == limit


def test_a_stacked_table_labels_its_cells_and_its_rules_are_of_it_alone():
    style = stacked._style("t", ["state", "check", "value", "means"], ["means"])
    assert "td:nth-child(3)::before {content: 'value: '" in style
    assert style.count("::before") == 1
    assert style.startswith("<style>@media (max-width: 1000px) {.st-key-t {")


def test_passed_checks_are_in_an_expander(open_page, filled):
    app = open_page("data", dataset="shop")
    urgent, fine = app.table[0].value, app.table[1].value
    assert (
        not urgent["state"]
        .str.endswith(" enough")
        .where(~urgent["state"].str.endswith("not enough"), False)
        .any()
    )
    assert set(fine["state"]) == {"✓ enough"}
    assert len(urgent) + len(fine) == len(datasets.readiness("shop").findings)
