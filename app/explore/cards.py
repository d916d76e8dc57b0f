"""Lists as HTML cards, one per contender."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from app import look, state
from app.look import Style
from pipelines.evaluation.results.document import BakeoffDocument, titles_of

STYLE = """
.lists{display:grid;grid-template-columns:repeat(auto-fill,minmax(188px,1fr));gap:14px;align-items:start;
 font-size:14px;line-height:1.35}
.lists section{border:1px solid color-mix(in srgb,currentColor 18%,transparent);
 border-top-width:3px;border-radius:6px;padding:10px 12px}
.lists :is(h2,h3){font-size:15px;font-weight:600;margin:0;padding:0}
.lists .kind,.lists .why{opacity:.75;font-size:13px;margin:2px 0 8px}
.lists ol{margin:0;padding:0;list-style:none}
.lists li{display:grid;grid-template-columns:minmax(22px,max-content) 1fr auto;gap:4px;
 padding:4px 2px;margin:0;font-size:14px;
 border-top:1px solid color-mix(in srgb,currentColor 10%,transparent)}
.lists .n{opacity:.65;font-variant-numeric:tabular-nums}
.lists .c{display:block;opacity:.7;font-size:12px}
.lists .m{font-size:11px;font-weight:600;align-self:start;margin-top:2px;padding:0 5px;
 border-radius:8px;border:1px solid color-mix(in srgb,#1B8A92 70%,transparent);
 background:color-mix(in srgb,#1B8A92 18%,transparent)}
.lists .t{display:block;font-size:12px;font-weight:600}
"""


def contenders(document: BakeoffDocument) -> dict[str, tuple[str, Style]]:
    """Kind and style of each contender by title, for `cards`."""
    titles, styles = titles_of(document.contenders), look.styles_by_title(document)
    kinds = look.kind_labels(document, shipped=state.is_shipped(document.id))
    return {titles[name]: (kind, styles[titles[name]]) for name, kind in kinds.items()}


def cards(
    frame: pd.DataFrame,
    missing: Mapping[str, str],
    contenders: Mapping[str, tuple[str, Style]],
    heading: str = "h3",
) -> str:
    """The lists as HTML, a card per contender; all text is escaped.

    `contenders` has the kind and the style by title, `missing` the reasons for missing lists.
    `heading` is the element of a contender's name. Items in several lists share a letter, and
    hovering over one highlights it in every list.
    """
    shared = sorted(set(frame["mark"]) - {""})
    highlight = "".join(
        f".lists:has(.m-{m}:hover) .m-{m}{{background:color-mix(in srgb,#1B8A92 28%,transparent)}}"
        for m in shared
    )
    sections = []
    for contender, (kind, style) in contenders.items():
        rows = frame[frame["contender"] == contender]
        header = (
            f'<section aria-label="{escape(contender)}" style="border-top-color:{style.color};'
            f'border-top-style:{"dashed" if style.dashed else "solid"}">'
            f"<{heading}>{style.mark} {escape(contender)}</{heading}>"
        )
        if contender in missing:
            reason = f'<p class="why">No list: {escape(missing[contender])}</p>'
            sections.append(f"{header}{reason}</section>")
        elif len(rows):
            items = "".join(_item(row) for row in rows.itertuples())
            sections.append(f'{header}<p class="kind">{escape(kind)}</p><ol>{items}</ol></section>')
    return f'<style>{STYLE}{highlight}</style><div class="lists">{"".join(sections)}</div>'


def _item(row: Any) -> str:
    mark = (
        f'<span class="m" title="in {row.lists} lists">{row.mark}</span>'
        if row.mark
        else "<span></span>"
    )
    categories = f'<span class="c">{escape(str(row.categories))}</span>' if row.categories else ""
    held_out = '<span class="t">✓ held-out interaction</span>' if row.chosen else ""
    if getattr(row, "sponsored", False):
        held_out += '<span class="t">◈ sponsored</span>'
    of = f' class="m-{row.mark}"' if row.mark else ""
    return (
        f'<li{of}><span class="n">{row.rank}</span>'
        f"<span>{escape(str(row.title))}{categories}{held_out}</span>{mark}</li>"
    )
