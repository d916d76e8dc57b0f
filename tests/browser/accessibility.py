"""Whether a page can be read by all: contrast, names of controls, order of headings; and axe-core.

axe-core (MPL-2.0) is no part of Assay. `pip install axe-playwright-python` brings it; the tests
that need it are skipped where it is absent. What stands here without it runs always.
"""

from __future__ import annotations

from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

PACKAGE = "axe_playwright_python"
FADING_MS = 5_000
NO_AXE = "no axe-core here: pip install axe-playwright-python"
STREAMLITS = {
    ("list", '[data-testid="stSidebarNavItems"]'): "the sections of its navigation are div in ul",
    ("listitem", '[data-testid="stSidebarNavItems"] li'): "the same",
    ("svg-img-alt", '[data-testid="stVegaLiteChart"] g:empty'): "Vega's group without a mark",
    (
        "presentation-role-conflict",
        '[data-testid="stFileUploaderDropzone"]',
    ): "its box for files has a label and no role; the button within has both",
}
"""Rule and element of axe-core's findings that are Streamlit's own, and what is wrong there."""

# Text is measured against the colors behind it, as they are composed; charts are pictures with an
# alt text, disabled controls may be faint, and the viewer of JSON has Streamlit's own colors.
FAULTS = r"""() => {
  const found = [];
  const visible = (e) => e.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})
    && e.getClientRects().length > 0;
  const main = document.querySelector('[data-testid="stMain"]');
  let last = 0;
  for (const h of main.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
    if (!visible(h)) continue;
    const level = Number(h.tagName[1]);
    if (level > last + 1) found.push(`h${level} after h${last}: ${h.innerText}`);
    last = level;
  }
  const text = (e) => (e ? e.innerText || e.textContent || '' : '').trim();
  const named = (e) => e.getAttribute('aria-label') || e.title || text(e)
    || (e.getAttribute('aria-labelledby') || '').split(' ')
         .map((id) => text(document.getElementById(id))).join('')
    || [...(e.labels || [])].map(text).join('') || text(e.closest('label'))
    || [...e.querySelectorAll('[aria-label], img[alt]')]
         .map((one) => one.getAttribute('aria-label') || one.alt).join('');
  const controls = 'button, a[href], input:not([type=hidden]), select, textarea, [role=button],'
    + ' [role=radio], [role=combobox], [role=slider], [role=tab]';
  for (const e of document.querySelectorAll(controls)) {
    if (visible(e) && !e.closest('[aria-hidden=true]') && !named(e))
      found.push(`a control without a name: ${e.outerHTML.slice(0, 160)}`);
  }
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = (css) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = css;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) =>
    [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat([1]);
  const light = (c) => {
    const [r, g, b] = c.map((v) => v / 255)
      .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const page = rgba(getComputedStyle(document.querySelector('[data-testid="stApp"]'))
    .backgroundColor);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || seen.has(e)) continue;
    seen.add(e);
    const skipped = 'script, style, noscript, canvas, svg, table, iframe, [disabled],'
      + ' [aria-disabled=true], [data-testid="stIconMaterial"], [data-testid="stJson"]';
    if (e.closest(skipped) || !visible(e)) continue;
    const chain = [];
    for (let at = e; at; at = at.parentElement) chain.unshift(at);
    let behind = page, opacity = 1;
    for (const at of chain) {
      behind = over(rgba(getComputedStyle(at).backgroundColor), behind);
      opacity *= Number(getComputedStyle(at).opacity);
    }
    const style = getComputedStyle(e);
    const ink = rgba(style.color);
    const shown = over([...ink.slice(0, 3), ink[3] * opacity], behind);
    const [a, b] = [light(shown), light(behind)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const icon = e.closest('[role=img], [data-testid*="Icon"]');  // a picture: 3 (WCAG 1.4.11)
    if (ratio < (large || icon ? 3 : 4.5) - 0.01)
      found.push(`contrast ${ratio.toFixed(2)}: ${walker.currentNode.data.trim().slice(0, 60)} in `
        + e.cloneNode().outerHTML.slice(0, 120));
  }
  return found;
}"""


def faults(page: Page) -> list[str]:
    """What keeps somebody from reading the page, a sentence each.

    Colors fade in after a change of the theme: what is gone within `FADING_MS` is none.
    """
    with suppress(PlaywrightTimeout):
        page.wait_for_function(f"() => ({FAULTS})().length === 0", timeout=FADING_MS)
    return [str(one) for one in page.evaluate(FAULTS)]


def axe() -> str | None:
    """The source of axe-core; None where it is not installed."""
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        return None
    return (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, source: str) -> list[str]:
    """What axe-core finds on the page, without what is Streamlit's own."""
    page.evaluate(source)
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {node['html'][:200]}"
        for rule in found["violations"]
        for node in rule["nodes"]
        if not _streamlits(page, rule["id"], node["target"])
    ]


def _streamlits(page: Page, rule: str, target: list[str]) -> bool:
    selectors = [selector for one, selector in STREAMLITS if one == rule]
    return any(
        page.evaluate(
            "([target, own]) => document.querySelector(target)?.matches(own) ?? false",
            [target[-1], own],
        )
        for own in selectors
    )
