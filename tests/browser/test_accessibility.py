"""axe-core on every page and view, light and dark: no violation from our own elements."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import accessibility
from tests.browser.conftest import SHOP, StartApp
from tests.browser.driving import PAGES, RunningApp, Theme, drawn, new_page, opened
from tests.browser.pictures import ALSO

VIEWS = [(name, query) for name in PAGES for query in ({}, *ALSO.get(name, {}).values())]


@pytest.fixture(scope="module")
def app(start: StartApp, filled_home: Path) -> RunningApp:
    return start(filled_home)


@pytest.fixture(scope="module", params=get_args(Theme))
def window(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    page = new_page(browser, theme=request.param)
    yield page
    page.context.close()


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "query"), VIEWS, ids=lambda value: value if isinstance(value, str) else None
)
def test_axe_finds_nothing_of_ours(
    app: RunningApp, window: Page, name: str, query: dict[str, str]
) -> None:
    source = accessibility.axe()
    if source is None:
        pytest.skip(accessibility.NO_AXE)
    opened(window, app.address(name, dataset=SHOP, **query))
    open_all(window)
    assert accessibility.violations(window, source) == []
    assert accessibility.faults(window) == []


def open_all(page: Page) -> None:
    """Open every expander: what is folded away is not looked at."""
    closed = page.locator('[data-testid="stExpander"] details:not([open]) > summary')
    while closed.count():
        closed.first.click()
        drawn(page)


def test_our_own_checks_find_what_they_look_for(browser: Browser) -> None:
    page = new_page(browser)
    page.set_content(
        """<body style="margin:0"><div data-testid="stApp" style="background:#fff">
        <div data-testid="stMain"><h1>Title</h1><h3>Skipped</h3>
        <p style="color:#999">faint</p><p style="color:#000;opacity:.3">fainter</p>
        <p style="color:#555">fine</p><p style="background:#222;color:#eee">fine too</p>
        <button></button><button aria-label="named"></button><label>Name <input></label>
        <input></div></div></body>"""
    )
    found = accessibility.faults(page)
    assert [one.partition(":")[0] for one in found] == [
        "h3 after h1",
        "a control without a name",
        "a control without a name",
        "contrast 2.85",
        "contrast 2.11",
    ]
    page.context.close()
