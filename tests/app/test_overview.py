"""The first screen, empty and with results; and what the address of every page says."""

from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.runtime.state.query_params import QueryParams

from app import glossary
from app.compare import comparisons
from app.components import results
from pipelines.data.dataset import save
from tests.app.conftest import document, small_dataset
from tests.app.decided import COMPLETE


def test_empty_workspace_says_so_and_offers_samples(open_page):
    app = open_page()
    assert not app.exception
    assert app.title[0].value.startswith("No data yet")
    assert any(b.label == "Add sample datasets" for b in app.button)


def test_with_a_bakeoff_the_question_is_not_decidable_and_the_inputs_are_counted(open_page, filled):
    app = open_page()
    assert not app.exception
    assert app.title[0].value.startswith("Not decidable yet: ")
    assert "missing" in app.title[0].value
    table = app.dataframe[0].value
    assert table.shape[1] <= 7
    assert "EASE, recent first" in table["contender"].tolist()


def test_the_three_cards(open_page, filled):
    app = open_page()
    assert [h.value for h in app.header] == [
        "See what users would get",
        "Load your events",
        "Does your core business depend on recommendations?",
    ]


def test_every_view_is_a_link(open_page, filled):
    app = open_page(bakeoff="20261120-1000-aaaa")
    assert app.session_state["bakeoff"] == "20261120-1000-aaaa"
    app = open_page()
    address = {key: app.query_params[key] for key in ("dataset", "bakeoff")}
    assert address == {"dataset": "shop", "bakeoff": "20261121-1000-bbbb"}


def test_an_address_with_an_unknown_dataset_falls_back(open_page, filled):
    app = open_page(dataset="no-such")
    assert not app.exception
    assert app.session_state["dataset"] == "shop"


def told(app):
    return [m.value for m in app.markdown if "The link asks for" in m.value]


@pytest.mark.parametrize("name", ["overview", "compare", "explore", "runs", "decide"])
@pytest.mark.parametrize(
    ("link", "says"),
    [
        ({"dataset": "no-such"}, "a dataset 'no-such', which"),
        ({"bakeoff": "20200101-0000-ffff"}, "a bake-off '20200101-0000-ffff' on shop, which"),
        ({"dataset": "shop", "bakeoff": "gone"}, "a bake-off 'gone' on shop, which"),
        ({"dataset": "nope", "bakeoff": "gone"}, "a dataset 'nope' and a bake-off 'gone', which"),
    ],
)
def test_a_link_to_what_is_not_there_says_so_and_what_is_shown(open_page, filled, name, link, says):
    app = open_page(name, **link)
    assert not app.exception
    (sentence,) = told(app)
    assert says in sentence.replace("\\", "")
    assert sentence.endswith("Shown: shop, bake-off 20261121-1000-bbbb.")
    app.run()
    assert told(app)  # the address is a good one by now
    next(b for b in app.button if b.key == "not_there").click().run()
    assert not told(app)


def test_a_link_to_an_older_bakeoff_without_its_dataset_is_followed(open_page, filled):
    other = document("20261122-1000-cccc").model_copy(update={"dataset": "store"})
    folder = filled.home / "made-store"
    folder.mkdir()
    save(small_dataset("store"), folder)
    filled.add_dataset(folder)
    filled.save_bakeoff(other, dataset_version=1)
    app = open_page("compare", bakeoff="20261120-1000-aaaa")
    assert not told(app)
    assert (app.session_state["dataset"], app.session_state["bakeoff"]) == (
        "shop", "20261120-1000-aaaa",
    )  # fmt: skip


def view(app):
    return next(b for b in app.get("button_group") if b.label == "View")


def test_back_and_forward_within_a_page_follow_the_address(open_page, filled):
    app = open_page("data", dataset="shop")
    first = dict(app.query_params)
    view(app).set_value("profile").run()
    second = dict(app.query_params)
    assert "data_view" not in first and second["data_view"] == "profile"
    for address, shown in ((first, "findings"), (second, "profile"), (first, "findings")):
        app.query_params = dict(address)
        app.run()
        assert not app.exception
        assert app.session_state["data_view"] == shown
        assert dict(app.query_params) == address
    view(app).set_value("studies").run()
    app.query_params = {}  # the page opened again from the sidebar
    app.run()
    assert app.session_state["data_view"] == "studies"


