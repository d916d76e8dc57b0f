"""A shop's order export in the app: upload, two steps, and the dataset is there."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from pipelines.workspace import Workspace
from tests.browser.conftest import StartApp
from tests.browser.driving import SLOW_MS, check_page, drawn, new_page, opened, sideways
from tests.shop_export import CANCELLED, NOBODY, ROWS, orders

pytestmark = pytest.mark.long

NAME = "online-orders"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty workspace, not a new one, that the tests of this file fill."""
    folder = tmp_path_factory.mktemp("import") / "home"
    Workspace.open(folder)
    return folder


@pytest.fixture
def imported(home: Path, tmp_path: Path) -> None:
    """The orders are a dataset, whatever ran before."""
    workspace = Workspace.open(home)
    if NAME not in {record.name for record in workspace.datasets()}:
        file = tmp_path / "orders.csv"
        file.write_bytes(orders())
        workspace.import_dataset(file, NAME)


@pytest.fixture(scope="module")
def window(browser: Browser, start: StartApp, home: Path) -> Any:
    app = start(home, prepared=False)
    page = new_page(browser)
    yield page, app
    page.context.close()


def upload(page: Page, name: str, data: bytes) -> None:
    file = {"name": name, "mimeType": "text/csv", "buffer": data}
    page.locator('input[type="file"]').first.set_input_files(file)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_an_order_export_takes_two_steps(
    window: Any, home: Path, wait_until: Callable[..., Any]
) -> None:
    page, app = window
    expect(opened(page, app.address("data"))).to_contain_text("No data yet")
    upload(page, "Online Orders.csv", orders())
    expect(page.get_by_text("check the columns")).to_be_visible(timeout=SLOW_MS)
    proposed = {
        "User": "CustomerID",
        "Item": "StockCode",
        "Time": "InvoiceDate",
        "Weight": "Quantity",
    }
    for label, column in proposed.items():
        box = page.get_by_test_id("stSelectbox").filter(has_text=re.compile(rf"^{label}"))
        expect(box.locator("input").first).to_have_value(column)
    expect(page.get_by_text("Columns not imported: Country.")).to_be_visible()
    drawn(page)
    check_page(page)
    press(page, "Confirm columns")
    expect(page.get_by_text("check how rows become events")).to_be_visible(timeout=SLOW_MS)
    drawn(page)
    page.set_viewport_size({"width": 800, "height": 900})
    drawn(page)
    assert sideways(page) <= 0
    page.set_viewport_size({"width": 1440, "height": 900})
    press(page, "Import")

    workspace = Workspace.open(home)
    (job,) = wait_until(workspace.jobs)
    wait_until(lambda: not workspace.job(job.id).live, seconds=90)
    assert (workspace.job(job.id).state, workspace.job(job.id).error) == ("done", None)

    kept = ROWS - NOBODY - CANCELLED
    became = page.get_by_text(f"{ROWS} rows became {kept} events")
    expect(became.first).to_be_visible(timeout=SLOW_MS)
    drawn(page)
    check_page(page)
    assert f"dataset={NAME}" in page.url
    # After an import, the page first shows how rows became events.
    # The data is not enough yet, so the tracking plan stands above.
    shown = page.locator("h2").all_inner_texts()
    assert shown[:2] == ["Tracking plan", "How rows became events"]
    assert "data_view=origin" in page.url
    about = workspace.about(NAME)
    assert (about.rows_in, about.quarantined, about.filtered) == (ROWS, NOBODY, CANCELLED)
    with page.expect_download() as started:
        page.get_by_role("button", name="Download all (CSV)").click()
    text = Path(started.value.path()).read_text()
    assert text.count("the user is missing") == NOBODY


@pytest.mark.usefixtures("imported")
def test_next_months_file_is_one_button(
    window: Any, home: Path, wait_until: Callable[..., Any]
) -> None:
    page, app = window
    opened(page, app.address("data", dataset=NAME, data_from="again"))
    upload(page, "january.csv", orders(month=1))
    press(page, f"Import as version 2 of {NAME}")
    workspace = Workspace.open(home)
    wait_until(lambda: workspace.jobs()[0].params.get("again"))
    wait_until(lambda: not workspace.live_jobs(), seconds=90)
    newer, older = workspace.dataset_versions(NAME)
    assert newer.about.recipe is not None
    assert older.about.recipe is not None
    assert newer.about.recipe.hash == older.about.recipe.hash
    # The page shows version 1 until the person asks for the new one.
    page.get_by_role("button", name="Show the data").click()
    expect(page.get_by_role("radio", name="2 (newest)")).to_be_visible(timeout=SLOW_MS)
    drawn(page)
    check_page(page)


@pytest.mark.usefixtures("imported")
def test_a_row_of_the_catalogue_leads_to_its_dataset(window: Any, home: Path) -> None:
    page, app = window
    Workspace.open(home).register_samples()
    opened(page, app.address("data", dataset=NAME))
    table = page.get_by_test_id("stDataFrame").last
    table.scroll_into_view_if_needed()
    # The rows are drawn on a canvas: movielens-small is the second of three.
    table.click(position={"x": 16, "y": 35 + 35 + 17})
    page.wait_for_url("**dataset=movielens-small**", timeout=SLOW_MS)
    drawn(page)
    check_page(page)
    expect(page.get_by_text("GroupLens").first).to_be_visible()
