"""The Build page: the funnel, its rankers, and the request that starts a bake-off."""

import pytest

from app.build import spec_editor, spec_flow
from app.build.bakeoff import named
from pipelines.data.split import Protocol
from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff.request import BASELINES, BakeoffRequest
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
    assert app.title[0].value.endswith("Load data to estimate the fit.")
    assert not any(b.label == "Run the bake-off" for b in app.button)


def test_the_sentence_has_the_funnel_the_time_and_the_memory(open_page, filled):
    app = open_page("build", dataset="shop")
    assert not app.exception
    doc = Spec.load("two-stage").document()
    # The catalogue has 30 items.
    assert spec_flow.funnel(doc, 10, 30) == "30 → 30 → 30 → 10 items"
    assert app.title[0].value.startswith("30 → 30 → 30 → 10 items. Fitting takes about ")
    nodes, _, _ = spec_flow.nodes_and_links(doc, 10, {}, None, 30)
    assert set(nodes["label"]) == {"30", "10"}


def test_a_ranker_is_duplicated_and_the_pipeline_renamed(open_page, filled):
    app = open_page("build", dataset="shop")
    app.selectbox(key=spec_editor.STAGE).set_value("rankers:0").run()
    _button(app, "Duplicate ranker").click().run()
    assert not app.exception
    doc = app.session_state["build_spec"]
    assert [b["stage"] for b in doc["rankers"]] == ["linear", "linear", "lambdarank"]
    assert doc["name"] == "two-stage-changed"
    assert app.session_state[spec_editor.STAGE] == "rankers:1"
    _button(app, "Remove").click().run()
    assert len(app.session_state["build_spec"]["rankers"]) == 2


def pipelines(app):
    return next(m for m in app.multiselect if m.label.startswith("Pipelines"))


def test_every_contender_that_the_command_line_knows_by_name_can_be_picked(
    open_page, filled, submitted
):
    app = open_page("build", dataset="shop")
    assert {*pipelines(app).options, *BASELINES} == set(Spec.known())
    assert "item-knn" in pipelines(app).options
    start = app.selectbox(key=spec_editor.FROM)
    assert start.options == [Spec.load(name).title for name in Spec.known()]
    pipelines(app).set_value(pipelines(app).options).run()
    _button(app, "Run the bake-off").click().run()
    assert not app.exception
    request = BakeoffRequest.of(submitted[0][1])
    assert {e.name for e in request.entries if e.spec is not None} == set(Spec.known())


def test_a_generator_to_start_from_is_not_taken_for_a_changed_pipeline(open_page, filled):
    app = open_page("build", dataset="shop")
    app.selectbox(key=spec_editor.FROM).set_value("item-knn").run()
    _button(app, "Load").click().run()
    assert not app.exception
    assert app.session_state["build_spec"]["name"] == "item-knn"
    assert _button(app, "Load").disabled


def test_pipelines_edited_before_take_part_beside_the_present_one(open_page, filled, submitted):
    app = open_page("build", dataset="shop")
    for _ in range(2):
        app.selectbox(key=spec_editor.STAGE).set_value("rankers:0").run()
        _button(app, "Duplicate ranker").click().run()
        _button(app, "Load").click().run()
    variants = ["two-stage-changed", "two-stage-changed-2"]
    assert pipelines(app).options[:3] == ["two-stage", *variants]
    assert app.selectbox(key=spec_editor.FROM).options[-2:] == variants
    pipelines(app).set_value(["two-stage", "two-stage-changed"]).run()
    _button(app, "Run the bake-off").click().run()
    assert not app.exception
    plain, variant = submitted[0][1]["specs"]
    assert (plain, variant["name"]) == ("two-stage", "two-stage-changed")
    assert len(variant["rankers"]) == 3
    app.selectbox(key=spec_editor.FROM).set_value("two-stage-changed-2").run()
    _button(app, "Load").click().run()
    assert app.session_state["build_spec"]["name"] == "two-stage-changed-2"


def test_several_third_parties_take_part(open_page, filled, submitted, tmp_path):
    lists = [tmp_path / name for name in ("one.csv", "two.csv")]
    app = open_page("build", dataset="shop")
    given = [f"exported:{path}" for path in lists]
    app.multiselect(key="build_others").set_value(given).run()
    for path in lists:
        path.write_text("user_id,item_id,rank\nu001,i01,1\n")
    _button(app, "Run the bake-off").click().run()
    assert not app.exception and not app.error
    assert submitted[0][1]["third_party"] == ["stand-in", *given]


def test_a_removed_pipeline_stays_removed_when_the_edited_one_is_renamed(open_page, filled):
    app = open_page("build", dataset="shop")
    pipelines(app).set_value(["two-stage", "als"]).run()
    app.selectbox(key=spec_editor.STAGE).set_value("rankers:0").run()
    _button(app, "Duplicate ranker").click().run()
    assert pipelines(app).value == ["two-stage-changed", "als"]


