"""The main job in a real browser, on a small shop: build, compare, explore, decide."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.workspace import Workspace
from tests.browser.conftest import SHOP, StartApp, copied
from tests.browser.driving import (
    PAGES,
    SLOW_MS,
    chart_alt,
    check_page,
    drawn,
    go,
    new_page,
    opened,
    sideways,
)

BAKEOFF_SECONDS = 240


def only_bakeoff(workspace: Workspace) -> BakeoffDocument:
    (record,) = workspace.bakeoffs(SHOP)
    return workspace.bakeoff(record.id)


def progress_of(page: Page) -> Locator:
    return page.get_by_test_id("stProgress").filter(has_text=f"Bake-off on {SHOP}")


@pytest.mark.long
@pytest.mark.timeout(2 * BAKEOFF_SECONDS)
def test_a_bakeoff_outlives_a_reload_and_the_death_of_the_app(
    browser: Browser,
    start: StartApp,
    shop_home: Path,
    tmp_path: Path,
    wait_until: Callable[..., Any],
) -> None:
    home = copied(shop_home, tmp_path)
    workspace = Workspace.open(home)
    # An empty workspace would begin with the sample's bake-off; one with a job does not.
    loaded = workspace.submit("sample", {"name": SHOP})
    wait_until(lambda: workspace.job(loaded).state == "done")

    app = start(home)
    page = new_page(browser)
    opened(page, app.address())
    go(page, "build")
    page.get_by_role("button", name="Run the bake-off").click()
    expect(progress_of(page)).to_be_visible(timeout=SLOW_MS)
    (job,) = workspace.live_jobs()

    page.reload()
    expect(progress_of(page)).to_be_visible(timeout=SLOW_MS)
    assert workspace.job(job.id).live, "the bake-off was over before the reload was seen"

    wait_until(lambda: workspace.job(job.id).share > 0.1)
    app.end()
    app = start(home)
    opened(page, app.address("compare"))
    wait_until(lambda: not workspace.job(job.id).live, seconds=BAKEOFF_SECONDS)
    ended = workspace.job(job.id)
    assert (ended.state, ended.error) == ("done", None)
    assert [j.kind for j in workspace.jobs()] == ["bakeoff", "sample"], "it was started anew"

    expect(progress_of(page)).to_have_count(0, timeout=SLOW_MS)
    expect(page.locator("h1")).to_contain_text("NDCG@10", timeout=SLOW_MS)
    drawn(page)
    check_page(page)
    document = only_bakeoff(workspace)
    scored = [c.name for c in document.contenders if c.status == "scored"]
    assert {"two-stage", "als", "ease-recent", "stand-in", "popular", "random"} <= set(scored)
    built = [c.name for c in document.contenders if c.kind == "built"]
    declared = [c for c in document.comparisons if c.metric == "ndcg@10" and c.contender in built]
    best = max(declared, key=lambda c: c.difference)
    expect(page.locator("h1")).to_have_text(best.sentence)
    alt = chart_alt(page.get_by_test_id("stVegaLiteChart").first)
    assert "stand-in (not Amazon)" in alt


@pytest.fixture(scope="module")
def window(browser: Browser, start: StartApp, filled_home: Path) -> Any:
    """A window, and the app on a workspace with a bake-off."""
    app = start(filled_home)
    page = new_page(browser)
    yield page, app
    page.context.close()


@pytest.mark.long
def test_all_capable_contenders_recommend_for_three_picked_titles(
    window: Any, filled_home: Path
) -> None:
    page, app = window
    opened(page, app.address("explore"))
    page.get_by_text("a made-up history", exact=True).click()
    expect(page.locator("h1")).to_have_text(
        "Pick a few titles to see what each contender recommends.", timeout=SLOW_MS
    )
    picked = ["Title 3", "Title 5", "Title 7"]
    box = page.get_by_role("combobox", name="Titles interacted with, oldest first")
    for title in picked:
        box.click()
        box.fill(title)
        page.get_by_role("option", name=title, exact=True).click()
        expect(page.get_by_test_id("stMultiSelect").get_by_text(title, exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    # The address is of the run that has all three; the title was right after the first.
    three = re.compile(r"explore_history=[^&,%]+((,|%2C)[^&,%]+){2}")
    expect(page).to_have_url(three, timeout=SLOW_MS)
    expect(page.locator("h1")).to_contain_text(" share ", timeout=SLOW_MS)
    drawn(page)
    check_page(page)

    document = only_bakeoff(Workspace.open(filled_home))
    answered = {}
    for c in document.contenders:
        card = page.locator(".lists section").filter(has_text=c.title)
        expect(card.first).to_be_visible()
        titles = card.first.locator("li > span:nth-child(2)").all_inner_texts()
        if not titles:
            expect(card.first.locator(".why")).to_have_text(re.compile(r"No list: \w.{10,}"))
        answered[c.name] = [title.splitlines()[0] for title in titles]
    able = {c.name for c in document.contenders if c.kind in ("built", "baseline")}
    assert {name for name, titles in answered.items() if titles} == able
    for name in able:
        assert len(set(answered[name])) == 10, name
        assert not set(picked) & set(answered[name]), f"{name} recommends what was picked"
    # The link alone shows the same lists.
    fresh = page.context.new_page()
    sentence = page.locator("h1").inner_text()
    expect(opened(fresh, page.url)).to_have_text(sentence)
    fresh.close()


def test_an_example_case_is_decided_and_an_empty_case_is_not(window: Any) -> None:
    page, app = window
    expect(opened(page, app.address("decide"))).to_contain_text("Not decidable yet")
    page.get_by_text("shop", exact=True).click()
    expect(page.locator("h1")).to_contain_text("collect more data first", timeout=SLOW_MS)
    drawn(page)
    check_page(page)
    assert "buy $145 k" in chart_alt(page.get_by_test_id("stVegaLiteChart").first)


def test_a_link_restores_the_choices(window: Any, filled_home: Path) -> None:
    page, app = window
    id = only_bakeoff(Workspace.open(filled_home)).id
    chosen = {"compare_metric": "recall", "compare_k": "5", "compare_with": "als"}
    sentence = opened(page, app.address("compare", dataset=SHOP, bakeoff=id, **chosen))
    expect(sentence).to_contain_text("recall@5", ignore_case=True)
    alt = chart_alt(page.get_by_test_id("stVegaLiteChart").first)
    assert "recall@5" in alt and "from ALS" in alt
    for name, value in chosen.items():
        assert f"{name}={value}" in page.url

    expect(opened(page, app.address("decide", decide_case="shop"))).to_contain_text(
        "collect more data first"
    )


@pytest.mark.parametrize("name", PAGES)
def test_no_page_scrolls_sideways_in_a_narrow_window(window: Any, name: str) -> None:
    page, app = window
    page.set_viewport_size({"width": 800, "height": 900})
    opened(page, app.address(name))
    check_page(page)
    assert sideways(page) <= 0
