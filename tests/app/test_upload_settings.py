"""Settings of an upload that a file shows by itself: the app's recipe is the command line's."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.data import import_columns, import_orders
from pipelines.data.recipe import Recipe
from tests.app.test_upload import given, press, started

pytestmark = pytest.mark.slow

__all__ = ["started"]

TILL = "Date,Time,user,item\n" + "".join(
    f"2026-09-{n % 28 + 1:02d},10:{n:02d}:11,u{n % 7},s{n % 5}\n" for n in range(40)
)
LINES = "order_id,user,item,time\n" + "".join(
    f"{n},u{n % 7},s{n % 5},2026-01-{n % 28 + 1:02d}\n{n},,s{n % 3},\n" for n in range(30)
)
EVENTS = "user,item,time\n" + "".join(
    f"u{n % 7},s{n % 5},2026-01-{n % 28 + 1:02d}\n" for n in range(40)
)
ITEMS = "item~title~price\n" + "".join(f"s{n}~Mäßig {n}~{n},50\n" for n in range(5))
USERS = "\n".join(["user~town", *(f"u{n}~Köln" for n in range(7))]) + "\n"


def widget(kind, name):
    return next(w for w in kind if w.key and w.key.startswith(name))


def same_recipe(assay, workspace, started, *options):
    """The recipe of the job's import, which is that of the command line with `options`."""
    ((_, params),) = started
    tables = {name: Path(params[name]) for name in ("items", "users") if name in params}
    files = [Path(path) for path in params["paths"]]
    recipe = Recipe.of(params["recipe"])
    uploaded = workspace.import_dataset(files, "uploaded", recipe=recipe, **tables).about
    of_tables = [part for name, path in tables.items() for part in (f"--{name}", str(path))]
    command = ["data", "import", *map(str, files), "--name", "typed", *of_tables, *options]
    assert assay(*command)[0] == 0
    typed = workspace.about("typed")
    assert uploaded.recipe == typed.recipe
    assert uploaded.recipe.hash == typed.recipe.hash
    assert uploaded.fingerprint == typed.fingerprint
    return uploaded.recipe


@pytest.mark.parametrize("changed", [False, True])
def test_the_time_of_day_is_detected_and_can_be_left_out(
    open_page, assay, workspace, started, changed
):
    app = given(open_page("data"), ("till.csv", TILL.encode()))
    note = "Date holds dates, and Time the time of day."
    assert widget(app.selectbox, "data_clock").value == "Time"
    assert note in [c.value for c in app.caption]
    assert any("Time of day (Time)" in e.label for e in app.expander)
    if changed:
        widget(app.selectbox, "data_clock").set_value(import_orders.NO_CLOCK).run()
        assert note not in [c.value for c in app.caption]
        assert app.dataframe[0].value["time (UTC)"].iloc[0] == "2026-09-01 00:00:00"
        press(press(app, "data_columns_right"), "data_back")
        assert widget(app.selectbox, "data_clock").value == import_orders.NO_CLOCK
    press(press(app, "data_columns_right"), "data_import")
    recipe = same_recipe(assay, workspace, started, *(["--clock", ""] if changed else []))
    assert recipe.times.clock == ("" if changed else "Time")


@pytest.mark.parametrize("changed", [False, True])
def test_lines_of_an_order_are_detected_and_can_stay_empty(
    open_page, assay, workspace, started, changed
):
    app = given(open_page("data"), ("orders.csv", LINES.encode()))
    lines = widget(app.multiselect, "data_order_lines")
    assert lines.value == ["user_id", "timestamp"]
    assert any(c.value.startswith("Lines of an order without") for c in app.caption)
    if changed:
        lines.set_value([]).run()
        assert not any(c.value.startswith("Lines of an order without") for c in app.caption)
        assert "the user is missing" in list(app.dataframe[0].value["why it is not used"])
        press(press(app, "data_columns_right"), "data_back")
        assert widget(app.multiselect, "data_order_lines").value == []
    press(press(app, "data_columns_right"), "data_import")
    recipe = same_recipe(assay, workspace, started, *(["--order-lines", ""] if changed else []))
    assert recipe.order_lines == (() if changed else ("user_id", "timestamp"))


@pytest.mark.parametrize(("table", "text"), [("items", ITEMS), ("users", USERS)])
def test_a_table_is_read_as_its_own_options_say(open_page, assay, workspace, started, table, text):
    app = press(given(open_page("data"), ("events.csv", EVENTS.encode())), "data_columns_right")
    assert not any("Parsing options" in e.label for e in app.expander)
    data = text.encode("cp437")
    app.file_uploader(key=f"data_{table}_0").set_value([(f"{table}.txt", data, "text/csv")]).run()
    assert not app.exception
    prefix = f"data_{table}_0_"
    widget(app.text_input, f"{prefix}").set_value("~").run()
    encoding = next(t for t in app.text_input if t.key and t.key.endswith("_encoding"))
    encoding.set_value("klingon").run()
    (error,) = app.error
    assert "klingon" in error.value
    assert app.button(key="data_import").disabled
    encoding = next(t for t in app.text_input if t.key and t.key.endswith("_encoding"))
    encoding.set_value("cp437").run()
    assert not app.error
    assert any(c.value.startswith(f"Table of {table}: ") for c in app.caption)
    press(app, "data_import")
    option = f"--{table}-reading"
    recipe = same_recipe(assay, workspace, started, option, "separator=~", option, "encoding=cp437")
    reading = getattr(recipe, f"{table}_reading")
    assert (reading.separator, reading.encoding) == ("~", "cp437")
    if table == "items":
        titles = workspace.dataset("uploaded").catalogue.frame["title"]
        assert set(titles) == {f"Mäßig {n}" for n in range(5)}


