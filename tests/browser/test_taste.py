"""The blind taste test in Chromium: a double click, a reload, and the next round."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from pipelines.workspace import Workspace
from tests.browser.conftest import StartApp, copied
from tests.browser.driving import check_page, drawn, new_page, opened


@pytest.mark.long
def test_a_round_takes_one_vote_however_often_it_is_clicked_or_loaded(
    browser: Browser, start: StartApp, filled_home: Path, tmp_path: Path
) -> None:
    home = copied(filled_home, tmp_path)
    app = start(home)
    page = new_page(browser)
    sentence = opened(page, app.address("compare", compare_view="taste"))
    expect(sentence).to_contain_text("No votes yet.")
    check_page(page, picture=False)
    shown = page.locator(".taste").inner_text()
    page.get_by_role("button", name="Left list is better").dblclick()
    expect(page.get_by_text("Your vote is saved")).to_be_visible()
    expect(page.locator("h1")).to_contain_text("Opinion, not a metric")
    workspace = Workspace.open(home)
    (record,) = workspace.bakeoffs()
    (vote,) = workspace.votes(record.id)
    assert vote.picked == "left"

    page.reload()
    drawn(page)
    expect(page.get_by_text("Your vote is saved")).to_be_visible()
    expect(page.get_by_role("button", name="Left list is better")).to_have_count(0)
    assert page.locator(".taste").inner_text() == shown
    page.get_by_role("button", name="Reveal the contenders").click()
    expect(page.locator(".taste")).not_to_contain_text("Left list")

    page.get_by_role("button", name="Next round").click()
    expect(page.get_by_role("button", name="Right list is better")).to_be_visible()
    expect(page.locator(".taste")).to_contain_text("Left list")
    assert workspace.votes(record.id) == [vote]
    page.context.close()


@pytest.mark.long
def test_the_report_of_the_open_view_is_downloaded_and_opens_without_a_network(
    browser: Browser, start: StartApp, filled_home: Path, tmp_path: Path
) -> None:
    app = start(filled_home)
    page = new_page(browser)
    opened(page, app.address("compare", compare_metric="recall", compare_with="als"))
    with page.expect_download() as given:
        page.get_by_role("button", name="Download report (HTML)").click()
    file = tmp_path / given.value.suggested_filename
    given.value.save_as(file)
    assert file.name.startswith("assay-corner-shop-") and file.suffix == ".html"
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.context.set_offline(True)
    page.goto(file.as_uri())
    expect(page.get_by_role("heading", name="Exploratory comparison")).to_be_visible()
    expect(page.get_by_role("heading", name="Slices", exact=True)).to_be_visible()
    assert page.locator("svg").count() > 4 and messages == []
    page.context.close()
