"""The Build page: the funnel, its tiers, and the request that a bake-off starts with."""

import pytest

from app.build import spec_editor, spec_flow
from pipelines.recommender.spec import Spec


def _button(app, label):
    return next(b for b in app.button if b.label == label)


@pytest.fixture
def submitted(workspace, monkeypatch):
    found = []
    monkeypatch.setattr(
        type(workspace), "submit", lambda self, kind, params: found.append((kind, params)) or 1
    )
    return found


def test_without_data_the_pipeline_is_shown_and_nothing_can_be_run(open_page):
    app = open_page("build")
    assert not app.exception
    assert app.title[0].value.endswith("load data to see what it takes.")
    assert not any(b.label == "Run the bake-off" for b in app.button)


def test_the_sentence_has_the_funnel_the_time_and_the_memory(open_page, filled):
    app = open_page("build", dataset="shop")
    assert not app.exception
    doc = Spec.load("two-stage").document()
    assert app.title[0].value.startswith(f"{spec_flow.funnel(doc, 10)}; about ")


def test_a_tier_is_duplicated_and_the_pipeline_renamed(open_page, filled):
    app = open_page("build", dataset="shop")
    app.selectbox(key=spec_editor.STAGE).set_value("rankers:0").run()
    _button(app, "Duplicate tier").click().run()
    assert not app.exception
    doc = app.session_state["build_spec"]
    assert [b["stage"] for b in doc["rankers"]] == ["linear", "linear", "lambdarank"]
    assert doc["name"] == "two-stage-changed"
    assert app.session_state[spec_editor.STAGE] == "rankers:1"
    _button(app, "Remove").click().run()
    assert len(app.session_state["build_spec"]["rankers"]) == 2


def test_a_setting_changes_the_sentence_and_the_file(open_page, filled):
    app = open_page("build", dataset="shop")
    before = app.title[0].value
    field = next(n for n in app.number_input if n.label == "Items proposed")
    field.set_value(321).run()
    assert not app.exception
    assert app.title[0].value != before
    assert any("k = 321" in code.value for code in app.code)


def test_the_bakeoff_that_is_started(open_page, filled, submitted):
    app = open_page("build", dataset="shop")
    app.selectbox(key="build_split").set_value("last-n:5").run()
    assert any("other users' futures" in c.value for c in app.caption)
    app.multiselect(key="build_required").set_value(["one-item"]).run()
    _button(app, "Run the bake-off").click().run()
    assert not app.exception
    kind, params = submitted[0]
    assert kind == "bakeoff"
    assert params["dataset"] == "shop"
    assert params["split"] == "last-n:5"
    assert "two-stage" in params["specs"]
    assert params["third_party"] == ["stand-in"]
    assert params["required"] == ["one-item"]


def test_a_third_party_that_is_not_known_is_a_sentence(open_page, filled, submitted):
    app = open_page("build", dataset="shop")
    app.text_input(key="build_other").set_value("nonsense:x").run()
    _button(app, "Run the bake-off").click().run()
    assert not app.exception
    assert any("nonsense" in e.value for e in app.error)
    assert submitted == []


@pytest.mark.parametrize("name", Spec.shipped())
def test_the_flow_of_each_spec_that_ships(name):
    doc = Spec.load(name).document()
    nodes, links, columns = spec_flow.nodes_and_links(doc, 10, {}, None)
    assert columns == nodes["column"].max() + 1
    assert (nodes["high"] > nodes["low"]).all()
    assert nodes["low"].min() > -0.01
    assert nodes["high"].max() < 1.01
    assert (links["next"] == links["column"] + 1).all()


def test_a_split_says_what_it_leaks_and_whom_it_cannot_ask(open_page, filled, submitted):
    app = open_page("build", dataset="shop")

    def captions() -> str:
        return " ".join(c.value for c in app.caption).replace("\\", "")

    app.selectbox(key="build_split").set_value("users:0.1").run()
    assert "can only answer for users in its training data" in captions()
    app.checkbox(key="build_standin").uncheck().run()
    assert "users:0.1: benchmark protocol: models train on other users' future events" in captions()
    app.selectbox(key="build_split").set_value("leave-one-out").run()
    assert "leave-one-out: benchmark protocol" in captions()
    assert not app.exception
