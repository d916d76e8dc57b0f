"""Charts with many columns: in a narrow window they scroll sideways, and say so."""

from __future__ import annotations

SIDEBAR = 320
"""What the sidebar and the page's margins take of a window, in pixels."""
NARROW = 1100
"""Up to this width of the window a chart scrolls; above, it fits or is drawn narrower."""
HINT = "Scroll sideways to see all columns →"


def scroll_css(key: str, width: int) -> str:
    """A style for the container with this key, whose chart needs `width` pixels."""
    block = f".st-key-{key}"
    hint = (
        f"@media (max-width: {min(NARROW, width + SIDEBAR)}px) {{"
        f"{block}::before {{content: '{HINT}'; position: sticky; left: 0; font-size: 13px;"
        " color: var(--assay-quiet);}}"
        "}"
    )
    return (
        f"<style>@media (max-width: {NARROW}px) {{{block} {{overflow-x: auto;}}"
        f"{block} > :has(.stVegaLiteChart) {{min-width: {width}px;}}}}{hint}</style>"
    )