def test_a_run_writes_its_address_as_one_step(open_page, filled, monkeypatch):
    steps, send = [], QueryParams._send_query_param_msg

    def sent(self):
        steps.append(self.to_dict())
        send(self)

    monkeypatch.setattr(QueryParams, "_send_query_param_msg", sent)
    app = open_page("compare", compare_view="contenders")
    assert len(steps) <= 1, steps
    steps.clear()
    app.run()
    assert steps == []


def test_the_leader_is_named_by_title():
    found = document("20261120-1000-aaaa")
    near = [c.model_copy(update={"outcome": "equivalent"}) for c in found.comparisons]
    label = results.leader_label(found.model_copy(update={"comparisons": near}))
    assert label == "EASE, recent first is equivalent to Popular"
    ahead = [
        c.model_copy(update={"outcome": "better", "borderline": True}) for c in found.comparisons
    ]
    label = results.leader_label(found.model_copy(update={"comparisons": ahead}))
    assert label == "EASE, recent first leads (borderline)"


def test_a_variant_with_paid_places_does_not_lead_unless_it_is_alone():
    found = document("20261120-1000-aaaa")
    paid = {"rules": [{"stage": "sponsored-slot"}]}
    sponsored = [
        c.model_copy(update={"spec": paid}) if c.name == "ease-recent" else c
        for c in found.contenders
    ]
    other = found.model_copy(update={"contenders": sponsored})
    assert results.leader(found).name == "ease-recent" and results.leader(other).name == "als"
    assert comparisons.leader(found, "ndcg@10") == "ease-recent"
    assert comparisons.leader(other, "ndcg@10") == "als"
    first = sorted(other.comparisons, key=lambda c: -c.difference)
    assert comparisons.leading(other, first).contender == "als"
    alone = other.model_copy(update={"contenders": sponsored[-1:]})
    assert comparisons.leader(alone, "ndcg@10") == "ease-recent"
    assert comparisons.leading(alone, first).contender == "ease-recent"


def test_each_step_has_a_link_to_its_page(open_page, workspace):
    app = open_page()
    links = {link.proto.label: link.proto.page for link in app.get("page_link")}
    steps = {"Open Data": "data", "Open Build": "build", "Open Compare": "compare",
             "Open Decide": "decide"}  # fmt: skip
    assert steps.items() <= links.items()
    assert "Open Test" not in links
    assert "Open Data" in {link.proto.label for link in open_page("runs").get("page_link")}


def test_the_first_screen_says_what_assay_is_for_and_what_is_not_decidable(open_page, filled):
    app = open_page()
    (said,) = [m.value for m in app.markdown if m.value.startswith("Assay tells a team")]
    assert "*Not decidable yet* means that inputs are missing" in said
    decided = {"decision": "buy", "sentence": "Buy leads."}
    filled.save_decision("Shop", decided, "<!doctype html>", "20261121-1000-bbbb")
    again = open_page()
    (said,) = [m.value for m in again.markdown if m.value.startswith("Assay tells a team")]
    assert "Not decidable" not in said


def test_the_glossary_is_on_every_page_and_can_be_searched(open_page, filled):
    found = dict(glossary.terms())
    assert {"bake-off", "not decidable yet", "uplift"} <= set(found)
    assert not [m for m in found.values() if "](" in m or "[" in m]
    app = open_page("runs")
    app.button(key="glossary").click().run()
    assert not app.exception
    shown = next(m.value for m in app.markdown if m.value.startswith("- **"))
    assert shown.count("\n") + 1 == len(found)
    assert glossary.search(" mde ")[0][0] == "MDE"
    assert [term for term, _ in glossary.search("no such term")] == []


def copied(app):
    return next(code.value for code in app.code if "dataset=" in code.value)


