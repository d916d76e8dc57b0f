"""Objects and arrays: dotted paths, a row per element, and never a whole value as an id."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.data import dataset as store
from pipelines.data import quarantine
from pipelines.data.importing.planning import plan
from pipelines.data.recipe import Recipe
from pipelines.errors import AssayError
from tests.data.importing import import_file

Write = Callable[[str, str | bytes], Path]
Import = Callable[..., store.Dataset]
ROWS: list[dict[str, Any]] = [
    {"user": {"id": "a"}, "ts": 1_700_000_000, "items": [{"sku": "x", "price": 2.5}, {"sku": "y"}]},
    {"user": {"id": "b"}, "ts": 1_700_000_060, "items": []},
    {"user": {"id": "a"}, "ts": 1_700_000_120, "items": [{"sku": "x", "price": 3.5}]},
]


def written(form: str, rows: list[dict[str, Any]]) -> tuple[str, bytes]:
    if form == "parquet":
        out = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(rows), out)
        return "a.parquet", out.getvalue()
    if form == "zip":
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("a.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
        return "a.zip", out.getvalue()
    text = {
        "lines": "".join(json.dumps(row) + "\n" for row in rows),
        "array": json.dumps(rows),
        "pretty array": json.dumps(rows, indent=2),
        "under a key": json.dumps({"exported": "2026-01-01", "data": rows}, indent=1),
    }[form]
    return "a.json", text.encode()


@pytest.mark.parametrize(
    "form", ["lines", "parquet", "zip", "array", "pretty array", "under a key"]
)
def test_each_element_of_an_array_is_a_row(form: str, imported: Import, home: Path) -> None:
    name, content = written(form, ROWS)
    made = imported(content, name)
    it = made.interactions
    assert made.about.mapping == {
        "user_id": "user.id", "item_id": "items[].sku", "timestamp": "ts", "price": "items[].price",
    }  # fmt: skip
    assert made.users.decode(it.user).tolist() == ["a", "a", "a"]
    assert made.catalogue.items.decode(it.item).tolist() == ["x", "y", "x"]
    assert made.catalogue.frame["price"].tolist()[0] == 3.0
    about = made.about
    assert (about.rows_in, about.kept, about.quarantined) == (4, 3, 1)
    found = quarantine.read(home / "events" / "1")
    assert found[["line", "reason"]].to_numpy().tolist() == [[2, "the item is missing"]]


@pytest.mark.parametrize("form", ["lines", "parquet"])
def test_a_whole_object_is_no_id(form: str, write: Write, home: Path) -> None:
    rows = [{"user_id": "a", "item_id": {"code": "x", "price": n}} for n in range(3)]
    path = write(*written(form, rows))
    says = r"'item_id' of 'a[.]\w+' is nested; name .* --map item_id=item_id[.]code"
    with pytest.raises(AssayError, match=says):
        plan(path).require_complete()
    folder = import_file(path, "a", home, recipe=Recipe(columns={"item_id": "item_id.code"}))
    assert store.load(folder).catalogue.items.ids.tolist() == ["x"]
    with pytest.raises(AssayError, match="the item is a JSON object or array"):
        import_file(path, "a", home, recipe=Recipe(columns={"item_id": "item_id"}))


@pytest.mark.parametrize("form", ["lines", "parquet"])
def test_an_array_of_ids_is_read_element_by_element(form: str, write: Write, home: Path) -> None:
    rows = [{"user_id": "a", "product_id": ["x", "y"]}, {"user_id": "b", "product_id": ["x"]}]
    path = write(*written(form, rows))
    with pytest.raises(AssayError, match="the item is a JSON object or array"):
        import_file(path, "a", home)
    folder = import_file(path, "a", home, recipe=Recipe(columns={"item_id": "product_id[]"}))
    assert store.load(folder).about.kept == 3


def test_json_in_a_column_of_text_is_no_id(imported: Import, home: Path) -> None:
    content = 'user_id;item_id\na;{"id": "x", "price": 1}\nb;["x", "y"]\nb;[odd] id\nb;{x}\n'
    made = imported(content)
    assert made.catalogue.items.ids.tolist() == ["[odd] id", "{x}"]
    assert quarantine.read(home / "events" / "1")["line"].tolist() == [2, 3]


def test_elements_of_two_arrays_are_not_mixed(write: Write) -> None:
    rows = [{"user_id": "a", "seen": [{"item_id": "x"}], "bought": [{"price": 1}]}]
    recipe = Recipe(columns={"price": "bought[].price"})
    with pytest.raises(AssayError, match=r"seen\[\] and bought\[\] are two arrays"):
        plan(write(*written("lines", rows)), recipe)


def test_an_empty_user_gives_way_to_a_filled_visitor(write: Write, imported: Import) -> None:
    rows = [
        {"user_id": None, "user_pseudo_id": f"v{n % 3}", "item_id": f"i{n % 4}"} for n in range(9)
    ]
    found = plan(write(*written("lines", rows)))
    assert found.recipe.columns["user_id"] == "user_pseudo_id"
    assert found.by_content == ["user_id"]


def test_rows_without_a_user_get_the_visitor(write: Write, imported: Import) -> None:
    content = "userId,anonymousId,item_id\nu1,v1,x\n,v2,x\nnull,v3,y\n,,y\n"
    found = plan(write("a.csv", content))
    assert found.recipe.user_fallback == "anonymousId"
    assert found.notes[0].startswith("Rows without userId get the user from anonymousId")
    made = imported(content)
    assert made.users.ids.tolist() == ["u1", "v2", "v3"]
    assert made.about.quarantined == 1
    without = imported(content, recipe=Recipe.of({"user_fallback": ""}))
    assert without.users.ids.tolist() == ["u1"]


@pytest.mark.parametrize("start", ["[", '{"rows": ['])
def test_a_bottomless_value_is_one_sentence(start: str, write: Write) -> None:
    deep = '{"a":' * 100_000
    with pytest.raises(AssayError):
        plan(write("a.json", f'{start}{{"user_id": 1}}, {deep}'))
    with pytest.raises(AssayError):
        plan(write("b.json", deep))


def test_a_torn_document_is_one_sentence(write: Write) -> None:
    name, content = written("array", ROWS * 20_000)
    path = write(name, content[:-30])
    with pytest.raises(AssayError, match="is damaged or truncated at row 60,000"):
        import_file(path, "a", path.parent / "home")
