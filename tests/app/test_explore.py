"""The Explore page: lists side by side, for a user in the data and for a made-up history."""

import re

import numpy as np
import pandas as pd
import pytest

from app.components import results
from app.explore import cards, handout, history_picker, linked_lists, sections, trace
from app.explore import data as explore_data
from app.explore.legend import without_sponsored
from app.look import styles
from pipelines.data.split import split
from pipelines.recommender.fitted import lists_frame
from tests.app.fitted import fit

ID = "20261121-1000-bbbb"


def lists(**answers):
    """A frame of lists; an item given as `X*` is a held-out interaction."""
    rows = [
        {"contender": name, "rank": n, "item_id": i.strip("*"), "title": f"<{i.strip('*')}>",
         "categories": "", "chosen": i.endswith("*")}
        for name, items in answers.items()
        for n, i in enumerate(items, 1)
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    frame["lists"] = frame.groupby("item_id")["contender"].transform("nunique")
    frame["mark"] = np.where(frame["lists"] > 1, "A", "")
    return frame


TWO = lists(One=["a", "b", "c*"], Two=["d", "a", "e"])
LOOKS = styles([("One", "built"), ("Two", "third-party")])


def test_the_sentence_counts_what_two_lists_share():
    assert linked_lists.sentence(TWO, "One", "Two") == "One and Two share one of three items."
    apart = lists(One=["a"], Two=["b"])
    assert linked_lists.sentence(apart, "One", "Two") == "One and Two share none of one item."


def test_the_chart_links_shared_items_and_marks_held_out_ones():
    spec = linked_lists.linked_lists(TWO, LOOKS).to_dict()
    links = next(m for m in spec["layer"] if m["mark"]["type"] == "rule")
    (link,) = spec["datasets"][links["data"]["name"]]
    assert (link["item_id"], link["from_rank"], link["to_rank"]) == ("a", 1, 2)
    labels = [row["label"] for rows in spec["datasets"].values() for row in rows if "item_id" in row
             and "label" in row]  # fmt: skip
    assert "✓ <c>" in labels
    assert spec["params"][0]["name"] == "item"


def test_the_alt_text_names_shared_and_held_out_items():
    assert linked_lists.linked_alt(TWO, "One", "Two") == (
        "One and Two share one of three items. Shared: <a>. Held-out interactions in the lists: "
        "One has one."
    )


def test_cards_escape_titles_and_say_why_there_is_no_list():
    contenders = {"One": ("built here", LOOKS["One"]), "Two": ("third party", LOOKS["Two"])}
    html = cards.cards(TWO[TWO["contender"] == "One"], {"Two": "It <broke>."}, contenders)
    assert "&lt;a&gt;" in html and "<a>" not in html
    assert "No list: It &lt;broke&gt;." in html
    assert "✓ held-out interaction" in html


def test_a_sponsored_item_is_marked_on_its_card_and_in_the_chart():
    frame = TWO.assign(sponsored=(TWO["contender"] == "Two") & (TWO["item_id"] == "d"))
    contenders = {n: ("built here", LOOKS[n]) for n in ("One", "Two")}
    html = cards.cards(frame, {}, contenders)
    assert html.count("◈ sponsored") == 1
    assert html.index("◈ sponsored") > html.index("&lt;d&gt;")
    spec = linked_lists.linked_lists(frame, LOOKS).to_dict()
    labels = [row["label"] for rows in spec["datasets"].values() for row in rows if "rank" in row]
    assert [label for label in labels if "◈" in label] == ["◈ <d>"]


def test_a_list_without_its_sponsored_item_says_why(filled):
    best = next(c for c in filled.bakeoff(ID).contenders if c.name == "ease-recent")

    def told(sponsored=False, marked=True, **rule):
        spec = {**best.spec, "rules": [{"stage": "sponsored-slot", "slot": 3, **rule}]}
        paid = best.model_copy(update={"name": "two", "title": "Two", "spec": spec})
        document = filled.bakeoff(ID).model_copy(update={"contenders": [paid]})
        found = explore_data.Lists(TWO.assign(sponsored=sponsored), {})
        return without_sponsored(document, found, marked)

    none = "Two shows no sponsored item here: "
    assert told(sponsored=True) == []
    assert told() == [
        f"{none}none is among the items ranked for this user, and its rule inserts none."
    ]
    assert told(insert=True) == [f"{none}none may be inserted for this user."]
    assert told(slot=11) == [f"{none}its rule gives one a place below the 10 items shown."]
    assert told(marked=False) == [f"{none}the catalogue marks none."]


def test_the_default_pair_leaves_out_the_sponsored_variant(filled):
    made = filled.bakeoff(ID)
    best = max(made.contenders, key=lambda c: c.metrics["ndcg@10"].value)
    spec = {**best.spec, "rules": [{"stage": "sponsored-slot", "slot": 3}]}
    paid = best.model_copy(update={"spec": spec})
    contenders = [paid if c is best else c for c in made.contenders]
    changed = made.model_copy(update={"contenders": contenders})
    names = [c.name for c in contenders]
    assert sections._first(results.narrowed(made, names)) == best.name
    assert sections._first(results.narrowed(changed, names)) == "als"
    assert sections._first(results.narrowed(changed, [best.name])) == best.name
    assert results.passed_over(made) == ""
    assert results.passed_over(changed) == (
        "EASE, recent first has a higher NDCG@10, but places sponsored items."
    )


def test_a_trace_names_the_rankers_that_the_pipeline_has():
    row = {"rank": 1, "title": "a", "source": "ease", "source_rank": 2, "sources": "ease 2",
           "light_rank": 3, "heavy_rank": 1, "rule": ""}  # fmt: skip
    columns = trace.trace_table(pd.DataFrame([row]), 2).columns
    assert list(columns) == [
        "rank", "title", "found by", "after first ranker", "after second ranker",
    ]  # fmt: skip
    one = trace.trace_table(pd.DataFrame([{**row, "light_rank": pd.NA}]), 1)
    assert list(one.columns)[3:] == ["after ranker"]
    assert one["found by"].tolist() == ["ease 2"]


@pytest.mark.parametrize(("number", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (52, "BA")])
def test_letters(number, letter):
    assert explore_data.letters(number) == letter


def test_the_search_finds_every_word_and_prefers_beginnings():
    titles = ["The Toy", "Toy Story", "A Story of a Toy", "Heat"]
    items = pd.DataFrame({"folded": [t.casefold() for t in titles]}, index=list("abcd"))
    assert explore_data.search(items, "toy") == ["b", "a", "c"]
    assert explore_data.search(items, "story TOY") == ["b", "c"]
    assert explore_data.search(items, "nothing") == []


@pytest.fixture
def explored(filled):
    """Two contenders with fitted pipelines, one with lists only, one with nothing."""
    data = filled.dataset("shop")
    cut = split(data.interactions, "time:0.9")
    folder = filled.bakeoff_folder(ID)
    folder.mkdir(parents=True, exist_ok=True)
    who = np.repeat(data.users.decode(cut.queries.user), cut.truth.lengths())
    what = data.catalogue.items.decode(cut.truth.values)
    pd.DataFrame({"user_id": who, "item_id": what}).to_parquet(folder / "truth.parquet")
    document = filled.bakeoff(ID)
    (folder / "document.json").write_text(document.model_dump_json())
    users = data.users.decode(cut.queries.user)
    for name in ("popular", "ease-recent"):
        here = folder / "contenders" / name
        here.mkdir(parents=True)
        pipeline = fit(data, cut, name, here)
        slate = pipeline.recommend(cut.queries, 20)
        frame = lists_frame(users, slate, data.catalogue.items)
        frame.to_parquet(here / "lists.parquet")
    only_lists = folder / "contenders" / "als"
    only_lists.mkdir()
    frame.to_parquet(only_lists / "lists.parquet")
    return filled


def opened(open_page, **address):
    return open_page("explore", dataset="shop", bakeoff=ID, **address)


def test_the_lists_and_a_pair_are_html_files_to_hand_on(open_page, explored):
    document = explored.bakeoff(ID)
    found = explore_data.Lists(TWO.assign(sponsored=False), {"ALS": "It was not asked <b>."})
    pair = handout.only(
        explore_data.Lists(
            lists(One=["a", "b"], Two=["a", "c"], More=["b"]).assign(sponsored=False), {"X": "y"}
        ),
        ["One", "Two"],
    )
    assert set(pair.frame["contender"]) == {"One", "Two"} and not pair.missing
    assert pair.frame.set_index(["contender", "item_id"])["lists"].to_dict() == {
        ("One", "a"): 2, ("One", "b"): 1, ("Two", "a"): 2, ("Two", "c"): 1,
    }  # fmt: skip
    assert dict(zip(pair.frame["item_id"], pair.frame["mark"], strict=True))["b"] == ""
    renamed = {"One": "Popular", "Two": "EASE, recent first"}
    named = found.frame.assign(contender=found.frame["contender"].map(renamed))
    who = explore_data.Person("The regular", "<many> events", "u001", ["i01", "i02"])
    html = handout.html(
        document, explore_data.Lists(named, found.missing), who, "Popular", "EASE, recent first"
    )
    assert "Popular and EASE, recent first share one of three items." in html
    assert "The regular is user u001: &lt;many&gt; events." in html
    assert "Last interactions, newest first: Item 2; Item 1." in html
    assert "No list: It was not asked &lt;b&gt;." in html
    assert f"Source: shop, bake-off {ID}, 21 November 2026." in html
    assert not re.search(r"<script|https?://|url\(|@import", html)
    keys = {b.key for b in opened(open_page).get("download_button")}
    assert {"explore_lists_html", "explore_pair_html", "explore_png", "explore_csv"} <= keys


def test_empty(open_page, workspace):
    app = open_page("explore")
    assert not app.exception
    assert app.title[0].value.startswith("Nothing to show yet")


def test_a_user_in_the_data(open_page, explored):
    app = opened(open_page)
    assert not app.exception
    assert " share " in app.title[0].value
    assert len(app.selectbox(key="explore_persona").options) >= 4
    table = app.dataframe[-1].value
    assert set(table["contender"]) == {"Popular", "ALS", "EASE, recent first"}
    assert table.groupby("contender").size().eq(10).all()
    assert any("after the cut-off date" in c.value for c in app.caption)


def test_the_page_says_why_the_best_by_value_is_not_chosen_first(open_page, explored):
    made = explored.bakeoff(ID)
    assert not any("has a higher" in c.value for c in opened(open_page).caption)
    spec = {"rules": [{"stage": "sponsored-slot", "slot": 3}]}
    contenders = [
        c.model_copy(update={"spec": {**c.spec, **spec}}) if c.name == "ease-recent" else c
        for c in made.contenders
    ]
    folder = explored.bakeoff_folder(ID)
    (folder / "document.json").write_text(
        made.model_copy(update={"contenders": contenders}).model_dump_json()
    )
    explored.save_bakeoff(made.model_copy(update={"contenders": contenders}), dataset_version=1)
    app = opened(open_page)
    assert not app.exception
    assert app.selectbox(key="explore_one").value == "als"
    why = "EASE, recent first has a higher NDCG@10, but places sponsored items."
    assert why in [c.value for c in app.caption]
    app.selectbox(key="explore_one").set_value("ease-recent").run()
    assert why not in [c.value for c in app.caption]


def test_a_made_up_history_is_answered_now_and_others_say_why_not(open_page, explored):
    app = opened(open_page, explore_who="made-up", explore_history="i03,i07,nonsense")
    assert not app.exception
    assert app.multiselect[0].value == ["i03", "i07"]
    table = app.dataframe[-1].value
    assert set(table["contender"]) == {"Popular", "EASE, recent first"}
    assert not set(table["title"]) & {"Item 3", "Item 7"}
    html = " ".join(str(h.proto.body) for h in app.get("html"))
    assert "The fitted pipeline of ALS is no longer stored" in html


def test_picking_titles_changes_the_lists(open_page, explored):
    app = opened(open_page, explore_who="made-up")
    assert app.title[0].value.startswith("Pick a few titles")
    app.multiselect[0].set_value(["i05", "i11", "i02"]).run()
    assert not app.exception
    assert " share " in app.title[0].value
    assert app.query_params["explore_history"] == "i05,i11,i02"


def test_a_pipeline_of_an_older_format_says_so_at_its_list(open_page, explored):
    file = explored.bakeoff_folder(ID) / "contenders" / "popular" / "pipeline.assay"
    file.write_bytes(b"assay-pipeline 0\n" + file.read_bytes().partition(b"\n")[2])
    app = opened(open_page, explore_who="made-up", explore_history="i03,i07")
    assert not app.exception
    html = " ".join(str(h.proto.body) for h in app.get("html"))
    assert "it has format 0" in html and "Run the bake-off again" in html
    assert set(app.dataframe[-1].value["contender"]) == {"EASE, recent first"}


def order(node):
    """The page's elements from top to bottom."""
    children = getattr(node, "children", None)
    if children is None:
        return [node]
    return [leaf for child in children.values() for leaf in order(child)]


def test_what_chooses_the_lists_is_above_their_picture(open_page, explored):
    leaves = order(opened(open_page).main)
    keys = [getattr(leaf, "key", None) for leaf in leaves]
    types = [leaf.type for leaf in leaves]
    picture = next(i for i, kind in enumerate(types) if "vega" in kind)
    for key in ("explore_who", "explore_persona", "explore_one", "explore_other"):
        assert keys.index(key) < picture, key
    assert types.index("title") == 0 or types.index("title") < keys.index("explore_who")


def test_the_files_to_hand_on_are_above_the_lists(open_page, explored):
    leaves = order(opened(open_page).main)
    lists = next(
        i for i, leaf in enumerate(leaves)
        if leaf.type == "html" and 'class="lists"' in str(leaf.proto.body)
    )  # fmt: skip
    keys = [getattr(leaf, "key", None) for leaf in leaves]
    assert keys.index("explore_lists_html") < lists and keys.index("explore_pair_html") < lists


def test_a_title_is_found_by_typing_in_the_picker_of_a_large_catalogue(
    open_page, explored, monkeypatch
):
    monkeypatch.setattr(history_picker, "FEW_TITLES", 5)
    app = opened(open_page, explore_who="made-up", explore_history="i03")
    app.multiselect[0].set_value(["i03", "item 17"]).run()
    assert not app.exception
    assert app.multiselect[0].value == ["i03"]
    assert app.multiselect[0].options == ["Item 3", "Item 17"]
    assert any("“item 17” is in 1 title" in c.value for c in app.caption)
    app.multiselect[0].set_value(["i03", "i17"]).run()
    assert app.query_params["explore_history"] == "i03,i17"
