"""Loading events: two steps, next month's file, a database, and hostile file names."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest

from app import access
from app.data import import_columns, import_events, import_plan, upload, uploads
from pipelines.data.importing.planning import plan
from pipelines.data.recipe import Recipe
from pipelines.errors import AssayError
from tests.shop_export import CANCELLED, NOBODY, ROWS, orders

pytestmark = pytest.mark.slow


@pytest.fixture
def started(workspace, monkeypatch):
    """The submitted jobs, which do not run."""
    found = []
    monkeypatch.setattr(
        type(workspace), "submit", lambda self, kind, params: found.append((kind, params)) or 1
    )
    return found


def given(app, *files, key="data_events_0"):
    """The page after files were uploaded."""
    app.file_uploader(key=key).set_value([(name, data, "text/csv") for name, data in files])
    app.run()
    assert not app.exception
    return app


def mapping(app):
    """The choices of the select boxes of the first step."""
    chosen = {s.key: s.value for s in app.selectbox if s.key and s.key.startswith("data_map_")}
    return {key.removeprefix("data_map_")[:-9]: value for key, value in chosen.items()}


def press(app, key):
    app.button(key=key).click().run()
    assert not app.exception
    assert not app.error
    return app


def test_an_order_export_takes_two_steps(open_page, workspace, started):
    app = given(open_page("data"), ("Online Orders.csv", orders()))
    columns = mapping(app)
    assert columns["user_id"] == "CustomerID"
    assert columns["item_id"] == "StockCode"
    assert columns["timestamp"] == "InvoiceDate"
    assert columns["weight"] == "Quantity"
    assert columns["order_id"] == "InvoiceNo"
    assert columns["event_type"] == import_columns.LEFT_OUT
    (sample,) = [d.value for d in app.dataframe]
    assert len(sample) == 10
    assert sample["time (UTC)"][0].startswith("2010-12-01")
    assert list(sample["weight"])[:3] == [9, 6, 10]
    assert list(sample["why it is not used"])[3] == "the user is missing"
    assert any("Columns not imported: Country." in c.value for c in app.caption)

    press(app, "data_columns_right")
    assert not app.warning
    press(app, "data_import")
    ((kind, params),) = started
    assert kind == "import"
    assert params["name"] == "online-orders"
    assert params["recipe"]["times"]["order"] == "month-first"
    # The form is empty again.
    assert not app.file_uploader(key="data_events_1").value
    assert not any(b.key == "data_import" for b in app.button)

    files = [Path(path) for path in params["paths"]]
    recipe = Recipe.of(params["recipe"])
    about = workspace.import_dataset(files, params["name"], recipe=recipe).about
    assert (about.rows_in, about.quarantined, about.filtered) == (ROWS, NOBODY, CANCELLED)
    steps = {step.name: (step.rows_in, step.rows_out) for step in about.steps}
    assert steps["rows that can be used"] == (ROWS, ROWS - NOBODY)
    assert steps["returns and cancellations"] == (ROWS - NOBODY, ROWS - NOBODY - CANCELLED)
    # Confirming the proposal gives the same recipe as importing without questions.
    unasked = workspace.import_dataset(files, "unasked").about
    assert unasked.recipe.hash == about.recipe.hash
    assert unasked.fingerprint == about.fingerprint


def test_the_preview_shows_prices_and_weights_as_they_are_read(open_page, workspace):
    prices = ["1.172,98", "1.234.567,00", "9,5", "12,25"]
    rows = "".join(
        f'u{i % 7};s{i % 5};"{prices[i % 4]}";"{i % 3 + 1},25";2026-01-{i % 28 + 1:02d}\n'
        for i in range(40)
    )
    content = f"user;item;price;quantity;date\n{rows}".encode()
    app = given(open_page("data"), ("x.csv", content))
    (table,) = app.dataframe
    read = pa.ipc.open_stream(table.proto.arrow_data.styler.display_values)
    shown = read.read_all().to_pandas()
    assert list(shown["item price"])[:4] == ["1,172.98", "1,234,567", "9.5", "12.25"]
    assert list(shown["weight"])[:3] == ["1.25", "2.25", "3.25"]


def test_several_files_are_one_dataset(open_page, workspace, started):
    app = given(open_page("data"), ("a.csv", orders(60)), ("b.csv", orders(60, month=11)))
    press(press(app, "data_columns_right"), "data_import")
    ((_, params),) = started
    assert [p.rpartition("/")[2] for p in params["paths"]] == ["a.csv", "b.csv"]


def test_a_changed_choice_reaches_the_job_and_survives_going_back(open_page, workspace, started):
    app = given(open_page("data"), ("orders.csv", orders()))
    key = next(s.key for s in app.selectbox if s.key and s.key.startswith("data_map_weight"))
    app.selectbox(key=key).set_value(import_columns.LEFT_OUT).run()
    press(app, "data_columns_right")
    press(app, "data_back")
    assert mapping(app)["weight"] == import_columns.LEFT_OUT
    press(app, "data_columns_right")
    app.selectbox(key="data_repeats_0").set_value("once").run()
    press(app, "data_import")
    recipe = started[0][1]["recipe"]
    assert recipe["columns"]["weight"] == ""
    assert recipe["repeats"] == "once"
    assert "least_weight" not in recipe


@pytest.mark.parametrize("option", ["zone", "decimal"])
def test_picked_columns_stay_where_other_options_are_set(open_page, workspace, option):
    rows = "".join(f"u{n};s{n};{n},50;Name {n};B{n};2026-01-0{n + 1}\n" for n in range(5))
    text = f"user;item;price;Bezeichnung;Beleg;date\n{rows}"
    app = given(open_page("data"), ("export.csv", text.encode()))
    for name, column in {"title": "Bezeichnung", "order_id": "Beleg", "price": "(none)"}.items():
        next(s for s in app.selectbox if s.key.startswith(f"data_map_{name}_")).select(column)
        app.run()
    app.selectbox(key=f"data_{option}").select({"zone": "Europe/Berlin", "decimal": "."}[option])
    app.run()
    assert not app.exception
    found = mapping(app)
    assert (found["title"], found["order_id"], found["price"]) == ("Bezeichnung", "Beleg", "(none)")
    assert found["user_id"] == "user"
    next(s for s in app.selectbox if s.key.startswith("data_map_title_")).select("(none)").run()
    assert mapping(app)["title"] == "(none)"  # a pick is undone like any other


def test_a_column_picked_after_going_back_stays_where_other_options_are_set(
    open_page, workspace, started
):
    rows = "".join(f"u{n};s{n};{n},50;Name {n};2026-01-0{n + 1}\n" for n in range(5))
    app = given(open_page("data"), ("e.csv", f"user;item;price;Wort;date\n{rows}".encode()))

    def price():
        return next(s for s in app.selectbox if s.key.startswith("data_map_price_"))

    assert price().value == "price"
    price().select("(none)").run()
    press(app, "data_columns_right")
    press(app, "data_back")
    assert price().value == "(none)"
    price().select("price").run()
    app.selectbox(key="data_decimal").select(",").run()
    assert price().value == "price"


def test_what_was_typed_in_the_second_step_survives_going_back(open_page, workspace, started):
    app = given(open_page("data"), ("orders.csv", orders()))
    press(app, "data_columns_right")
    app.text_input(key="data_name_0").set_value("shop").run()
    app.selectbox(key="data_outliers_0").select("drop").run()
    items = "StockCode,Bezeichnung,Gruppe\n85123A,Herz,Deko\n71053,Laterne,Deko\n"
    given(app, ("items.csv", items.encode()), key="data_items_0")
    next(s for s in app.selectbox if s.key.endswith("_map_categories")).select("Gruppe").run()
    press(app, "data_back")
    press(app, "data_columns_right")
    assert app.text_input(key="data_name_0").value == "shop"
    assert "items.csv is still the table of items." in [m.value for m in app.markdown]
    press(app, "data_import")
    ((_, params),) = started
    assert params["name"] == "shop" and params["recipe"]["outliers"] == "drop"
    assert Path(params["items"]).name == "items.csv"
    assert params["recipe"]["item_columns"]["categories"] == "Gruppe"


def test_a_kept_table_can_be_removed(open_page, workspace, started):
    app = given(open_page("data"), ("orders.csv", orders()))
    press(app, "data_columns_right")
    given(app, ("items.csv", b"StockCode,title\n85123A,Herz\n"), key="data_items_0")
    press(app, "data_back")
    press(app, "data_columns_right")
    press(app, "data_back")
    press(app, "data_columns_right")
    press(app, "data_remove_items")
    press(app, "data_import")
    ((_, params),) = started
    assert "items" not in params


def test_the_user_chooses_between_columns_that_match_equally_well(open_page, workspace):
    rows = "".join(f"c{i % 7},d{i % 6},s{i % 5}\n" for i in range(60))
    app = given(open_page("data"), ("x.csv", f"customer,visitor,sku\n{rows}".encode()))
    assert mapping(app)["user_id"] == import_columns.OPEN
    assert any("customer and visitor" in w.value for w in app.warning)
    assert app.button(key="data_columns_right").disabled
    key = next(s.key for s in app.selectbox if s.key and s.key.startswith("data_map_user_id"))
    app.selectbox(key=key).set_value("visitor").run()
    assert not app.warning
    assert not app.button(key="data_columns_right").disabled


def test_first_rows_are_shown_only_once_user_and_item_are_known(open_page, workspace):
    rows = "".join(f"c{i % 7},d{i % 6},s{i % 5},{i % 9 + 1}/2/2026\n" for i in range(60))
    app = given(open_page("data"), ("x.csv", f"customer,visitor,sku,date\n{rows}".encode()))
    assert len(app.dataframe) == 0


def test_a_column_recognized_by_content_is_marked(open_page, workspace):
    rows = "".join(f"c{i % 7},s{i % 5},2026-01-{i % 28 + 1:02d}\n" for i in range(60))
    app = given(open_page("data"), ("x.csv", f"user,item,happened\n{rows}".encode()))
    box = next(s for s in app.selectbox if s.key and s.key.startswith("data_map_timestamp"))
    assert box.value == "happened"
    assert "happened (by content)" in box.options


def test_the_user_chooses_the_order_of_day_and_month_if_it_is_unknown(
    open_page, workspace, started
):
    rows = "".join(f"c{i % 7},s{i % 5},{i % 9 + 1}/{i % 5 + 1}/2026\n" for i in range(60))
    app = given(open_page("data"), ("x.csv", f"user,item,date\n{rows}".encode()))
    assert app.button(key="data_columns_right").disabled
    asked = next(g for g in app.button_group if g.key and g.key.startswith("data_order_"))
    asked.set_value("day-first").run()
    assert not app.button(key="data_columns_right").disabled
    press(press(app, "data_columns_right"), "data_import")
    assert started[0][1]["recipe"]["times"]["order"] == "day-first"


def test_types_of_event_have_weights(tmp_path):
    rows = "".join(f"u{i % 9},i{i % 5},{('view', 'purchase')[i % 3 == 0]}\n" for i in range(60))
    file = tmp_path / "x.csv"
    file.write_text(f"user,item,event\n{rows}")
    usual = plan([file]).weights
    frame = import_events.weights_frame(plan([file]))
    assert list(frame[import_events.TYPE]) == ["view", "purchase"]
    assert list(frame[import_events.ROWS]) == [40, 20]
    assert import_events.changed_weights(frame, usual) == {}
    frame.loc[0, import_events.WEIGHT] = 0.0
    assert import_events.changed_weights(frame, usual) == {"view": 0.0}


def test_a_file_that_cannot_be_read_is_a_sentence(open_page, workspace):
    page = b"<!doctype html><html><body>Sign in</body></html>"
    app = given(open_page("data"), ("x.csv", page))
    assert ["web page" in e.value for e in app.error] == [True]


def test_a_file_without_known_columns_asks_for_them(open_page, workspace):
    app = given(open_page("data"), ("x.csv", b"a,b\n1,2\n"))
    assert {"“User”" in w.value or "“Item”" in w.value for w in app.warning} == {True}
    assert app.button(key="data_columns_right").disabled


def test_a_name_that_names_no_dataset_is_a_sentence(open_page, workspace, started):
    app = press(given(open_page("data"), ("orders.csv", orders())), "data_columns_right")
    app.text_input(key="data_name_0").set_value("My Shop").run()
    app.button(key="data_import").click().run()
    assert not app.exception
    assert ["cannot name a dataset" in e.value for e in app.error] == [True]
    assert started == []


def test_next_months_file_takes_one_button(open_page, workspace, started, tmp_path):
    file = tmp_path / "orders.csv"
    file.write_bytes(orders())
    recipe = workspace.import_dataset(file, "orders").about.recipe
    app = open_page("data", dataset="orders", data_from="again")
    assert any(recipe.hash[:8] in c.value and "CustomerID" in c.value for c in app.caption)
    given(app, ("january.csv", orders(month=1)), key="data_again_0")
    press(app, "data_again_import")
    ((kind, params),) = started
    assert (kind, params["name"], params["again"]) == ("import", "orders", True)
    record = workspace.import_dataset(Path(params["paths"][0]), "orders", again=True)
    assert record.version == 2
    assert record.about.recipe.hash == recipe.hash


def test_next_months_file_without_a_needed_column_is_refused(open_page, workspace, tmp_path):
    file = tmp_path / "orders.csv"
    file.write_bytes(orders())
    workspace.import_dataset(file, "orders")
    app = open_page("data", dataset="orders", data_from="again")
    given(app, ("january.csv", orders(month=1, drop="CustomerID")), key="data_again_0")
    (error,) = app.error
    assert "no column 'CustomerID'" in error.value.replace("\\", "")
    assert not any(b.key == "data_again_import" for b in app.button)


def test_a_database_table_takes_the_same_two_steps(open_page, workspace, started, tmp_path):
    file = tmp_path / "shop.db"
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE orders (customer_id TEXT, sku TEXT, qty INTEGER)")
        rows = [(f"c{i % 7}", f"s{i % 5}", 1 + i % 3) for i in range(60)]
        database.executemany("INSERT INTO orders VALUES (?, ?, ?)", rows)
    app = open_page("data", data_from="database")
    app.text_input(key="data_sql_address").set_value(f"sqlite:///{file}")
    app.text_area(key="data_sql_text").set_value("orders")
    press(app, "data_sql_look")
    assert mapping(app)["user_id"] == "customer_id"
    press(press(app, "data_columns_right"), "data_import")
    ((_, params),) = started
    assert params["sql"] == {"address": f"sqlite:///{file}", "text": "orders"}
    assert params["name"] == "orders"
    assert "paths" not in params


def test_a_password_in_an_address_is_refused_and_not_repeated(open_page, workspace, started):
    app = open_page("data", data_from="database")
    app.text_input(key="data_sql_address").set_value("postgresql://reader:hunter2@host/shop")
    app.text_area(key="data_sql_text").set_value("orders")
    app.button(key="data_sql_look").click().run()
    assert not app.exception
    (error,) = app.error
    assert "holds a password" in error.value
    assert "hunter2" not in error.value
    assert import_plan.ASKED not in app.session_state
    assert started == []


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("...", "events"),
        (".env", "env"),
        ("", "events"),
        ("orders.csv\0.exe", "orders.csv_.exe"),
        ("заказы.csv", "______.csv"),
        ("x" * 300 + ".csv.gz", "x" * 93 + ".csv.gz"),
    ],
)
def test_the_name_of_an_upload_cannot_leave_its_folder(workspace, home, name, safe, monkeypatch):
    monkeypatch.setattr("app.access.role", lambda: "analyst")
    file = SimpleNamespace(name=name, file_id="a/../b", getbuffer=lambda: memoryview(b"1"))
    path = uploads.saved(file)
    assert path.name == safe
    assert path.parent.parent == workspace.folders.incoming
    assert path.read_bytes() == b"1"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Orders 2026.csv.gz", "orders-2026"),
        ("a/b/Events.csv", "events"),
        ("заказы.csv", "events"),
        ("-" * 300, "events"),
        ("x" * 300, "x" * 60),
    ],
)
def test_a_dataset_is_named_after_its_file(name, slug):
    assert uploads.slug(name) == slug


def test_a_shared_server_allows_only_named_connections(monkeypatch):
    monkeypatch.setattr(access, "login_configured", lambda: True)
    for address in ("postgresql://reader@127.0.0.1/shop", "env:HOME", "sqlite:////etc/hosts"):
        with pytest.raises(AssayError, match="only connections from its secrets"):
            upload._check(address, "orders")
    with pytest.raises(AssayError, match=r"no \[connections.shop\]"):
        upload._check("secrets:shop", "orders")


def test_what_the_file_shows_is_proposed_and_said(open_page, workspace, started):
    rows = "".join(
        f'{{"user": {{"id": "u{n % 7}"}}, "sku": "s{n % 5}", "Status": "{state}"}}\n'
        for n, state in enumerate(["completed", "cancelled", "returned"] * 10)
    )
    app = given(open_page("data"), ("orders.json", rows.encode()))
    columns = mapping(app)
    assert (columns["user_id"], columns["event_type"]) == ("user.id", "Status")
    said = [c.value for c in app.caption]
    assert "Rows of Status cancelled, returned weigh 0 and are left out." in said
    assert any(text.startswith("No time was found") for text in said)
    press(press(app, "data_columns_right"), "data_import")
    recipe = Recipe.of(started[0][1]["recipe"])
    about = workspace.import_dataset(
        [Path(path) for path in started[0][1]["paths"]], "made", recipe=recipe
    ).about
    assert about.recipe.weights == {"cancelled": 0.0, "completed": 1.0, "returned": 0.0}


@pytest.mark.parametrize("name", ["a.json", "a.pq", "a.csv.zip", "ml.inter", "a.jsonl.gz"])
def test_an_upload_takes_what_the_command_line_reads(name):
    assert name.rpartition(".")[2] in uploads.TYPES


def test_a_file_without_a_header_gets_its_names(open_page, workspace, started):
    rows = "".join(f"{n % 7}::{n % 5}::3::{1_700_000_000 + n}\n" for n in range(30))
    app = given_headless(open_page("data"), rows)
    assert any("looks like data" in e.value for e in app.error)
    names = app.text_input(key="data_columns")
    names.set_value("user_id, item_id, weight, timestamp").run()
    assert not app.error
    press(press(app, "data_columns_right"), "data_import")
    reading = started[0][1]["recipe"]["reading"]
    assert reading["columns"] == ["user_id", "item_id", "weight", "timestamp"]


def given_headless(app, rows):
    app.file_uploader(key="data_events_0").set_value([("ratings.dat", rows.encode(), "text/csv")])
    app.run()
    assert not app.exception
    return app
