"""The browser's back button: each view and each page is one press."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import StartApp
from tests.browser.driving import SLOW_MS, drawn, go, new_page, opened


def back(page: Page, to: str) -> None:
    page.go_back()
    expect(page).to_have_url(re.compile(to), timeout=SLOW_MS)
    drawn(page)


def test_one_press_leaves_a_view_and_one_more_the_page(
    browser: Browser, start: StartApp, filled_home: Path
) -> None:
    app, page = start(filled_home), new_page(browser)
    opened(page, app.address())
    overview = page.locator("h1").inner_text()
    go(page, "compare")
    page.get_by_role("radio", name="By slice").click()
    expect(page).to_have_url(re.compile("compare_view=slices"), timeout=SLOW_MS)
    drawn(page)
    back(page, r"/compare\?(?!.*compare_view)")
    back(page, r"/\?dataset=")
    expect(page.locator("h1")).to_have_text(overview)
    page.context.close()
