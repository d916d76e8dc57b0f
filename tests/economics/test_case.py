"""Cases: the ones that ship, the form's fields, and one clear sentence for each bad input."""

import math

import pytest

from pipelines.economics.case import Case, Option, Stated, fields
from pipelines.economics.case_files import WORKED, blank_case, case_from, load_case
from pipelines.economics.missing import missing_inputs
from pipelines.economics.toml import to_toml
from pipelines.errors import AssayError

GOOD = """
core_business = "no"
margin = 4000
open_rate = 0.5
requests = 1000
[buy]
uplift = { low = -0.01, mode = 0.02, high = 0.05 }
months_to_launch = 2
setup = 2
ftes = 0.1
infra = 0
fee = 3
"""


def _write(tmp_path, text):
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", WORKED)
def test_worked_cases_miss_nothing(name):
    assert missing_inputs(load_case(name)) == []


def test_own_file_with_range_loads(tmp_path):
    case = load_case(_write(tmp_path, GOOD))
    assert case.buy is not None
    assert case.buy.uplift.mean == pytest.approx(0.02)
    assert missing_inputs(case) == []


def test_uplift_has_no_default():
    assert Option().uplift is None
    missing = missing_inputs(blank_case())
    assert len(missing) == 5
    assert any("uplift of popularity rule, buy, build" in text for text in missing)


def test_no_vendors_price_is_chosen_in_advance():
    assert [option.price for option in blank_case().options.values()] == [None, None, None]
    assert "fee of buy ($k a month, or a line of the price book)" in missing_inputs(blank_case())


@pytest.mark.parametrize("name", ["shop", "video", "data-poor", "template"])
def test_a_case_written_as_toml_is_read_back_equal(tmp_path, name):
    case = blank_case() if name == "template" else load_case(name)
    said = {"margin": 'accounts "2025"\\', "buy.uplift": Stated(source="test", author="Éva")}
    case = case.model_copy(update={"title": "Ünïted \n & more", "sources": said})
    file = tmp_path / "case.toml"
    file.write_text(to_toml(case), encoding="utf-8")
    assert load_case(file) == case


def test_every_field_has_unit_description_and_source():
    rows = fields()
    names = {row["name"] for row in rows}
    assert {"margin", "open_rate", "core_business", "buy.uplift", "build.setup"} <= names
    assert set(Case.model_fields) - {"sources", "today", "popularity", "buy", "build"} <= names
    for row in rows:
        assert row["unit"] and row["description"] and row["source"], row["name"]
    assert {row["name"]: row["range"] for row in rows}["buy.uplift"]
    assert not {row["name"]: row["range"] for row in rows}["horizon_months"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("margin", "margni", "unknown input 'margni'"),
        ("ftes = 0.1", "ftees = 0.1", "unknown input 'buy.ftees'"),
        ("margin = 4000", "margin = -4000", "margin is negative"),
        ("setup = 2", "setup = -2", "buy.setup is negative"),
        ("fee = 3", "fee = -3", "buy.fee"),
        ("open_rate = 0.5", "open_rate = 30", "open_rate is above 1; write 30% as 0.3"),
        ("margin = 4000", "margin = nan", "margin: must be a finite number"),
        ("margin = 4000", "margin = inf", "margin: must be a finite number"),
        ("margin = 4000", 'margin = "4000"', "margin: must be a number or a range"),
        ("margin = 4000", "horizon_months = 0", "horizon_months"),
        ("margin = 4000", "horizon_months = 12.5", "horizon_months"),
        ("low = -0.01, mode", "low = 0.5, mode", "low <= mode <= high"),
        ("low = -0.01", "low = -2", "buy.uplift.low"),
        ("high = 0.05", "high = 5", "buy.uplift is above 1; write 2% as 0.02"),
        ('"no"', '"maybe"', "core_business"),
        ("[buy]", "[buyy]", "unknown input 'buyy'"),
        ("margin = 4000", "margin = = 4", "not a readable TOML file"),
        (
            "[buy]",
            '[sources]\nmargn = "x"\n[buy]',
            "sources has margn, but there is no input of that name",
        ),
    ],
)
def test_bad_input_is_one_sentence(tmp_path, old, new, says):
    assert old in GOOD
    with pytest.raises(AssayError) as error:
        load_case(_write(tmp_path, GOOD.replace(old, new, 1)))
    message = str(error.value)
    assert says in message
    assert "\n" not in message and message.endswith(".") and "mine.toml" in message


def test_a_byte_order_mark_is_no_part_of_a_case(tmp_path):
    path = tmp_path / "marked.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert load_case(path) == load_case(_write(tmp_path, GOOD))


def test_no_such_case_names_those_there_are():
    with pytest.raises(AssayError, match="shop, video, data-poor"):
        load_case("bookshop")


def test_no_option_to_decide_about():
    with pytest.raises(AssayError, match=r"neither a \[buy\] nor a \[build\]"):
        case_from({"margin": 10.0})


def test_form_values_are_checked_too():
    with pytest.raises(AssayError, match="finite"):
        case_from({"margin": math.nan, "buy": {}})