PRODUCTS = "item_no,sku,label,price,list_price,age\n" + "".join(
    f"s{n},x{n},Tea {n},{n}.5,{n}.75,{n}\n" for n in range(5)
) + ",x9,Lost,1,1,1\ns1,x8,Again,1,1,1\n"  # fmt: skip
PEOPLE = "key,user_id,town\n" + "".join(f"u{n},x{n},Köln\n" for n in range(7)) + ",x9,Bonn\n"


@pytest.mark.parametrize(
    ("table", "text", "picked"),
    [
        ("items", PRODUCTS, {"item_id": "item_no", "title": "label", "price": "list_price"}),
        ("items", PRODUCTS, {"item_id": "item_no", "price": ""}),
        ("users", PEOPLE, {"user_id": "key"}),
    ],
)
def test_the_columns_of_a_table_are_picked_and_previewed(
    open_page, assay, workspace, started, table, text, picked
):
    app = press(given(open_page("data"), ("events.csv", EVENTS.encode())), "data_columns_right")
    app.file_uploader(key=f"data_{table}_0").set_value(
        [(f"{table}.csv", text.encode(), "text/csv")]
    ).run()
    assert not app.exception
    for name, column in picked.items():
        box = next(s for s in app.selectbox if s.key and s.key.endswith(f"_map_{name}"))
        box.set_value(column or import_columns.LEFT_OUT).run()
        assert not app.exception
    assert not app.error
    shown = app.dataframe[-1].value
    reasons = list(shown["why it is not used"])
    assert reasons.count("the id is missing") == 1
    if table == "items":
        assert list(shown["item"])[:3] == ["s0", "s1", "s2"]
        assert reasons[-1] == "the id is repeated; the first row counts"
    if "title" in picked:
        assert list(shown["title"])[:2] == ["Tea 0", "Tea 1"]
        assert list(shown["price"])[:2] == [0.75, 1.75]
    if picked.get("price") == "":
        assert "price" not in shown
    dropped = "user_id" if table == "users" else "price"
    assert any(f"The column '{dropped}' of '{table}.csv' is not read" in c.value.replace("\\", "")
               for c in app.caption)  # fmt: skip
    press(app, "data_import")
    option = f"--{table}-map"
    options = [part for name, column in picked.items() for part in (option, f"{name}={column}")]
    recipe = same_recipe(assay, workspace, started, *options)
    found = recipe.item_columns if table == "items" else recipe.user_columns
    assert picked.items() <= found.items()


def test_a_table_without_a_known_id_asks_for_it(open_page, workspace, started):
    app = press(given(open_page("data"), ("events.csv", EVENTS.encode())), "data_columns_right")
    text = "nummer,label\n" + "".join(f"s{n},Tea {n}\n" for n in range(5))
    app.file_uploader(key="data_items_0").set_value(
        [("items.csv", text.encode(), "text/csv")]
    ).run()
    assert not app.exception and not app.error
    assert ["“Item”" in w.value for w in app.warning] == [True]
    assert app.button(key="data_import").disabled
    box = next(s for s in app.selectbox if s.key and s.key.endswith("_map_item_id"))
    box.set_value("nummer").run()
    assert not app.warning
    press(app, "data_import")
    assert started[0][1]["recipe"]["item_columns"] == {"item_id": "nummer"}


def test_parsing_options_say_what_was_detected(open_page, workspace, started):
    rows = "".join(f"u{n % 7};s{n % 5};{n},50;{n % 28 + 1:02d}.01.2026\n" for n in range(40))
    text = f"Export der Bestellungen\nuser;item;price;date\n{rows}"
    app = given(open_page("data"), ("events.csv", text.encode("utf-16")))

    def said(name):
        return app.text_input(key=f"data_{name}").placeholder

    assert said("separator") == "detected: semicolon"
    assert said("encoding") == "detected: UTF-16"
    assert said("escape") == "detected: none"
    assert said("columns") == "detected: line 2"
    assert app.text_input(key="data_skip_lines").placeholder == "detected: 1"
    assert app.selectbox(key="data_decimal").options[0] == "detected: comma"
    assert "Times detected: day first, such as 01.01.2026." in [c.value for c in app.caption]
    # The other fields say what is detected under the options that are set.
    app.text_input(key="data_skip_lines").set_value("1").run()
    assert said("separator") == "detected: semicolon"
    press(app, "data_columns_right")
    text = "item\ttitle\n" + "".join(f"s{n}\tM\xe4\xdfig\n" for n in range(5))
    data = [("items.csv", text.encode("latin-1"), "text/csv")]
    app.file_uploader(key="data_items_0").set_value(data).run()
    assert widget(app.text_input, "data_items_0_").placeholder == "detected: tab"
    encoding = next(t for t in app.text_input if t.key and t.key.endswith("_encoding"))
    assert encoding.placeholder == "detected: UTF-8, other lines Windows-1252"
    assert any("not UTF-8 are read as Windows-1252" in c.value for c in app.caption)


def test_parsing_options_of_json_say_that_text_options_are_not_used(open_page, workspace):
    rows = "".join(f'{{"user": "u{n}", "item": "s{n % 5}"}}\n' for n in range(40))
    app = given(open_page("data"), ("events.json", rows.encode()))
    assert app.text_input(key="data_separator").placeholder == "not used: JSON"
    assert app.text_input(key="data_encoding").placeholder == "detected: UTF-8"


def test_a_file_without_orders_and_tables_shows_none_of_it(open_page, workspace):
    app = given(open_page("data"), ("events.csv", EVENTS.encode()))
    assert not any(m.key.startswith("data_order_lines") for m in app.multiselect)
    assert not any("Time of day (" in e.label for e in app.expander)
