"""The examples of a behavioral test as cards: user, figures, and lists side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from app.components.tables import digits

STYLE = """
.examples{display:grid;gap:12px;font-size:14px;line-height:1.35}
.examples section{border:1px solid color-mix(in srgb,currentColor 18%,transparent);
 border-radius:6px;padding:10px 12px}
.examples .facts{margin:0;max-width:none}
.examples .facts b{font-weight:600}
.examples .sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(225px,1fr));gap:14px;
 margin-top:8px}
.examples h3{font-size:13px;font-weight:600;opacity:.75;margin:0;padding:0}
.examples ol{margin:4px 0 0;padding-left:24px}
.examples li{font-size:14px;margin:0;padding:1px 0}
"""
LABELS = {
    "title": "item",
    "user_id": "user",
    "other_user_id": "other user",
    "history_overlap": "overlap of the histories",
    "shared": "share of items in common",
    "other_list": "list of the other user",
    "overlap": "overlap of the lists",
    "left_out": "removed event",
    "before": "list before",
    "after": "list after",
    "alone": "list when asked alone",
    "in_another_order": "list in another order of requests",
    "share_of_lists": "share of lists",
    "list_median": "median price on the list",
    "taken_up_median": "median price of later choices",
    "taken_up": "later choices",
    "known_brands": "share of places with a known brand",
    "brands_before": "brands in the history",
    "training_events": "training events",
    "places": "places on lists",
    "nearest_taken_up": "nearest later choice",
}
"""The labels of an example's fields."""


def cards(examples: Sequence[Mapping[str, Any]]) -> str:
    """The examples as HTML; all text is escaped."""
    return f'<style>{STYLE}</style><div class="examples">{"".join(map(_card, examples))}</div>'


def _card(example: Mapping[str, Any]) -> str:
    facts, sides = [], []
    for name, value in example.items():
        if name == "item_id" and example.get("title"):
            continue
        if isinstance(value, list):
            items = "".join(f"<li>{escape(_text(one))}</li>" for one in value)
            sides.append(f"<div><h3>{escape(_label(name))}</h3><ol>{items}</ol></div>")
        else:
            facts.append(f"<b>{escape(_label(name))}</b> {escape(_text(value))}")
    shown = f'<p class="facts">{" · ".join(facts)}</p>' if facts else ""
    lists = f'<div class="sides">{"".join(sides)}</div>' if sides else ""
    return f"<section>{shown}{lists}</section>"


def _label(name: str) -> str:
    return LABELS.get(name, name.replace("_", " "))


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("title") or value.get("item_id") or "")
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    if isinstance(value, float):
        return digits(value)
    return "none" if value is None else str(value)
