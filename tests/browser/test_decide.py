"""Numbers that are typed into Decide, as a keyboard in Berlin types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

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
