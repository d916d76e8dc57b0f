"""Screenshots of every page, for the workspace that `ASSAY_HOME` names.

    python -m tests.browser.pictures OUT_FOLDER [--only PAGE,PAGE] [--readme]

Writes `PAGE-THEME-WIDTH.png` of the whole page, in the light and the dark theme at 1440 and 800
pixels. With `--readme`, also writes the four images of the README to docs/images.
"""

from __future__ import annotations

import argparse
import signal
import tempfile
from pathlib import Path
from typing import get_args

from playwright.sync_api import Browser, Page

from pipelines.runtime import paths
from pipelines.workspace import Workspace
from tests.browser.driving import (
    PAGES,
    RunningApp,
    Theme,
    chromium,
    drawn,
    new_page,
    opened,
    sideways,
    start_app,
)

WIDTHS = (1440, 800)
TALLEST = 8000
IMAGES = paths.CHECKOUT / "docs" / "images"
MOST_BYTES = 300_000
# The images of the README: the page, its query parameters, and the height in pixels.
README: dict[str, tuple[dict[str, str], int]] = {
    "overview": ({}, 700),
    "compare": ({}, 830),
    "explore": ({}, 825),
    "decide": ({"decide_case": "shop"}, 785),
}
# Further views. Decide has a chart only with inputs, which an example case has.
ALSO = {
    "decide": {"shop": {"decide_case": "shop"}},
    "data": {view: {"data_view": view} for view in ("profile", "studies", "origin")},
    "compare": {
        view: {"compare_view": view}
        for view in ("slices", "cost", "people", "overlap", "behavior", "taste", "contenders")
    },
}


def take(browser: Browser, app: RunningApp, out: Path, names: tuple[str, ...]) -> None:
    """A screenshot per page, theme and width."""
    for theme in get_args(Theme):
        for width in WIDTHS:
            page = new_page(browser, theme=theme, width=width)
            for name in names:
                for suffix, query in {"": {}, **ALSO.get(name, {})}.items():
                    opened(page, app.address(name, **query))
                    _whole(page)
                    file = out / f"{name}{suffix and '-' + suffix}-{theme}-{width}.png"
                    page.screenshot(path=file)
                    over = sideways(page)
                    print(f"{file.name}{f': {over} px too wide' if over > 0 else ''}", flush=True)
            page.context.close()


def _whole(page: Page) -> None:
    """Make the window as tall as the page."""
    width = page.viewport_size["width"] if page.viewport_size else WIDTHS[0]
    page.set_viewport_size({"width": width, "height": 900})
    drawn(page)
    tall = int(page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight"))
    page.set_viewport_size({"width": width, "height": max(900, min(tall + 20, TALLEST))})
    drawn(page)


def readme(browser: Browser, app: RunningApp, bakeoff: dict[str, str]) -> None:
    """The four images of the README: light theme, 1440 pixels wide, the top of the page."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    page = new_page(browser)
    for name, (query, tall) in README.items():
        opened(page, app.address(name, **bakeoff, **query))
        page.set_viewport_size({"width": WIDTHS[0], "height": tall})
        drawn(page)
        file = IMAGES / f"{name}.png"
        page.screenshot(path=file)
        if file.stat().st_size > MOST_BYTES:
            raise SystemExit(f"{file} has {file.stat().st_size:,} bytes: crop it.")
        print(f"{file}: {file.stat().st_size:,} bytes", flush=True)


def newest_in_time() -> dict[str, str]:
    """The newest bake-off with a split in time, as query parameters."""
    workspace = Workspace.open()
    for record in workspace.bakeoffs():
        if str(workspace.bakeoff(record.id).manifest["split"]).startswith("time:"):
            return {"dataset": record.dataset, "bakeoff": record.id}
    raise SystemExit("No bake-off with a split in time in this workspace: run `assay bakeoff`.")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", type=lambda text: tuple(text.split(",")), default=PAGES)
    parser.add_argument("--readme", action="store_true")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        app = start_app(paths.home(), Path(folder, "app.log"))
        try:
            with chromium() as browser:
                if given.readme:
                    readme(browser, app, newest_in_time())
                take(browser, app, given.out, given.only)
        finally:
            app.end(signal.SIGTERM)


if __name__ == "__main__":
    main()
