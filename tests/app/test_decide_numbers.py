"""Numbers as people type them, and what Decide does with them."""

import pytest

from app.components.typed_number import read
from app.components.typed_number import shown as shown_number
from app.decide import case_values
from pipelines.runtime import paths


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("27.5", 27.5), ("27,5", 27.5), ("0,125", 0.125), ("-2,5", -2.5), ("\u22122.5", -2.5),
        (",5", 0.5), ("1 000", 1000), ("1\u202f000,5", 1000.5), ("1'000.5", 1000.5),
        ("1.000,5", 1000.5), ("1,000.5", 1000.5), ("1,000,000", 1e6), ("1.000.000", 1e6),
        ("1234,567", 1234.567), ("1e6", 1e6), (" 7 ", 7), ("1,000", 1000), ("12,500", 12500),
        ("", None),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_is_typed_in_many_countries(typed, value):
    found = read(typed)
    assert (found.value, found.problem) == (value, "")
    assert bool(found.note) == (typed in ("1,000", "12,500"))  # another country reads 1 and 12.5


@pytest.mark.parametrize(
    "typed", ["1.000", "1.085", "1.2.3", "1,2,3", "1,00.5", "1 00", "12,34,567", "2 %",
              "abc", "nan", "inf", "1e999", "1_000", "1.000.50"]
)  # fmt: skip
def test_a_text_that_is_no_number_or_two_is_refused(typed):
    found = read(typed)
    assert found.value is None and found.problem.startswith(f"“{typed}”")


def test_a_number_is_shown_as_it_is_read():
    for value in (1.085, 12.125, -2.125, 0.921, 1234.567, 1000.0, 1e15, 2e-7, 0.0):
        assert read(shown_number(value)).value == value


@pytest.mark.parametrize(
    ("typed", "value", "problem", "note"),
    [
        ("27,5", None, "27.5 is not a whole number: type 27 or 28.", ""),
        ("-2.5", None, "-2.5 is not a whole number: type -3 or -2.", ""),
        ("1,000", 1000, "", "“1,000” is read as 1000."),
        ("1.000", None, "“1.000” may be a decimal number: type 1000 or 1.", ""),
        ("27.500", None, "“27.500” may be a decimal number: type 27500.", ""),
        ("1 000", 1000, "", ""), ("1e3", 1000, "", ""), ("2.0", 2, "", ""), ("", None, "", ""),
    ],
)  # fmt: skip
def test_a_whole_number_is_read_and_a_decimal_one_is_refused(typed, value, problem, note):
    found = read(typed, whole=True)
    assert (found.value, found.problem, found.note) == (value, problem, note)


def test_no_field_drops_a_comma_without_a_word():
    """Streamlit's own field for numbers turns a typed "27,5" into 275."""
    files = sorted((paths.CHECKOUT / "app").rglob("*.py"))
    assert len(files) > 50
    assert [file.name for file in files if "number_input(" in file.read_text()] == []


def test_a_decimal_comma_is_no_factor_of_ten(open_page, workspace):
    app = open_page("decide", decide_case="shop")
    app.text_input(key="decide_shop_open_rate_mode").set_value("27,5").run()
    assert workspace.draft("decide:shop").inputs == {"open_rate": 0.275}
    assert app.text_input(key="decide_shop_open_rate_mode").value == "27,5"
    app.text_input(key="decide_shop_margin_mode").set_value("4,000").run()
    assert any(c.value.startswith("“4,000” is read as 4000; for") for c in app.caption)


def test_what_cannot_be_read_is_kept_and_told_at_the_field(open_page, workspace):
    app = open_page("decide", decide_case="shop")
    app.text_input(key="decide_shop_margin_mode").set_value("4.500").run()
    app.text_input(key="decide_shop_margin_high").set_value("5000").run()
    assert not app.exception
    problem = "“4.500” can be read in two ways: type 4500 or 4.5."
    assert any(c.value.endswith(problem) for c in app.caption)
    assert app.title[0].value == "These inputs are not valid."
    assert app.error[0].value == f"Your inputs: addressed margin: {problem}"
    app.text_input(key="decide_shop_buy.fee").set_value("much").run()
    assert not app.exception
    again = open_page("decide", decide_case="shop")
    assert again.text_input(key="decide_shop_margin_mode").value == "4.500"
    assert again.text_input(key="decide_shop_buy.fee").value == "much"
    linked = case_values.from_text(case_values.to_text(workspace.draft("decide:shop").inputs))
    assert linked == {}
    again.text_input(key="decide_shop_buy.fee").set_value("").run()
    again.text_input(key="decide_shop_margin_high").set_value("").run()
    again.text_input(key="decide_shop_margin_mode").set_value("4500").run()
    assert workspace.draft("decide:shop").inputs == {"margin": 4500.0}
    assert again.title[0].value.startswith("Buy leads")