def test_a_typed_name_is_the_title_too(open_page, filled, submitted):
    app = open_page("build", dataset="shop")
    app.selectbox(key=spec_editor.STAGE).set_value("rankers:0").run()
    _button(app, "Duplicate ranker").click().run()
    app.text_input(key="build_name_two-stage-changed").set_value("three-rankers").run()
    _button(app, "Run the bake-off").click().run()
    (edited,) = (spec for spec in submitted[0][1]["specs"] if isinstance(spec, dict))
    assert (edited["name"], edited["title"]) == ("three-rankers", "three-rankers")


def test_a_changed_pipeline_survives_a_reload_and_a_loaded_one_replaces_it(open_page, filled):
    app = open_page("build", dataset="shop")
    app.selectbox(key=spec_editor.STAGE).set_value("rankers:0").run()
    _button(app, "Duplicate ranker").click().run()
    again = open_page("build", dataset="shop")
    assert not again.exception
    assert again.session_state["build_spec"] == app.session_state["build_spec"]
    assert len(again.session_state["build_spec"]["rankers"]) == 3
    _button(again, "Load").click().run()
    assert len(again.session_state["build_spec"]["rankers"]) == 2
    assert filled.draft("build").inputs == {}
    assert len(filled.draft("build").previous["spec"]["rankers"]) == 3


def test_a_setting_changes_the_sentence_and_the_file(open_page):
    app = open_page("build")
    before = app.title[0].value
    field = next(n for n in app.text_input if n.label == "Candidates (items)")
    field.set_value("321").run()
    assert not app.exception
    assert app.title[0].value != before
    assert any("k = 321" in code.value for code in app.code)


def test_the_bakeoff_that_is_started(open_page, filled, submitted):
    app = open_page("build", dataset="shop")
    app.selectbox(key="build_split").set_value("last-n:5").run()
    note = Protocol.of_bakeoff("last-n:5", third_parties=True).note
    assert any(note in c.value for c in app.caption)
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


def test_whole_numbers_are_used_as_typed_and_a_decimal_comma_is_refused(
    open_page, filled, submitted
):
    app = open_page("build", dataset="shop")
    app.text_input(key="build_eval_users").set_value("1,250")
    app.text_input(key="build_refits").set_value("2")
    app.text_input(key="build_tie_orders").set_value("0")
    app.text_input(key="build_k").set_value("5").run()
    assert app.title[0].value.startswith("30 → 30 → 30 → 5 items.")
    app.text_input(key="build_k").set_value("2,5").run()
    assert not app.exception
    assert app.text_input(key="build_k").value == "2,5"
    told = [c.value for c in app.caption]
    assert ":material/error: 2.5 is not a whole number: type 2 or 3." in told
    assert "5 is still set." in told
    assert app.title[0].value.startswith("30 → 30 → 30 → 5 items.")
    _button(app, "Run the bake-off").click().run()
    params = submitted[0][1]
    wanted = {"k": 5, "eval_users": 1250, "refits": 2, "tie_orders": 0}
    assert {name: params[name] for name in wanted} == wanted


def test_a_third_party_that_is_not_known_is_a_sentence(open_page, filled, submitted):
    app = open_page("build", dataset="shop")
    app.multiselect(key="build_others").set_value(["nonsense:x"]).run()
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


def test_a_split_says_what_it_leaks_and_which_contenders_it_excludes(open_page, filled, submitted):
    app = open_page("build", dataset="shop")

    def captions() -> str:
        return " ".join(c.value for c in app.caption).replace("\\", "")

    app.selectbox(key="build_split").set_value("users:0.1").run()
    with pytest.raises(AssayError) as refused:
        Protocol.of_bakeoff("users:0.1", third_parties=True)
    assert str(refused.value) in captions()
    app.checkbox(key="build_standin").uncheck().run()
    assert (
        f"Split users:0.1: {Protocol.of_bakeoff('users:0.1', third_parties=False).note}."
        in captions()
    )
    app.selectbox(key="build_split").set_value("leave-one-out").run()
    note = Protocol.of_bakeoff("leave-one-out", third_parties=False).note
    assert f"Split leave-one-out: {note}." in captions()
    assert not app.exception


def test_a_shared_server_reads_lists_from_its_inbox_alone(tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "link").symlink_to("/etc")
    assert named("exported:lists.csv", inbox) == f"exported:{inbox / 'lists.csv'}"
    assert named(f"exported:{inbox}/a/lists.csv@x", inbox) == f"exported:{inbox}/a/lists.csv@x"
    assert named("personalize:shop", inbox) == "personalize:shop"
    for path in (
        "/etc/passwd",
        "../secrets.toml",
        "link/passwd",
        "a@2016/../../x",
        "../x@2016/../inbox/y",
    ):
        with pytest.raises(AssayError, match="workspace's inbox"):
            named(f"exported:{path}", inbox)
    assert named("exported:/any/file.csv", None) == "exported:/any/file.csv"
