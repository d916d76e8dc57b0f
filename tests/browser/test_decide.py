"""Numbers that are typed into Decide, as a keyboard in Berlin types them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from pipelines.prices.pricebook import PriceBook
from pipelines.workspace import Workspace
from tests.browser.conftest import StartApp
from tests.browser.driving import drawn, new_page, opened
from tests.waiting import wait_for


@pytest.mark.long
def test_a_decimal_comma_is_typed_and_kept(
    browser: Browser, start: StartApp, tmp_path: Path
) -> None:
    workspace = Workspace.open(tmp_path / "home")
    page = new_page(browser)
    address = start(tmp_path / "home", prepared=False).address("decide", decide_case="shop")
    opened(page, address)
    field = page.get_by_label("Open rate, likely")
    for typed, share in (("27,5", 0.275), ("1.000", "1.000")):
        field.press("Control+a")
        field.press_sequentially(typed)
        field.press("Tab")
        wanted = {"open_rate": share}
        wait_for(lambda: workspace.draft("decide:shop").inputs == wanted)  # noqa: B023
        drawn(page)
        expect(field).to_have_value(typed)
    expect(page.get_by_text("“1.000” can be read in two ways: type 1000 or 1.")).to_have_count(2)
    page.reload()
    drawn(page)
    expect(field).to_have_value("1.000")
    page.context.close()


CUT_OFF = """(box) => [box, ...box.querySelectorAll('*')]
  .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth)
  .map((e) => e.value || e.innerText)"""
"""The texts in an element that are wider than the space that they have."""


@pytest.mark.long
def test_the_prices_can_be_read_whole_and_are_named_in_plain_words(
    browser: Browser, start: StartApp, tmp_path: Path
) -> None:
    Workspace.open(tmp_path / "home")
    page = new_page(browser, width=1440)
    opened(page, start(tmp_path / "home", prepared=False).address("decide"))
    page.get_by_text("Buy", exact=True).first.click()
    drawn(page)
    assert page.locator('[aria-label*=":gray-badge"]').count() == 0
    field = page.get_by_role("combobox", name="Fee per request, buy")
    listed = page.get_by_role("listbox")

    def opens() -> bool:  # a page that is drawn anew closes the list
        field.press("ArrowDown")
        return listed.is_visible()

    for line in PriceBook().lines:
        if line.unit != "1,000 requests":
            continue
        wait_for(opens)
        assert listed.evaluate(CUT_OFF) == []
        field.fill(line.title)
        field.press("Enter")
        drawn(page)
        expect(field).to_have_value(line.title)
        assert field.evaluate(CUT_OFF) == []
    page.context.close()


@pytest.mark.long
@pytest.mark.parametrize("press", [0, 30])
def test_a_short_click_on_another_page_empties_no_field(
    browser: Browser, start: StartApp, tmp_path: Path, press: int
) -> None:
    workspace = Workspace.open(tmp_path / "home")
    page = new_page(browser)
    opened(page, start(tmp_path / "home", prepared=False).address("decide"))
    margin = page.get_by_label(re.compile("^Addressed margin.*, likely"))
    rate = page.get_by_label("Open rate, likely")
    margin.fill("3600")
    margin.press("Tab")
    wait_for(lambda: workspace.draft("decide:own").inputs == {"margin": 3600.0})
    drawn(page)
    rate.press_sequentially("40")
    page.get_by_role("link", name="Compare").click(delay=press)
    drawn(page)
    wait_for(lambda: workspace.draft("decide:own").inputs == {"margin": 3600.0, "open_rate": 0.4})
    drawn(page)
    if "/decide" in page.url:  # the click went under
        expect(margin).to_have_value("3600")
        expect(rate).to_have_value("40")
    page.get_by_role("link", name="Decide").click()
    drawn(page)
    expect(margin).to_have_value("3600")
    rate.fill("50")
    rate.press("Tab")
    wait_for(lambda: workspace.draft("decide:own").inputs == {"margin": 3600.0, "open_rate": 0.5})
    page.context.close()
