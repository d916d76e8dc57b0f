"""Files without a header, with a title above it, and with names that are numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.data import dataset as store
from pipelines.data.importing.planning import plan
from pipelines.data.recipe import Reading, Recipe
from pipelines.errors import AssayError

Write = Callable[[str, str | bytes], Path]
Import = Callable[..., store.Dataset]
FOUR = ("user_id", "item_id", "weight", "timestamp")


@pytest.mark.parametrize(
    "content",
    [
        "1::4::4::1700000000\n2::5::1::1700000001\n",
        "u1,i4,4,1700000000\nu2,i5,1,1700000001\n",
        "u1,i4,4,2023-11-14\nu2,i5,1,2023-11-15\n",
        "ann\tbread\tgood\tmonday\nann\tsalt\tbad\tmonday\nbob\tbread\tgood\tsunday\n",
    ],
)
def test_a_first_line_that_is_a_row_is_never_eaten(content: str, write: Write) -> None:
    with pytest.raises(AssayError, match=r"looks like data .* --columns user_id,item_id"):
        plan(write("a.csv", content))


def test_columns_are_named_where_there_is_no_header(imported: Import) -> None:
    content = "1::4::4::1700000000\n2::5::1::1700000001\n"
    made = imported(content, "ratings.dat", recipe=Recipe(reading=Reading(columns=FOUR)))
    assert made.about.rows_in == made.about.kept == 2
    assert made.interactions.weight.tolist() == [4.0, 1.0]
    below = Recipe(reading=Reading(columns=("user_id", "item_id"), skip_lines=1))
    assert imported("who,what\nann,7\nbob,8\n", recipe=below).about.rows_in == 2
    with pytest.raises(AssayError, match=r"--columns has 2 names, but .* 4 columns"):
        imported(content, recipe=Recipe(reading=Reading(columns=("user_id", "item_id"))))


def test_names_that_are_numbers_are_obeyed(imported: Import) -> None:
    columns = {"user_id": "0", "item_id": "1", "timestamp": "2"}
    made = imported("0,1,2\nu0,i3,1700000000\n", recipe=Recipe(columns=columns))
    assert made.about.rows_in == 1
    columns = {"user_id": "10", "item_id": "20"}
    assert imported("10,20\na,x\n", recipe=Recipe(columns=columns)).about.rows_in == 1


@pytest.mark.parametrize(
    "above", ["Export of events\n", "Export of events,,\nby reporting\n\n", '"Sales, 2026"\n']
)
def test_a_title_above_the_header_is_skipped_and_told(
    above: str, write: Write, imported: Import
) -> None:
    rows = "user_id,item_id,timestamp\n" + "".join(f"u{n},x,170000000{n}\n" for n in range(5))
    found = plan(write("a.csv", above + rows))
    line = above.count("\n") + 1
    assert f"The header of 'a.csv' is line {line}" in found.notes[0]
    made = imported(above + rows)
    assert made.about.rows_in == made.about.kept == 5


def test_lines_above_the_header_can_be_named(imported: Import) -> None:
    content = "a,b\nc,d\nuser_id,item_id\nann,x\n"
    made = imported(content, recipe=Recipe(reading=Reading(skip_lines=2)))
    assert (made.about.rows_in, made.users.ids.tolist()) == (1, ["ann"])


@pytest.mark.parametrize(
    "content",
    [
        "user_id,item_id\na,x\nuser_id,item_id\nb,y\n",
        "user_id,item_id,2024\na,x,1\n".replace("2024", "year 2024"),
        "user_id,item_id\na,x,1\nb,y,2\n",
        "user_id,item_id,active\na,x,active\nb,y,active\n",
    ],
)
def test_a_header_stays_a_header(content: str, write: Write) -> None:
    found = plan(write("a.csv", content))
    assert found.recipe.columns == {"user_id": "user_id", "item_id": "item_id"}
