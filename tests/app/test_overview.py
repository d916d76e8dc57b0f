"""The first screen, empty and with results."""

from app.components import results
from tests.app.conftest import document


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
    assert [h.value for h in app.subheader] == [
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


def test_the_leader_is_named_by_title():
    found = document("20261120-1000-aaaa")
    near = [c.model_copy(update={"outcome": "equivalent"}) for c in found.comparisons]
    label = results.leader_label(found.model_copy(update={"comparisons": near}))
    assert label == "EASE, recent first is equivalent to Popular"
