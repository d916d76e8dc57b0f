"""Numbers, styles, forms, charts, jobs and roles: the parts of pages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from app import access, look
from app.build import flow_chart, spec_flow
from app.components import charts, page, steps, tables
from app.data import readiness_chart
from app.report import sentences
from app.runs import over_time_chart
from pipelines import registry
from pipelines.errors import AssayError
from pipelines.evaluation.results.document import titles_of
from pipelines.recommender.spec import Spec
from pipelines.runtime import paths
from tests.app.compared import contender


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.031416, "0.0314"), (9.996, "10.0"), (98.64, "98.6"), (1234567.0, "1,230,000"),
        (0, "0"), (-0.5, "-0.500"), (None, ""), (float("nan"), ""), (1e-7, "0.000000100"),
    ],
)  # fmt: skip
def test_three_significant_digits(value, text):
    assert tables.digits(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1172.98, "1,172.98"), (1234567.0, "1,234,567"), (0.1, "0.1"), (-0.005, "-0.005"),
        (1e-7, "0.0000001"), (np.float32(1172.98), "1,172.98"), (float("inf"), "inf"),
    ],
)  # fmt: skip
def test_a_number_as_read_keeps_its_digits(value, text):
    assert tables.exact(value) == text


def test_counts_are_shown_in_full():
    assert tables.number(100004) == "100,004"
    assert tables.signed(0.012) == "+0.0120"
    assert tables.signed(-0.5) == "−0.500"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.52, "0.5 s"), (41.2, "41 s"), (200, "3 min 20 s"), (1500, "25 min"), (7500, "2 h 5 min")],
)
def test_durations(seconds, text):
    assert tables.duration(seconds) == text


def test_an_estimate_claims_two_digits_at_most():
    assert tables.about(101.4) == "1 min 40 s"
    assert tables.about(18.7) == "19 s"
    assert tables.about(0.2) == "1 s"


def test_eight_columns_are_refused():
    with pytest.raises(ValueError, match="8 columns"):
        tables.show(pd.DataFrame([range(8)]), key="wide", alt="too wide")


def test_a_chart_without_a_finding_is_refused():
    with pytest.raises(ValueError, match="alt text"):
        page.picture(charts.zero_line(), " ", key="x")


def test_markdown_is_shown_as_written():
    assert page.plain("Buy leads by $45 k*") == "Buy leads by \\$45 k\\*"
    assert page.plain("time:0.9: note") == "time:0.9: note"
    assert page.plain("asked at 12:30, R&D") == "asked at 12:30, R&D"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        (":material/home: x", r"\:material\/home\: x"),
        ("so :100: it is", r"so \:100\: it is"),
        ("12:30:45 :+1:", r"12\:30\:45 \:+1\:"),
        ("color:red", r"color\:red"),
        ("&lt;b&gt; R&D", r"\&lt;b\&gt; R&D"),
        ("one\n# two\r\n- three", "one # two - three"),
        ("# one", r"\# one"),
        ("1. one", r"1\. one"),
        ("    one", " one"),
    ],
)
def test_signs_that_streamlit_reads_are_escaped(text, escaped):
    assert page.plain(text) == escaped


def test_a_contender_looks_the_same_in_every_bakeoff():
    few = look.styles([("popular", "baseline"), ("als", "built"), ("mine", "built")])
    more = look.styles(
        [("als", "built"), ("two-stage", "built"), ("stand-in", "stand-in"), ("mine", "built")]
    )
    assert few["als"] == more["als"]
    assert few["popular"].color == look.GRAY
    assert more["stand-in"].dashed
    assert not more["stand-in"].filled
    assert len({style.color for style in more.values()}) == 4


def test_a_contender_without_a_title_of_its_own_is_labeled_by_name():
    named = {"one": "Same", "two": "Same", "three": "", "four": "Four"}
    results = [contender(name, 0.1, title=title) for name, title in named.items()]
    titles = {"one": "one", "two": "two", "three": "three", "four": "Four"}
    assert titles_of(results) == titles


def test_outcomes_have_a_mark_beside_their_color():
    assert [look.OUTCOME_MARK[o] for o in ("better", "equivalent", "worse", "inconclusive")] == [
        "▲", "=", "▼", "?",
    ]  # fmt: skip
    assert look.outcome_label("better", over_budget=True) == "▲ better, but over budget"
    assert look.outcome_label("better", False, True) == "▲ better, but fails a required test"
    assert look.outcome_label("worse", True, True) == (
        "▼ worse, but over budget and fails a required test"
    )


def _marks(spec: dict) -> int:
    return sum(len(rows) for rows in spec.get("datasets", {}).values())


def _charts():
    doc = Spec.load("two-stage-sponsored").document()
    nodes, links, columns = spec_flow.nodes_and_links(doc, 10, {"candidates:0": 2.0}, "rankers:0")
    approach = pd.DataFrame(
        {
            "approach": ["a", "b"], "have": [10.0, 0.0], "need": [5.0, 7.0],
            "state": ["enough", "not enough"], "unit": ["events", "users"],
        }
    )  # fmt: skip
    step = pd.DataFrame({"step": list(steps.PLAN), "state": "open", "line": "nothing yet"})
    times = pd.DataFrame(
        {
            "created": pd.to_datetime(["2026-11-20", "2026-11-21"]), "bakeoff": ["a", "b"],
            "contender": ["als", "als"], "value": [0.1, 0.2], "low": [0.05, 0.1],
            "high": [0.15, 0.3],
        }
    )  # fmt: skip
    styles = look.styles([("als", "built")])
    return {
        "flow": flow_chart.chart(nodes, links, columns),
        "approaches": readiness_chart.chart(readiness_chart.with_labels(approach)),
        "steps": steps.chart(step),
        "over_time": over_time_chart.chart(times, styles, "NDCG@10"),
    }


@pytest.mark.parametrize("name", ["flow", "approaches", "steps", "over_time"])
def test_charts_are_valid_light_and_small(name):
    spec = _charts()[name].to_dict()  # Altair checks it against Vega-Lite's schema
    assert spec["config"]["background"] == "transparent"
    assert _marks(spec) < 2000
    assert spec["height"] >= (look.HEIGHT if name != "steps" else 176)


def _form_of_everything() -> None:
    from typing import Literal

    import streamlit as st
    from pydantic import BaseModel, Field

    from app.build import forms

    class Config(BaseModel):
        count: int = Field(5, ge=1, le=9, description="how many")
        rate: float = Field(0.001, gt=0, description="how fast")
        on: bool = Field(True, description="whether")
        kind: Literal["a", "b"] = Field("a", description="which")
        word: str = Field("x", description="what")
        limit: float | None = Field(None, description="at most")
        parts: tuple[int, ...] = Field((1, 2), description="pieces")

    st.session_state["found"] = forms.settings(Config, {"kind": "b"}, key="f")


def test_a_form_has_a_widget_for_each_kind_of_field(monkeypatch):
    monkeypatch.chdir(paths.CHECKOUT)
    app = AppTest.from_function(_form_of_everything).run()
    assert not app.exception
    assert app.session_state["found"] == {"kind": "b"}  # defaults are left out
    count = app.text_input(key="f_count")
    assert (count.value, count.help) == ("5", "how many")
    count.set_value("7")
    app.text_input(key="f_limit").set_value("2,5")
    app.text_input(key="f_parts").set_value("3, 4")
    app.checkbox(key="f_on").uncheck().run()
    assert app.session_state["found"] == {
        "count": 7, "on": False, "kind": "b", "limit": 2.5, "parts": [3, 4],
    }  # fmt: skip
    assert app.text_input(key="f_limit").value == "2,5"  # as typed
    for typed in ("2,5", "0", "10", "1.000", ""):  # a whole number from 1 to 9 is needed
        app.text_input(key="f_count").set_value(typed).run()
        assert app.session_state["found"]["count"] == 7
        assert app.caption[-1].value == "7 is still set."
        assert app.text_input(key="f_count").value == typed
    app.text_input(key="f_count").set_value("7").run()
    app.text_input(key="f_rate").set_value("0,002").run()
    assert app.session_state["found"]["rate"] == 0.002 and not app.caption
    for typed in ("fast", "0", ""):  # a rate above 0 is needed
        app.text_input(key="f_rate").set_value(typed).run()
        assert app.session_state["found"]["rate"] == 0.002
        assert app.caption[-1].value == "0.002 is still set."
        assert app.text_input(key="f_rate").value == typed


@pytest.mark.parametrize("kind", ["candidates", "rankers", "rules"])
def test_each_stages_settings_have_a_form(kind, monkeypatch):
    monkeypatch.chdir(paths.CHECKOUT)
    for name in registry.names(kind):
        app = AppTest.from_function(_form_of_a_stage, args=(kind, name)).run()
        assert not app.exception, name
        assert app.session_state["found"] == {}, name


def _form_of_a_stage(kind: str, name: str) -> None:
    import streamlit as st

    from app.build import forms
    from pipelines import registry

    config = registry.lookup(kind, name).Config
    st.session_state["found"] = forms.settings(config, {}, key="f")


def test_roles(monkeypatch):
    options = {"server.address": "127.0.0.1", "secrets.files": []}
    monkeypatch.setattr(access.st, "get_option", options.get)
    assert access.role() == "lead"
    options["server.address"] = None
    assert access.role() == "viewer"
    with pytest.raises(AssayError, match="requires the analyst role; your role is viewer"):
        access.require("analyst", "Importing data")


def test_on_a_read_only_server_everyone_is_a_viewer_and_may_vote_as_before(monkeypatch):
    options = {"server.address": "127.0.0.1", "secrets.files": []}
    monkeypatch.setattr(access.st, "get_option", options.get)
    monkeypatch.setenv(access.READ_ONLY, "1")
    assert access.role() == "viewer" and access.may_vote()
    with pytest.raises(AssayError, match="Saving a decision is not possible here: this server is"):
        access.require("lead", "Saving a decision")
    options["server.address"] = None
    assert access.role() == "viewer" and not access.may_vote()


def test_a_page_imports_neither_mlflow_nor_lightgbm():
    code = "import app.navigation, app.state, app.data.upload, sys; "
    code += "sys.exit(bool({'mlflow', 'lightgbm'} & set(sys.modules)))"
    import subprocess
    import sys

    assert subprocess.run([sys.executable, "-c", code], cwd=paths.CHECKOUT).returncode == 0


def test_every_page_of_the_navigation_is_there():
    from app import navigation

    for entries in navigation.SECTIONS.values():
        for name, *_ in entries:
            assert Path(paths.CHECKOUT, "app", "pages", f"{name}.py").exists()


@pytest.mark.parametrize(
    ("text", "markdown", "html"),
    [
        ("run `assay x` now", "run `assay x` now", "run <code>assay x</code> now"),
        ("`a_b` costs $1 to $2", r"`a_b` costs \$1 to \$2", "<code>a_b</code> costs $1 to $2"),
        ("a ` alone <b>", r"a \` alone \<b\>", "a ` alone &lt;b&gt;"),
        ("`<b>`", "`<b>`", "<code>&lt;b&gt;</code>"),
    ],
)
def test_commands_within_a_sentence_are_shown_as_code(text, markdown, html):
    assert page.with_code(text) == markdown
    assert sentences.with_code(text) == html