def test_the_link_of_what_is_shown_can_be_copied(open_page, filled):
    app = open_page("data", dataset="shop", data_view="profile")
    assert "data_view=profile" in copied(app)
    app = open_page("decide", dataset="shop", decide_case="shop")
    app.text_input(key="decide_shop_open_rate_mode").set_value("30").run()
    link = parse_qs(urlsplit(copied(app)).query)
    assert link["decide_case"] == ["shop"] and link["decide_inputs"] == ['{"open_rate":0.3}']
    assert "decide_inputs" not in app.query_params
    other = open_page("runs", dataset="shop")
    assert "decide_inputs" not in copied(other)


def said(app):
    """What Overview says of a draft."""
    return [m.value.replace("\\", "") for m in app.markdown if "not saved" in m.value]


def test_overview_says_what_decide_says_of_a_draft_and_that_it_is_not_saved(open_page, filled):
    assert said(open_page()) == []
    filled.change_draft("decide:own", {}, COMPLETE)
    decide = open_page("decide", dataset="shop")
    assert "missing" not in decide.title[0].value
    app = open_page("overview", dataset="shop")
    assert not app.exception
    assert app.title[0].value == decide.title[0].value
    assert said(app) == ["This is what Decide says of your draft, which is not saved."]
    (link,) = [one.proto for one in app.get("page_link") if one.proto.label == "Open the draft"]
    assert link.page == "decide" and link.query_string == "decide_case=own"
    assert not any("Not decidable yet" in m.value for m in app.markdown)
    next(b for b in decide.button if b.label == "Save decision").click().run()
    app = open_page("overview", dataset="shop")
    assert app.title[0].value == decide.title[0].value and said(app) == []


def test_a_draft_without_all_inputs_is_as_undecided_as_on_decide(open_page, filled):
    filled.change_draft("decide:own", {}, {"margin": 6000.0})
    app = open_page("overview", dataset="shop")
    assert app.title[0].value == open_page("decide", dataset="shop").title[0].value
    assert app.title[0].value.startswith("Not decidable yet: ")
    assert any("*Not decidable yet* means" in m.value for m in app.markdown)


def test_a_draft_that_differs_from_the_saved_decision_is_told_beside_it(open_page, filled):
    saved = {"decision": "buy", "sentence": "Buy leads.", "started_from": "own", "inputs": {}}
    filled.save_decision("Shop", saved, "<!doctype html>", "20261121-1000-bbbb")
    filled.change_draft("decide:own", {}, COMPLETE)
    app = open_page("overview", dataset="shop")
    assert app.title[0].value == "Buy leads."
    decide = open_page("decide", dataset="shop").title[0].value.replace("\\", "")
    assert said(app) == [f"Your draft on Decide is not saved. It says: {decide}"]


def test_a_draft_of_an_example_is_no_decision_of_ones_own(open_page, filled):
    filled.change_draft("decide:shop", {}, {"open_rate": 0.9})
    app = open_page("overview", dataset="shop")
    assert app.title[0].value.startswith("Not decidable yet: ")
    decide = open_page("decide", dataset="shop", decide_case="shop").title[0].value
    told = decide.replace("\\", "")
    assert said(app) == [
        f"Your draft of the example “shop” on Decide is not saved. It says: {told}"
    ]
    (link,) = [one.proto for one in app.get("page_link") if one.proto.label == "Open the draft"]
    assert link.query_string == "decide_case=shop"


def test_a_draft_with_an_invalid_input_is_said_to_be_invalid(open_page, filled):
    filled.change_draft("decide:own", {}, {"open_rate": 1.3})
    app = open_page("overview", dataset="shop")
    assert not app.exception
    assert app.title[0].value == "The inputs of your draft are not valid."


def test_a_draft_and_a_decision_without_a_bakeoff_count_too(open_page, workspace, tmp_path):
    folder = tmp_path / "made"
    folder.mkdir()
    save(small_dataset("store"), folder)
    workspace.add_dataset(folder)
    workspace.change_draft("decide:own", {}, COMPLETE)
    decide = open_page("decide", dataset="store")
    app = open_page("overview", dataset="store")
    assert app.title[0].value == decide.title[0].value and len(said(app)) == 1
    next(b for b in decide.button if b.label == "Save decision").click().run()
    app = open_page("overview", dataset="store")
    assert app.title[0].value == decide.title[0].value and said(app) == []
