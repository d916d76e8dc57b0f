"""One evaluated user: history, the lists of two contenders, and held-out interactions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import numpy.typing as npt

from app.look import Style
from pipelines.evaluation.results.folder import BakeoffFolder

SHOWN = 12
"""How many of the newest events of a history are shown."""

Item = tuple[str, str]
"""An item's title and categories."""


@dataclass(frozen=True)
class Place:
    """One place of a list; `chosen` is whether it is a held-out interaction."""

    title: str
    categories: str
    chosen: bool


@dataclass(frozen=True)
class HeldOut:
    """A held-out interaction, and its rank in each contender's list (1 is the top)."""

    title: str
    ranks: dict[str, int | None]
    """By contender (title); None if the list does not have it."""


@dataclass(frozen=True)
class Sheet:
    """What is shown of one user."""

    history: tuple[Item, ...]
    """At most `SHOWN` of the newest events, newest last."""
    earlier: int
    """The number of earlier events, which are not shown."""
    lists: dict[str, tuple[Place, ...]]
    """By contender (title)."""
    held_out: tuple[HeldOut, ...]


def sheet(
    folder: BakeoffFolder,
    row: int,
    k: int,
    contenders: Mapping[str, str],
    titles: npt.NDArray[np.object_],
    categories: npt.NDArray[np.object_],
) -> Sheet:
    """The user of a row of the bake-off's requests.

    `contenders` maps names to titles; `titles` and `categories` are those of items, (n_items,).
    """
    requests = folder.requests
    history, truth = requests.history.row(row), requests.truth.row(row)
    chosen = set(truth.tolist())
    found: dict[str, tuple[Place, ...]] = {}
    at: dict[str, dict[int, int]] = {}
    for name, title in contenders.items():
        shown = [int(i) for i in folder.lists(name)[row, :k] if i >= 0]
        at[title] = {item: shown.index(item) + 1 for item in shown}
        found[title] = tuple(Place(str(titles[i]), str(categories[i]), i in chosen) for i in shown)
    held_out = [
        HeldOut(
            str(titles[i]),
            {title: at[title].get(i) for title in at},
        )
        for i in truth.tolist()
    ]
    return Sheet(
        tuple((str(titles[i]), str(categories[i])) for i in history[-SHOWN:]),
        max(0, len(history) - SHOWN),
        found,
        tuple(held_out),
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
    """The user as HTML: four cards side by side; all text is escaped."""
    sections = [_card("History, newest last", _history_sentence(given), _history(given))]
    for title, places in given.lists.items():
        hits = sum(place.chosen for place in places)
        style = styles[title]
        edge = f"border-top-color:{style.color};border-top-style:" + (
            "dashed" if style.dashed else "solid"
        )
        hit_sentence = (
            f"{hits} of {len(places)} are held-out interactions." if places else "No list."
        )
        sections.append(_card(f"{style.mark} {title}", hit_sentence, _list(places), edge))
    sections.append(
        _card("Held-out interactions", _held_out_sentence(given), _held_out(given.held_out))
    )
    return f'<style>{STYLE}</style><div class="person">{"".join(sections)}</div>'


def _card(title: str, sentence: str, items: Sequence[str], edge: str = "") -> str:
    return (
        f'<section aria-label="{escape(title)}" style="{edge}"><h3>{escape(title)}</h3>'
        f'<p class="why">{escape(sentence)}</p><ol>{"".join(items)}</ol></section>'
    )


def _history_sentence(given: Sheet) -> str:
    if not given.history:
        return "No events before the cut-off."
    if given.earlier:
        shown = len(given.history)
        return f"The newest {shown} of {shown + given.earlier:,} events."
    return "All events before the cut-off." if len(given.history) > 1 else "One event."


def _history(given: Sheet) -> list[str]:
    first = given.earlier + 1
    return [_item(str(n), *item) for n, item in enumerate(given.history, first)]


def _list(places: Sequence[Place]) -> list[str]:
    return [
        _item(
            str(n),
            p.title,
            p.categories,
            "✓ held-out interaction" if p.chosen else "",
            marked=p.chosen,
        )
        for n, p in enumerate(places, 1)
    ]


def _held_out_sentence(given: Sheet) -> str:
    found = sum(any(one.ranks.values()) for one in given.held_out)
    return f"{found} of {len(given.held_out)} are on one of the two lists."


def _held_out(held_out: Sequence[HeldOut]) -> list[str]:
    items = []
    for one in held_out:
        ranks = [f"{title}: rank {n}" for title, n in one.ranks.items() if n is not None]
        where = "; ".join(ranks) or "on neither list"
        items.append(_item("✓" if ranks else "·", one.title, where, marked=bool(ranks)))
    return items


def _item(number: str, title: str, under: str, mark: str = "", *, marked: bool = False) -> str:
    small = f'<span class="c">{escape(under)}</span>' if under else ""
    tag = f'<span class="t">{escape(mark)}</span>' if mark else ""
    of = ' class="hit"' if marked else ""
    return f'<li{of}><span class="n">{number}</span><span>{escape(title)}{small}{tag}</span></li>'
