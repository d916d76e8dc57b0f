"""Colors, marks and sizes: each contender looks the same on every page."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.evaluation.comparison.sentences import reservations
from pipelines.evaluation.results.document import BakeoffDocument, Kind, Outcome, titles_of

# The Okabe-Ito palette without black and yellow, which are hard to see on a dark or light page.
BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"
PURPLE, SKY, VERMILION = "#CC79A7", "#56B4E9", "#D55E00"
GRAY = "#8A8F94"
PALETTE = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION)

PRIMARY = "#1B8A92"
"""The accent color of charts, legible in the light and the dark theme."""
INK = "currentColor"
"""The text color of the current theme; SVG and canvas both resolve it."""

HEIGHT = 360
"""Minimum height of a chart, in pixels."""

FIXED = {
    "two-stage": BLUE,
    "als": ORANGE,
    "ease-recent": GREEN,
    "two-stage-sponsored": PURPLE,
    "stand-in": SKY,
    "personalize": VERMILION,
}

OUTCOME_MARK: dict[Outcome, str] = {
    "better": "▲",
    "equivalent": "=",
    "worse": "▼",
    "inconclusive": "?",
}
OUTCOME_COLOR: dict[Outcome, str] = {
    "better": BLUE,
    "equivalent": GRAY,
    "worse": VERMILION,
    "inconclusive": PURPLE,
}

KIND_MARK: dict[Kind, str] = {"built": "●", "third-party": "◆", "stand-in": "◇", "baseline": "●"}
KIND_SHAPE: dict[Kind, str] = {
    "built": "circle",
    "third-party": "diamond",
    "stand-in": "diamond",
    "baseline": "circle",
}
KIND_LABEL: dict[Kind, str] = {
    "built": "built here",
    "third-party": "third party",
    "stand-in": "local stand-in",
    "baseline": "baseline",
}
SHIPPED_LABEL = "shipped with Assay"
"""What is said instead of `built here` in a bake-off that came with Assay."""
DASH = (4, 3)
"""Dash pattern of a stand-in's lines: pixels on and off."""


@dataclass(frozen=True)
class Style:
    """How one contender is drawn in every chart."""

    color: str
    shape: str
    filled: bool
    dashed: bool
    mark: str


def styles(contenders: Iterable[tuple[str, Kind]]) -> dict[str, Style]:
    """A style for each (name, kind).

    Shipped names have fixed colors. Any other name gets the color that it hashes to, or the
    next free one if two contenders of a document would share a color.
    """
    wanted = list(contenders)
    taken = {FIXED[name] for name, _ in wanted if name in FIXED}
    found: dict[str, Style] = {}
    for name, kind in wanted:
        color = GRAY if kind == "baseline" else FIXED.get(name)
        if color is None:
            start = zlib.crc32(name.encode()) % len(PALETTE)
            turned = PALETTE[start:] + PALETTE[:start]
            color = next((c for c in turned if c not in taken), turned[0])
            taken.add(color)
        hollow = kind == "stand-in"
        found[name] = Style(color, KIND_SHAPE[kind], not hollow, hollow, KIND_MARK[kind])
    return found


def styles_of(document: BakeoffDocument) -> dict[str, Style]:
    """A style for each contender of a bake-off by name, in the document's order."""
    return styles((c.name, c.kind) for c in document.contenders)


def styles_by_title(document: BakeoffDocument) -> dict[str, Style]:
    """A style for each contender of a bake-off by title (`titles_of`)."""
    titles = titles_of(document.contenders)
    return {titles[name]: style for name, style in styles_of(document).items()}


def kind_labels(document: BakeoffDocument, *, shipped: bool) -> dict[str, str]:
    """What each contender is, by name; `shipped` is whether the bake-off came with Assay."""
    built = SHIPPED_LABEL if shipped else KIND_LABEL["built"]
    return {c.name: built if c.kind == "built" else KIND_LABEL[c.kind] for c in document.contenders}


def outcome_label(
    outcome: Outcome,
    over_budget: bool = False,
    failed_required: bool = False,
    borderline: bool = False,
) -> str:
    """`▲ better`, `▲ better (borderline)`, or `▲ better, but over budget`."""
    but = reservations(over_budget, failed_required)
    mark = f"{OUTCOME_MARK[outcome]} {outcome}" + (" (borderline)" if borderline else "")
    return mark + (f", but {but}" if but else "")


_CSS = """
<style>
.stMainBlockContainer {max-width: 1200px; padding-top: 4.4rem; padding-bottom: 4rem;}
h1 {line-height: 1.25 !important; padding-top: 0 !important; text-wrap: pretty;}
/* Streamlit writes this file in the browser, with cells that a spreadsheet runs as formulas. */
[data-testid="stElementToolbarButton"]:has(button[aria-label^="Download as CSV"]) {display: none;}
/* Of a chart: its picture without title and source, and what it is drawn from. Each has a button
   below it that downloads the picture with both, and its data. */
[data-testid="stElementToolbarButton"]:has(button[aria-label^="Show data"]),
[data-testid="stElementToolbarButton"]:has(button[aria-label^="Download as PNG"]),
[data-testid="stElementToolbarButton"]:has(button[aria-label^="Copy Vega-Lite spec"])
{display: none;}
.stMainBlockContainer p, .stMainBlockContainer li {max-width: 80ch;}
/* The theme's gray has a contrast of 4.2 with the light page; text needs 4.5. */
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p
{color: var(--assay-quiet) !important; opacity: 1 !important;}
/* Streamlit's colors of code have contrasts from 2.4 to 3.6 with the light page. */
[data-testid="stCode"] .token {color: var(--assay-code) !important;}
[data-testid="stCode"] .token:is(.comment, .punctuation) {color: var(--assay-quiet) !important;}
[data-testid="stBaseButton-primary"], [data-testid="stBaseButton-primary"] p,
[data-tag], [data-tag] * {color: var(--assay-on-primary) !important;}
a:focus-visible, button:focus-visible {outline: 2px solid var(--assay-primary) !important;
 outline-offset: 2px;}
.st-key-steps_links [data-testid="stHorizontalBlock"] {flex-wrap: nowrap;}
.st-key-steps_links [data-testid="stColumn"] {min-width: 0 !important;}
@media (max-width: 1100px) {
  .st-key-compare_sides [data-testid="stColumn"] {min-width: 100%;}
}
@media (max-width: 1000px) {
  [data-testid="stHorizontalBlock"] {flex-wrap: wrap;}
  [data-testid="stColumn"] {min-width: 225px;}
  [data-testid="stExpander"] [data-testid="stColumn"] {min-width: 200px;}
}
</style>
"""

COLORS = {
    "page": ("#FBFAF7", "#14171A"),
    "quiet": ("#5B6167", "#A9ACAE"),
    "primary": ("#0B6E75", "#4FB3B9"),
    "on-primary": ("#FFFFFF", "#14171A"),
    "code": ("#0B5A78", "#7CC7DB"),
}
"""In the light and the dark theme: the page, quiet text (contrast 4.5 or more), the accent, text on
it, and code. The browser chooses, so that they are right also when the theme changes meanwhile."""


def css() -> str:
    """Widths, spacing, and colors that Streamlit's theme does not have."""
    names = "; ".join(
        f"--assay-{name}: light-dark({light}, {dark})" for name, (light, dark) in COLORS.items()
    )
    return f"<style>:root {{{names};}}</style>{_CSS}"
