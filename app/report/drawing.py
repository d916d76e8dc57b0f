"""Charts as inline SVG: the app's own charts, drawn without a browser, a script or a network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from markupsafe import Markup

WIDTH = 916
"""Pixels that a chart is drawn for; a report shows it as wide as its column."""
INK = "currentColor"
FAINT = {"gridColor": INK, "gridOpacity": 0.12, "domainColor": INK, "domainOpacity": 0.4}
INKED: dict[str, dict[str, Any]] = {
    "axis": {"labelColor": INK, "titleColor": INK, "tickColor": INK, "tickOpacity": 0.4, **FAINT},
    "legend": {"labelColor": INK, "titleColor": INK},
    "header": {"labelColor": INK, "titleColor": INK},
    "title": {"color": INK, "subtitleColor": INK},
    "text": {"color": INK},
}
"""What Streamlit's theme gives a chart in the app: words and lines in the page's own color."""
DRAWN = {"svg", "g", "path", "line", "rect", "circle", "text", "tspan", "defs", "clipPath"}
DRAWN |= {"linearGradient", "stop"}
"""The elements of a chart; of a link its content is kept, of anything else nothing."""
DROPPED = {"role", "class", "pointer-events", "version"}


def svg(chart: Any, name: str) -> Markup:
    """A chart as an SVG element without a frame, script or address; `name` sets its ids apart.

    For the eye alone: whoever shows it says in words what it shows. The first one loads the
    converter (about 100 MB, a second), the others take a quarter of a second each.
    """
    import vl_convert

    drawn = vl_convert.vegalite_to_svg(_spec(chart), show_warnings=False, allowed_base_urls=[])
    root = ElementTree.fromstring(drawn)
    for element in _kept(root):
        _clean(element, name)
    for side in ("width", "height"):  # the view box has them; the page says how wide it is
        del root.attrib[side]
    root.attrib.update({"aria-hidden": "true", "focusable": "false"})
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def _spec(chart: Any) -> dict[str, Any]:
    """The chart in the page's color, as wide as a report; a fixed width of its own stays."""
    spec: dict[str, Any] = chart.to_dict()
    config = spec.setdefault("config", {})
    for part, colors in INKED.items():
        config[part] = {**colors, **config.get(part, {})}
    if "width" not in spec and ("mark" in spec or "layer" in spec):
        spec |= {"width": WIDTH, "autosize": {"type": "fit-x", "contains": "padding"}}
    return spec


def _kept(root: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Every element that is drawn, without its namespace; the others are taken out."""
    root.tag = "g" if _local(root.tag) == "a" else _local(root.tag)
    yield root
    for child in list(root):
        if _local(child.tag) in DRAWN | {"a"}:
            yield from _kept(child)
        else:
            root.remove(child)


def _clean(element: ElementTree.Element, name: str) -> None:
    for key, value in list(element.attrib.items()):
        plain = _local(key)
        if plain in DROPPED or plain.startswith(("aria-", "on")) or key != plain:
            del element.attrib[key]
        elif plain == "id":
            element.attrib["id"] = f"{name}-{value}"
        elif "url(" in value:  # a clip or a gradient of the same chart
            element.attrib[key] = re.sub(r"url\(#([\w-]+)\)", rf"url(#{name}-\1)", value)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
