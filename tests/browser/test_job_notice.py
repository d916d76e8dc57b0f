"""A bake-off that ends in the background leaves what a person has open alone."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, expect

from pipelines.workspace import Workspace
from tests.browser.conftest import SHOP, StartApp, copied
from tests.browser.driving import SLOW_MS, drawn, new_page, opened
from tests.waiting import wait_for

FAKE_WORKER = Path(__file__).parents[1] / "workspace" / "fake_worker.py"
MADE = "20991231-1200-beef"


def test_an_open_dropdown_stays_open_and_the_results_are_one_click_away(
    browser: Browser, start: StartApp, filled_home: Path, tmp_path: Path
) -> None:
    home = copied(filled_home, tmp_path)
    workspace = Workspace.open(home)
    (shown,) = workspace.bakeoffs(SHOP)
    workspace.worker_command = (sys.executable, str(FAKE_WORKER))
    release = home / "release"
    params = {"dataset": SHOP, "do": "wait", "release": str(release), "pid_file": str(home / "pid"),
              "made": {"bakeoff": MADE}}  # fmt: skip
    job = workspace.submit("bakeoff", params)
    wait_for(lambda: workspace.job(job).share > 0)

    app, page = start(home, prepared=False), new_page(browser)
    opened(page, app.address("compare", dataset=SHOP, bakeoff=shown.id))
    page.get_by_role("combobox", name="Bake-off").click()
    options = page.get_by_role("listbox")
    expect(options).to_be_visible()

    document = workspace.bakeoff(shown.id).model_copy(update={"id": MADE})
    workspace.save_bakeoff(document, dataset_version=1)
    release.touch()
    done = page.get_by_text(f"Bake-off on {SHOP} is done.")
    expect(done.first).to_be_visible(timeout=SLOW_MS)
    drawn(page)  # so that a page that is drawn again has closed it
    expect(options).to_be_visible()
    assert f"bakeoff={shown.id}" in page.url

    page.keyboard.press("Escape")
    page.get_by_role("button", name="Show results").click()
    expect(page).to_have_url(re.compile(f"bakeoff={MADE}"), timeout=SLOW_MS)
    expect(done).to_have_count(0, timeout=SLOW_MS)
    drawn(page)
    page.context.close()
