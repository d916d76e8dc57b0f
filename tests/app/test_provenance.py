"""How a dataset was imported: steps, recipe, quarantine, versions, all datasets."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pandas as pd
import pytest

from app.data import catalogue, provenance, provenance_charts, quarantine_view, recipe_sentences
from app.data import versions as versions_of
from pipelines.data.recipe import Recipe
from tests.app.conftest import document
from tests.shop_export import CANCELLED, NOBODY, ROWS, orders


@pytest.fixture
def shop(workspace, tmp_path):
    """A workspace with three versions of `orders`: as proposed, next month, another recipe."""
    for month in (12, 1):
        (tmp_path / f"{month}.csv").write_bytes(orders(month=month))
    workspace.import_dataset(tmp_path / "12.csv", "orders")
    workspace.import_dataset(tmp_path / "1.csv", "orders", again=True)
    recipe = Recipe(repeats="once", least_weight=2)
    workspace.import_dataset(tmp_path / "1.csv", "orders", recipe=recipe)
    return workspace


def text_of(app):
    return " ".join(m.value for m in [*app.markdown, *app.caption, *app.subheader])


def test_the_page_says_what_happened_to_the_rows(open_page, shop):
    app = open_page("data", dataset="orders", data_view="origin", data_version="1")
    assert not app.exception
    shown = text_of(app)
    kept = ROWS - NOBODY - CANCELLED
    assert f"{ROWS} rows became {kept} events" in shown
    assert f"{NOBODY} quarantined, {CANCELLED} removed by the recipe" in shown
    assert "No bake-off has been run on this dataset yet." in shown


def test_the_version_stands_in_the_address_and_is_another_datasets_no_more(
    open_page, shop, tmp_path
):
    shop.import_dataset(tmp_path / "12.csv", "other")
    shop.import_dataset(tmp_path / "1.csv", "other")
    recipes = {r.version: r.about.recipe.hash[:8] for r in shop.dataset_versions("orders")}
    app = open_page("data", dataset="orders", data_view="origin", data_version="2")
    assert f"Recipe {recipes[2]}" in [s.value for s in app.subheader]
    assert recipes[2] != recipes[3]
    app.selectbox(key="dataset").set_value("other").run()
    assert not app.exception
    assert "data_version" not in app.query_params
    assert "Version 2, from 1.csv" in text_of(app)


def test_steps_are_drawn_from_the_rows_in_to_the_events(shop):
    about = shop.dataset_versions("orders")[0].about
    frame = provenance.steps_frame(about)
    assert frame["rows_in"][0] == ROWS
    assert frame["rows_out"].iloc[-1] == about.kept
    assert list(frame["rows_in"][1:]) == list(frame["rows_out"][:-1])
    fates = dict(zip(frame["step"], frame["fate"], strict=True))
    assert fates["Validate rows"] == "quarantined"
    assert fates["Merge repeated rows"] == "merged"
    assert fates["Apply the minimum weight"] == "removed"
    drawn = provenance_charts.steps(frame).to_dict()
    values = [row for rows in drawn["datasets"].values() for row in rows if "rows" in row]
    gone = sum(row["rows"] for row in values if row["fate"] != "left")
    assert gone == ROWS - about.kept


def test_versions_say_whether_the_recipe_is_the_same(shop):
    frame = versions_of.frame(shop.dataset_versions("orders"))
    assert list(frame["version"]) == [3, 2, 1]
    assert [text.partition(" ")[2] for text in frame["recipe"]] == ["(changed)", "(unchanged)", ""]


def test_bakeoffs_are_links_under_the_version_they_ran_on(open_page, shop):
    prints = {r.version: r.about.fingerprint for r in shop.dataset_versions("orders")}
    ran = {"20261120-1000-aaaa": (1, prints[1]), "20261121-1000-bbbb": (3, prints[3]),
           "20261122-1000-cccc": (2, "gone")}  # fmt: skip
    for id, (version, fingerprint) in ran.items():
        made = document(id)
        manifest = made.manifest | {"fingerprint": fingerprint}
        made = made.model_copy(update={"dataset": "orders", "manifest": manifest})
        shop.save_bakeoff(made, dataset_version=version)
    app = open_page("data", dataset="orders", data_view="origin")
    assert not app.exception
    links = {p.label: p.query_string for p in (e.proto for e in app.get("page_link")) if p.label}
    assert set(ran) <= set(links)
    assert "bakeoff=20261120-1000-aaaa" in links["20261120-1000-aaaa"]
    shown = text_of(app)
    assert "On version 1:" in shown
    assert "On version 3:" in shown
    assert "On version 2:" not in shown
    assert "On a deleted version:" in shown


def test_the_quarantine_is_counted_shown_and_downloaded(open_page, workspace, tmp_path):
    file = tmp_path / "x.csv"
    rows = "".join(f"u{i % 9},i{i % 5},1\n" for i in range(100))
    file.write_text(f"user,item,rating\n{rows}" + ",i1,1\n" * 60 + "u1,=cmd(),many\n")
    record = workspace.import_dataset(file, "x")
    app = open_page("data", dataset="x", data_view="origin")
    assert not app.exception
    tables = [d.value for d in app.dataframe]
    (shown,) = [t for t in tables if "reason" in t]
    assert len(shown) == 50
    assert "First 50 of 61 rows:" in text_of(app)
    read = pd.read_csv(io.BytesIO(quarantine_view.as_csv(record.folder)))
    assert len(read) == 61
    last = read.iloc[-1]
    assert (last["line"], last["reason"]) == (162, "the weight is not a number")


def test_reasons_of_another_table_name_it():
    counts = pd.DataFrame(
        {"table": ["events", "items"], "reason": ["the user is missing", "the id is missing"],
         "rows": [1200, 1]}
    )  # fmt: skip
    shown = list(quarantine_view.reason_label(counts))
    assert shown == ["1,200 rows: the user is missing", "1 row of the items: the id is missing"]
    assert quarantine_view.alt(counts) == (
        "The quarantine holds 1,201 rows. The main reason, for 1,200 rows: the user is missing."
    )


def test_the_sentences_of_a_recipe_cover_only_what_the_data_has():
    plain = recipe_sentences.sentences(Recipe(columns={"user_id": "u", "item_id": "i"}))
    assert "Columns: u is the user and i is the item." in plain
    assert "Rows with the same user and item become one event." in plain
    assert not any("session" in text or "negative" in text for text in plain)
    columns = {"user_id": "u", "item_id": "i", "timestamp": "t", "weight": "w", "event_type": "e"}
    full = recipe_sentences.sentences(
        Recipe.of(
            {"columns": columns, "weights": {"view": 0.1}, "least_weight": 3,
             "times": {"order": "day-first"}, "returns": "quarantine"}
        )
    )  # fmt: skip
    assert "Times without a time zone are UTC, with the day first." in full
    assert "Rows with the same user, item, event type and second become one event." in full
    assert "Rows with a weight below 3 are removed." in full
    assert any("view 0.1" in text for text in full)
    assert any("are quarantined" in text for text in full)


def test_the_recipe_is_downloaded_as_the_command_line_takes_it(open_page, shop, tmp_path):
    app = open_page("data", dataset="orders", data_view="origin")
    assert "Download recipe (JSON)" in [b.proto.label for b in app.get("download_button")]
    saved = shop.recipe("orders")
    written = json.loads(json.dumps(saved.model_dump(mode="json"), indent=2))
    assert Recipe.of(written).hash == saved.hash


def test_all_datasets_are_listed_and_a_row_opens_one(open_page, shop, filled):
    records = shop.datasets()
    frame = catalogue.frame(records)
    assert frame.shape[1] <= 7
    assert list(frame["dataset"]) == ["orders, version 3", "shop, version 1"]
    about = records[0].about
    assert frame["fingerprint · recipe"][0] == f"{about.fingerprint[:8]} · {about.recipe.hash[:8]}"
    assert frame["users × items"][1] == "120 × 30"
    app = open_page("data", dataset="shop", data_view="origin")
    app.session_state["data_catalogue_shop"] = {"selection": {"rows": [0], "columns": []}}
    app.run()
    assert not app.exception
    assert app.session_state["dataset"] == "orders"


def test_a_dataset_that_is_not_loaded_has_no_numbers(workspace):
    workspace.register_samples()
    frame = catalogue.frame(workspace.datasets()).set_index("dataset")
    row = frame.loc["complete-journey, version 1"]
    assert row["users × items"] == "not loaded yet"
    assert pd.isna(row["events"])
    assert row["source"].startswith("a sample")


def test_missing_files_are_shown_and_not_raised(open_page, shop):
    for version in shop.dataset_versions("orders"):
        Path(version.folder, "users.parquet").unlink()
    assert catalogue.frame(shop.datasets())["users × items"][0] == "cannot be read"
