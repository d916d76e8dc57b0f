"""What the mutated files once broke, each by itself: read as meant, or one sentence."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from pipelines.data import dataset as store
from pipelines.data import quarantine
from pipelines.data.importing.planning import plan
from pipelines.data.recipe import Reading, Recipe, Times
from pipelines.errors import AssayError
from tests.data.importing import import_file

Import = Callable[..., store.Dataset]
GOOD = "user_id,item_id,weight,timestamp\na,x,1,1600000000\n"


def parquet(**columns: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("choices", "says"),
    [
        ({"times": Times(zone="Mars/Base")}, "no time zone 'Mars/Base'"),
        ({"times": Times(zone="")}, "no time zone"),
        ({"reading": Reading(encoding="rot13")}, "cannot be read as 'rot13'"),
        ({"reading": Reading(encoding="idna")}, "cannot be read as 'idna'"),
        ({"reading": Reading(encoding="utf-16")}, "cannot be read as 'utf-16'"),
        ({"reading": Reading(encoding="\0")}, "cannot be read as"),
        ({"reading": Reading(separator='"')}, "must differ"),
        ({"reading": Reading(separator="\n")}, "line breaks"),
        ({"reading": Reading(quote=",", separator=",")}, "must differ"),
        ({"reading": Reading(quote="é")}, "ASCII"),
        ({"keep": ("nothing",)}, "no column 'nothing'"),
    ],
)
def test_a_choice_that_makes_no_sense_is_said(
    choices: dict[str, Any], says: str, imported: Import
) -> None:
    with pytest.raises(AssayError, match=says):
        imported(GOOD, recipe=Recipe(**choices))


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), -1.0, 1e-9, 1e9])
def test_a_weight_of_a_type_is_a_number_that_can_be_used(weight: float) -> None:
    with pytest.raises(AssayError, match="a weight must be 0 or a number from 1e-6 to 1e6"):
        Recipe.of({"weights": {"view": weight}})
    with pytest.raises(ValidationError):
        Recipe(least_weight=float("nan"))


def test_no_sum_or_product_of_weights_is_infinite_or_zero(imported: Import, home: Path) -> None:
    made = imported(
        "user_id,item_id,event_type,weight\na,x,v,3e38\na,x,v,1e15\na,x,v,1e15\na,x,v,1e-30\n",
        recipe=Recipe(repeats="once", weights={"v": 1e6}),
    )
    assert made.interactions.weight.tolist() == pytest.approx([2e21])
    assert set(quarantine.read(home / "events" / "1")["reason"]) == {
        "the weight is not between 1e-15 and 1e15"
    }


@pytest.mark.parametrize("name", ["line", "reason", "step", "spaces", "problem", "weight", "c0"])
def test_a_column_of_any_name_can_be_kept(name: str, imported: Import) -> None:
    made = imported(f"user_id,item_id,{name}\na,x,7\n", recipe=Recipe(keep=(name, name)))
    assert made.context()[name].tolist() == ["7"]


def test_a_kept_column_cannot_take_the_name_of_another(imported: Import) -> None:
    content = "user_id,item_id,kind,event_type\na,x,view,7\n"
    recipe = Recipe(columns={"event_type": "kind"}, keep=("event_type",))
    with pytest.raises(AssayError, match="'event_type' cannot be kept under its name"):
        imported(content, recipe=recipe)


def test_joined_files_may_have_marks_of_order_within(imported: Import) -> None:
    made = imported("\ufeffuser_id,item_id\na,x\n\ufeffuser_id,item_id\n\ufeffb,y\n")
    assert made.users.ids.tolist() == ["a", "b"]
    assert made.about.arrivals is not None
    assert made.about.arrivals.reasons == {"the header is repeated": 1}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_mark_of_order_at_the_end_is_no_row(end: str, imported: Import) -> None:
    made = imported(f"user_id,item_id{end}a,x{end}b,y{end}\ufeff")
    assert made.users.ids.tolist() == ["a", "b"]
    assert made.about.arrivals is not None
    assert made.about.arrivals.reasons == {}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_name_in_the_header_may_run_over_lines(end: str, imported: Import) -> None:
    content = end.join(['user_id,item_id,"net', 'price"', "a,x,1", "b,y,2", ""])
    made = imported(content, recipe=Recipe(keep=(f"net{end}price",)))
    assert made.about.rows_in == made.about.kept == 2
    assert made.context().iloc[:, 0].tolist() == ["1", "2"]


def test_a_stray_quote_in_the_header_eats_no_row(imported: Import) -> None:
    assert imported('user_id,item_id,"size\na,x,1\nb,y,2\n').about.kept == 2


def test_white_space_above_the_header_is_no_row(imported: Import) -> None:
    assert imported("  \n\t\nuser_id,item_id\na,x\n").about.rows_in == 1


def test_names_in_windows_1252_are_read_as_the_rows_are(imported: Import) -> None:
    made = imported(
        "user_id,item_id,Größe\na,x,ü\n".encode("cp1252"), recipe=Recipe(keep=("Größe",))
    )
    assert made.context()["Größe"].tolist() == ["ü"]


def test_columns_that_are_not_wanted_stand_in_no_ones_way(imported: Import) -> None:
    nested = pa.array([{"k": 1}])
    made = imported(
        parquet(user_id=["a"], item_id=["x"], more=nested, half=pa.nulls(1, pa.float16())),
        "a.parquet",
    )
    assert made.about.kept == 1
    with pytest.raises(AssayError, match=r"'item_id' of 'b[.]parquet' is nested"):
        imported(parquet(user_id=["a"], item_id=nested), "b.parquet")


def test_half_a_pair_of_surrogates_is_no_column(imported: Import) -> None:
    good = '{"user_id": "a", "item_id": "x"}\n'
    made = imported(good.replace("{", '{"\\ud800": 1, ') + good, "a.jsonl")
    assert made.about.arrivals is not None
    assert made.about.arrivals.reasons == {"not valid JSON": 1}


def test_a_file_of_any_name_is_read_or_told(tmp_path: Path, home: Path) -> None:
    for name in ("a\nb.csv", "-rf.csv", "'; DROP.csv", "名前.csv", " .csv", "x" * 250 + ".csv"):
        path = tmp_path / name
        path.write_text(GOOD)
        assert store.load(import_file(path, "events", home)).about.sources == (name,)
    path = tmp_path / "\udcff.csv"
    path.write_text(GOOD)
    with pytest.raises(AssayError, match="not UTF-8; rename"):
        import_file(path, "events", home)


def test_far_too_many_columns_are_said_at_once(imported: Import) -> None:
    keys = {f"u{n}": 1 for n in range(6_000)}
    for name, content in (("a.csv", ",".join(keys)), ("a.jsonl", json.dumps(keys))):
        with pytest.raises(AssayError, match="6,000 columns"):
            imported(content, name)


def test_ids_of_a_table_are_held_to_what_ids_of_events_are(
    imported: Import, tmp_path: Path
) -> None:
    items = tmp_path / "items.csv"
    items.write_text("item_id,width\nx,1\n" + "y" * 10_000 + ",2\nnull,3\n")
    assert imported("user_id,item_id\na,x\n", items=items).catalogue.items.ids.tolist() == ["x"]


def test_two_thousand_columns_are_looked_at_in_seconds(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    header = ",".join(["user_id", "item_id", *(f"c{n}" for n in range(2_000))])
    path.write_text(header + "\n" + ("a,x" + ",1" * 2_000 + "\n") * 200)
    assert plan(path).recipe.columns == {"user_id": "user_id", "item_id": "item_id"}
