"""The app's charts as inline SVG and as PNG files, drawn without a browser or a network."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from markupsafe import Markup

from app.components import charts

WIDTH = 916
"""Width for which a chart is drawn, in pixels; the report scales it to its column."""
INK = "currentColor"
FAINT = {"gridColor": INK, "gridOpacity": 0.12, "domainColor": INK, "domainOpacity": 0.4}
INKED: dict[str, dict[str, Any]] = {
    "axis": {"labelColor": INK, "titleColor": INK, "tickColor": INK, "tickOpacity": 0.4, **FAINT},
    "legend": {"labelColor": INK, "titleColor": INK},
    "header": {"labelColor": INK, "titleColor": INK},
    "title": {"color": INK, "subtitleColor": INK},
    "text": {"color": INK},
}
"""As Streamlit's theme in the app: text and lines in the page's color."""
ELEMENTS = {"svg", "g", "path", "line", "rect", "circle", "text", "tspan", "defs", "clipPath"}
ELEMENTS |= {"linearGradient", "stop"}
"""The allowed elements; a link is replaced by its content, other elements are removed."""
REMOVED_ATTRIBUTES = {"role", "class", "pointer-events", "version"}


def svg(chart: Any, name: str) -> Markup:
    """A chart as an SVG element without scripts and links; `name` is the prefix of its ids.

    It is hidden from screen readers: the caller adds the alt text. The first call loads the
    converter (about 100 MB and one second); later calls take about 0.25 seconds each.
    """
    import vl_convert

    drawn = vl_convert.vegalite_to_svg(_spec(chart), show_warnings=False, allowed_base_urls=[])
    root = ElementTree.fromstring(drawn)
    for element in _allowed(root):
        _clean(element, name)
    for side in ("width", "height"):  # the view box has the ratio; the page sets the width
        del root.attrib[side]
    root.attrib.update({"aria-hidden": "true", "focusable": "false"})
    return Markup(ElementTree.tostring(root, encoding="unicode"))


PAPER, BLACK, QUIET = "#FFFFFF", "#1E2328", "#5B6167"
"""A file's background, its text, and the text of its source: a file has no page around it."""
TITLE_COLUMNS, SOURCE_COLUMNS, TITLE_LINES = 96, 130, 4


def png(chart: Any, title: str, source: str) -> bytes:
    """A chart as a PNG file on white, with its title and its source above it."""
    import vl_convert

    drawn: bytes = vl_convert.vegalite_to_png(
        titled(chart, title, source), scale=2, show_warnings=False, allowed_base_urls=[]
    )
    return drawn


def titled(chart: Any, title: str, source: str) -> dict[str, Any]:
    """The specification of a chart that stands alone: white paper, black ink, title, source."""
    text = json.dumps(_spec(chart)).replace(json.dumps(INK), json.dumps(BLACK))
    spec: dict[str, Any] = json.loads(text)
    return spec | {
        "background": PAPER,
        "padding": 18,
        "title": {
            "text": textwrap.wrap(title, TITLE_COLUMNS, max_lines=TITLE_LINES, placeholder=" …"),
            "subtitle": textwrap.wrap(source, SOURCE_COLUMNS),
            "anchor": "start",
            "frame": "bounds",
            "fontSize": 16,
            "fontWeight": 600,
            "color": BLACK,
            "subtitleFontSize": 11,
            "subtitleColor": QUIET,
            "subtitlePadding": 6,
            "offset": 14,
        },
    }


def _spec(chart: Any) -> dict[str, Any]:
    """The chart in the page's color, as wide as a report unless it has a fixed width."""
    with charts.alone:
        spec: dict[str, Any] = chart.to_dict(validate=False)  # the tests do, see `charts`
    config = spec.setdefault("config", {})
    for part, colors in INKED.items():
        config[part] = {**colors, **config.get(part, {})}
    if "width" not in spec and ("mark" in spec or "layer" in spec):
        spec |= {"width": WIDTH, "autosize": {"type": "fit-x", "contains": "padding"}}
    return spec


def _allowed(root: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """The allowed elements, without namespaces; the others are removed."""
    root.tag = "g" if _local(root.tag) == "a" else _local(root.tag)
    yield root
    for child in list(root):
        if _local(child.tag) in ELEMENTS | {"a"}:
            yield from _allowed(child)
        else:
            root.remove(child)


def _clean(element: ElementTree.Element, name: str) -> None:
    for key, value in list(element.attrib.items()):
        plain = _local(key)
        if plain in REMOVED_ATTRIBUTES or plain.startswith(("aria-", "on")) or key != plain:
            del element.attrib[key]
        elif plain == "id":
            element.attrib["id"] = f"{name}-{value}"
        elif "url(" in value:  # a clip path or a gradient of the same chart
            element.attrib[key] = re.sub(r"url\(#([\w-]+)\)", rf"url(#{name}-\1)", value)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
