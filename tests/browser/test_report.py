"""The report in Chromium: opened from disk, without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from app import report
from pipelines.data.dataset import About
from pipelines.evaluation.results.folder import BakeoffFolder
from tests.app.reported import NOTICE, bakeoff, keep
from tests.browser.driving import Theme, new_page


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a full bake-off, with an exploratory comparison, as a file."""
    folder = tmp_path_factory.mktemp("report")
    keep(folder)
    about = About(name="shop", fingerprint="ab", notice=NOTICE)
    made = folder / "report.html"
    made.write_text(report.html(bakeoff(), BakeoffFolder(folder), "recall@5", "als", about))
    return made


class Watched:
    """A page without a network, its requests, and its console messages."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.messages: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.messages.append(message.text))
        page.on("pageerror", lambda error: self.messages.append(str(error)))
        page.route("**/*", _from_disk_alone)
        page.context.set_offline(True)


def _from_disk_alone(route: Route) -> None:
    if route.request.url.startswith(("file:", "data:")):
        route.continue_()
    else:
        route.abort()


@pytest.fixture(params=["light", "dark"])
def watched(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Watched]:
    theme: Theme = request.param
    page = new_page(browser, theme=theme)
    yield Watched(page)
    page.context.close()


def test_it_opens_from_the_disk_without_a_network(watched: Watched, file: Path) -> None:
    page = watched.page
    page.goto(file.as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text("two-stage against popular.")
    assert page.title() == "two-stage against popular."
    pictures = page.get_by_role("img")
    assert pictures.count() >= 5
    for at in range(pictures.count()):
        picture = pictures.nth(at)
        expect(picture).to_be_visible()
        box = picture.locator("svg").bounding_box()
        assert box is not None and box["width"] > 600 and box["height"] > 150
        assert len(str(picture.get_attribute("aria-label")).split()) > 8
        assert picture.locator("svg text").count() > 5
    expect(page.get_by_text(NOTICE)).to_be_visible()
    assert watched.requests == [file.as_uri()]
    assert watched.messages == []


def test_the_data_of_a_chart_opens_without_a_script(watched: Watched, file: Path) -> None:
    page = watched.page
    page.goto(file.as_uri())
    table = page.locator("details table").first
    expect(table).not_to_be_visible()
    page.get_by_text("Chart data").first.click()
    expect(table).to_be_visible()
    expect(table).to_contain_text("smallest useful")
    assert watched.messages == []


def test_text_in_charts_has_the_color_of_the_page(watched: Watched, file: Path) -> None:
    page = watched.page
    page.goto(file.as_uri())
    ink, paper, drawn = page.evaluate(
        """() => {
          const body = getComputedStyle(document.body);
          const texts = [...document.querySelectorAll('svg text')];
          return [body.color, body.backgroundColor, texts.map(t => getComputedStyle(t).fill)];
        }"""
    )
    assert set(drawn) == {ink} and ink != paper


@pytest.mark.parametrize("width", [1440, 800, 390])
def test_it_fits_the_window(browser: Browser, file: Path, width: int) -> None:
    page = new_page(browser, width=width)
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


def test_no_label_of_a_chart_is_cut(browser: Browser, file: Path) -> None:
    page = new_page(browser)
    page.goto(file.as_uri())
    outside = page.evaluate(
        """() => [...document.querySelectorAll('[role=img]')].flatMap(picture => {
          const room = picture.getBoundingClientRect();
          return [...picture.querySelectorAll('svg text')]
            .filter(text => {
              const box = text.getBoundingClientRect();
              return box.left < room.left || box.right > room.right;
            })
            .map(text => text.textContent);
        })"""
    )
    assert outside == []
    page.context.close()


def test_it_prints_in_light_colors_without_closed_tables(browser: Browser, file: Path) -> None:
    page = new_page(browser, theme="dark")
    page.goto(file.as_uri())
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    expect(page.get_by_text("Chart data").first).not_to_be_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page.context.close()
