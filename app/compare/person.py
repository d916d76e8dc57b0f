"""One evaluated person: history, the lists of two contenders, and what was chosen later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import numpy.typing as npt

from app.look import Style
from pipelines.evaluation.results.folder import BakeoffFolder

SHOWN = 12
"""Newest events of a history that are shown."""

Named = tuple[str, str]
"""An item's title and categories."""


@dataclass(frozen=True)
class Place:
    """One place of a list."""

    title: str
    categories: str
    chosen: bool


@dataclass(frozen=True)
class Later:
    """Something chosen later, and where each contender has it (1 is the top; None: nowhere)."""

    title: str
    ranks: dict[str, int | None]


@dataclass(frozen=True)
class Sheet:
    """What is shown of one person."""

    history: tuple[Named, ...]
    """The newest events at most `SHOWN`, newest last."""
    earlier: int
    lists: dict[str, tuple[Place, ...]]
    """By contender (title)."""
    later: tuple[Later, ...]


def sheet(
    kept: BakeoffFolder,
    row: int,
    k: int,
    contenders: Mapping[str, str],
    titles: npt.NDArray[np.object_],
    categories: npt.NDArray[np.object_],
) -> Sheet:
    """The person of a row of the bake-off; `contenders` gives titles by name, `titles` and
    `categories` are (n_items,)."""
    asked = kept.requests
    history, truth = asked.history.row(row), asked.truth.row(row)
    chosen = set(truth.tolist())
    found: dict[str, tuple[Place, ...]] = {}
    at: dict[str, dict[int, int]] = {}
    for name, title in contenders.items():
        shown = [int(i) for i in kept.lists(name)[row, :k] if i >= 0]
        at[title] = {item: shown.index(item) + 1 for item in shown}
        found[title] = tuple(Place(str(titles[i]), str(categories[i]), i in chosen) for i in shown)
    later = [
        Later(
            str(titles[i]),
            {title: at[title].get(i) for title in at},
        )
        for i in truth.tolist()
    ]
    return Sheet(
        tuple((str(titles[i]), str(categories[i])) for i in history[-SHOWN:]),
        max(0, len(history) - SHOWN),
        found,
        tuple(later),
    )


STYLE = """
.person{display:grid;grid-template-columns:repeat(auto-fit,minmax(225px,1fr));gap:14px;
 align-items:start;font-size:14px;line-height:1.35}
.person section{border:1px solid color-mix(in srgb,currentColor 18%,transparent);
 border-top-width:3px;border-radius:6px;padding:10px 12px}
.person h3{font-size:15px;font-weight:600;margin:0;padding:0}
.person .why{opacity:.75;font-size:13px;margin:2px 0 8px}
.person ol{margin:0;padding:0;list-style:none}
.person li{display:grid;grid-template-columns:24px 1fr;gap:4px;padding:4px 4px;margin:0;
 font-size:14px;border-top:1px solid color-mix(in srgb,currentColor 10%,transparent)}
.person .n{opacity:.65;font-variant-numeric:tabular-nums}
.person .c{display:block;opacity:.7;font-size:12px}
.person .t{display:block;font-size:12px;font-weight:600}
.person .hit{background:color-mix(in srgb,#1B8A92 16%,transparent);border-radius:4px}
"""


def cards(given: Sheet, styles: Mapping[str, Style]) -> str:
    """The person as HTML, four cards side by side; all text is escaped."""
    sections = [_card("History, newest last", _history_words(given), _history(given))]
    for title, places in given.lists.items():
        hits = sum(place.chosen for place in places)
        style = styles[title]
        edge = f"border-top-color:{style.color};border-top-style:" + (
            "dashed" if style.dashed else "solid"
        )
        words = f"{hits} of {len(places)} were chosen later." if places else "No list."
        sections.append(_card(f"{style.mark} {title}", words, _list(places), edge))
    sections.append(_card("Chosen later", _later_words(given), _later(given.later)))
    return f'<style>{STYLE}</style><div class="person">{"".join(sections)}</div>'


def _card(title: str, words: str, items: Sequence[str], edge: str = "") -> str:
    return (
        f'<section aria-label="{escape(title)}" style="{edge}"><h3>{escape(title)}</h3>'
        f'<p class="why">{escape(words)}</p><ol>{"".join(items)}</ol></section>'
    )


def _history_words(given: Sheet) -> str:
    if not given.history:
        return "Nothing before the request."
    if given.earlier:
        return f"The newest {len(given.history)}; {given.earlier:,} earlier ones are not shown."
    return "All events before the request." if len(given.history) > 1 else "One event only."


def _history(given: Sheet) -> list[str]:
    first = given.earlier + 1
    return [_item(str(n), *named) for n, named in enumerate(given.history, first)]


def _list(places: Sequence[Place]) -> list[str]:
    return [
        _item(str(n), p.title, p.categories, "✓ chosen later" if p.chosen else "", marked=p.chosen)
        for n, p in enumerate(places, 1)
    ]


def _later_words(given: Sheet) -> str:
    found = sum(any(one.ranks.values()) for one in given.later)
    return f"{found} of {len(given.later)} stand on one of the two lists."


def _later(later: Sequence[Later]) -> list[str]:
    items = []
    for one in later:
        places = [f"{title}: place {n}" for title, n in one.ranks.items() if n is not None]
        words = "; ".join(places) or "on neither list"
        items.append(_item("✓" if places else "·", one.title, words, marked=bool(places)))
    return items


def _item(number: str, title: str, under: str, mark: str = "", *, marked: bool = False) -> str:
    small = f'<span class="c">{escape(under)}</span>' if under else ""
    told = f'<span class="t">{escape(mark)}</span>' if mark else ""
    of = ' class="hit"' if marked else ""
    return f'<li{of}><span class="n">{number}</span><span>{escape(title)}{small}{told}</span></li>'
