"""The views of Compare in a browser: each opens, and clicks select what they should."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import StartApp
from tests.browser.driving import (
    SLOW_MS,
    RunningApp,
    check_page,
    drawn,
    new_page,
    opened,
    sideways,
)
from tests.browser.pictures import ALSO

Window = tuple[Page, RunningApp]


@pytest.fixture(scope="module")
def window(browser: Browser, start: StartApp, filled_home: Path) -> Iterator[Window]:
    app = start(filled_home)
    page = new_page(browser)
    yield page, app
    page.context.close()


@pytest.mark.parametrize("view", ["", *ALSO["compare"]])
def test_a_view_opens_and_does_not_scroll_sideways_in_a_narrow_window(
    window: Window, view: str
) -> None:
    page, app = window
    page.set_viewport_size({"width": 800, "height": 900})
    opened(page, app.address("compare", **({"compare_view": view} if view else {})))
    check_page(page, picture=view not in ("contenders", "taste"))
    expect(page.get_by_role("alert")).to_have_count(0)
    assert sideways(page) <= 0
    page.set_viewport_size({"width": 1440, "height": 900})


def test_a_click_on_the_heat_map_selects_a_slice(window: Window) -> None:
    page, app = window
    opened(page, app.address("compare", compare_view="slices", compare_by="popularity"))
    cells = page.get_by_test_id("stVegaLiteChart").first.locator("g.mark-rect path")
    cells.first.click()
    expect(page.get_by_role("heading", name="Slice by popularity: ")).to_be_visible(timeout=SLOW_MS)
    drawn(page)
    check_page(page)
    assert "compare_slice=" in page.url


def test_a_row_of_the_largest_wins_shows_that_user(window: Window) -> None:
    page, app = window
    opened(page, app.address("compare", compare_view="people", compare_of="als"))
    user = page.get_by_role("heading", name="User ", level=2)
    before = user.inner_text()
    table = page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    # The rows are drawn on a canvas: the box of the third one.
    table.click(position={"x": 16, "y": 35 + 2 * 35 + 17})
    expect(user).not_to_have_text(before, timeout=SLOW_MS)
    drawn(page)
    assert "compare_person=" in page.url
    shown = user.inner_text()
    # The link alone shows the same user.
    fresh = page.context.new_page()
    opened(fresh, page.url)
    expect(fresh.get_by_role("heading", name=shown)).to_be_visible()
    fresh.close()


def test_a_table_offers_no_download_whose_cells_run_as_formulas(window: Window) -> None:
    page, app = window
    opened(page, app.address("compare", compare_view="people", compare_of="als"))
    page.get_by_test_id("stDataFrame").first.hover()
    tools = page.get_by_test_id("stElementToolbar").filter(has=page.get_by_label("Search"))
    expect(tools.first.locator("button[aria-label^='Search']")).to_be_visible(timeout=SLOW_MS)
    download = tools.first.locator("button[aria-label^='Download as CSV']")
    expect(download).to_have_count(1)
    expect(download).to_be_hidden()
