"""Lists side by side: the linked picture, the cards, and the sentence about two of them."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from html import escape
from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.components import charts
from app.look import Style
from pipelines.economics.summary import NUMBERS


def in_words(number: int) -> str:
    """`three` up to ten, then digits."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def shared(frame: pd.DataFrame, one: str, other: str) -> list[str]:
    """Titles of the items that both contenders' lists hold, in the first one's order."""
    theirs = set(frame[frame["contender"] == other]["item_id"])
    mine = frame[frame["contender"] == one]
    return [str(t) for t in mine[mine["item_id"].isin(theirs)]["title"]]


def sentence(frame: pd.DataFrame, one: str, other: str) -> str:
    """`Two-stage and Popular share three of ten.`"""
    length = max(int((frame["contender"] == name).sum()) for name in (one, other))
    both = len(shared(frame, one, other))
    number = in_words(both) if both else "none"
    return f"{one} and {other} share {number} of {in_words(length)}."


def linked_lists(frame: pd.DataFrame, styles: Mapping[str, Style]) -> Any:
    """A column per contender, a row per place; an item in two neighbors' lists is linked.

    `frame` as in `explore_data.Lists`. Pointing at an item marks it in every list.
    """
    order = list(dict.fromkeys(frame["contender"]))
    n, places = len(order), int(frame["rank"].max())
    drawn = frame.assign(
        column=frame["contender"].map(order.index),
        words=[
            ("✓ " if c else "") + str(t)
            for t, c in zip(frame["title"], frame["chosen"], strict=True)
        ],
        in_lists=[f"{count} of {n} lists" for count in frame["lists"]],
        later=frame["chosen"].map({True: "yes", False: "no"}),
        several=frame["lists"] > 1,
    )
    drawn = drawn.assign(
        left=drawn["column"] - 0.45,
        right=drawn["column"] + 0.45,
        top=drawn["rank"] - 0.42,
        bottom=drawn["rank"] + 0.42,
        start=drawn["column"] - 0.42,
    )
    x_scale = alt.Scale(domain=[-0.5, n - 0.5], nice=False)
    y_scale = alt.Scale(domain=[-1.0, places + 0.5], nice=False, reverse=True)
    hover = alt.selection_point(
        name="item", fields=["item_id"], on="pointerover", clear="pointerout", empty=False
    )
    x, y = alt.X("left:Q", axis=None, scale=x_scale), alt.Y("top:Q", axis=None, scale=y_scale)
    tiles = (
        alt.Chart(drawn)
        .mark_rect(cornerRadius=4)
        .encode(
            x=x,
            x2="right:Q",
            y=y,
            y2="bottom:Q",
            fill=alt.when(alt.datum.several)
            .then(alt.value(look.PRIMARY))
            .otherwise(alt.value(look.GREY)),
            fillOpacity=alt.when(hover)
            .then(alt.value(0.6))
            .when(alt.datum.several)
            .then(alt.value(0.24))
            .otherwise(alt.value(0.1)),
            stroke=alt.when(alt.datum.chosen)
            .then(alt.value(look.INK))
            .otherwise(alt.value("transparent")),
        )
    )
    # Over the words, so that pointing at a word is pointing at its item.
    over = (
        alt.Chart(drawn)
        .mark_rect(fill=look.GREY, fillOpacity=0.001)
        .encode(
            x=x,
            x2="right:Q",
            y=y,
            y2="bottom:Q",
            tooltip=[
                alt.Tooltip("title:N"),
                alt.Tooltip("contender:N"),
                alt.Tooltip("rank:Q", title="place"),
                alt.Tooltip("in_lists:N", title="in"),
                alt.Tooltip("later:N", title="chosen later"),
            ],
        )
        .add_params(hover)
    )
    columns = _links(drawn, n)
    bands = (
        alt.Chart(columns)
        .mark_rule(strokeWidth=2, color=look.PRIMARY)
        .encode(
            x=alt.X("from:Q", scale=x_scale, axis=None),
            x2="to:Q",
            y=alt.Y("from_rank:Q", scale=y_scale, axis=None),
            y2="to_rank:Q",
            opacity=alt.when(hover).then(alt.value(1)).otherwise(alt.value(0.65)),
        )
    )
    words = charts.text(
        alt.Chart(drawn),
        align="left",
        fontSize=12,
        limit=alt.ExprRef(f"0.84 * width / {n}"),
    ).encode(
        x=alt.X("start:Q", scale=x_scale, axis=None),
        y=alt.Y("rank:Q", scale=y_scale, axis=None),
        text="words:N",
    )
    return charts.finish(
        alt.layer(bands, tiles, words, *_heads(order, styles, x_scale, y_scale), over),
        height=max(look.HEIGHT, 34 * places + 75),
    )


def _heads(
    order: list[str], styles: Mapping[str, Style], x_scale: alt.Scale, y_scale: alt.Scale
) -> list[Any]:
    """Over each column its contender's name, in two lines at most, and a line in its color."""
    n = len(order)
    frame = pd.DataFrame(
        {
            "column": range(n),
            "left": [at - 0.45 for at in range(n)],
            "right": [at + 0.45 for at in range(n)],
            "contender": order,
            "words": [_two_lines(f"{styles[c].mark} {c}") for c in order],
        }
    )
    base = alt.Chart(frame)
    names = charts.text(
        base,
        fontWeight=600,
        baseline="top",
        lineBreak="\n",
        lineHeight=16,
        limit=alt.ExprRef(f"0.98 * width / {n}"),
    ).encode(
        x=alt.X("column:Q", scale=x_scale, axis=None),
        y=alt.Y(datum=-0.95, scale=y_scale, axis=None),
        text="words:N",
    )
    shown = {c: styles[c] for c in order}
    lines = base.mark_rule(strokeWidth=3).encode(
        x=alt.X("left:Q", scale=x_scale, axis=None),
        x2="right:Q",
        y=alt.Y(datum=0.32, scale=y_scale, axis=None),
        color=charts.contender_color(shown),
        strokeDash=charts.contender_dash(shown),
    )
    return [lines, names]


def _two_lines(text: str, width: int = 17) -> str:
    """`text` on two lines; what fits on one stands on the second, next to its column."""
    name, bracket, more = text.partition(" (")
    if bracket and len(text) > width >= len(name):
        return f"{name}\n({more}"
    first, *rest = textwrap.wrap(text, width) or [text]
    return f"{first}\n{' '.join(rest)}" if rest else f" \n{first}"


def _links(drawn: pd.DataFrame, n: int) -> pd.DataFrame:
    """A line for each item that two neighboring columns both hold."""
    rows = []
    for column in range(n - 1):
        here = drawn[drawn["column"] == column].set_index("item_id")["rank"]
        there = drawn[drawn["column"] == column + 1].set_index("item_id")["rank"]
        for item in here.index.intersection(there.index):
            rows.append((item, column + 0.45, column + 0.55, here[item], there[item]))
    return pd.DataFrame(rows, columns=["item_id", "from", "to", "from_rank", "to_rank"])


def linked_alt(frame: pd.DataFrame, one: str, other: str) -> str:
    """What the picture of the lists says, in words."""
    both = shared(frame, one, other)
    named = f": {charts.names(both)}" if both else ""
    hits = frame[frame["chosen"]].groupby("contender")["item_id"].size()
    later = [f"{name} holds {in_words(int(hits[name]))} later chosen" for name in hits.index]
    told = f" Of what the person chose later: {'; '.join(later)}." if later else ""
    return f"{sentence(frame, one, other)[:-1]}{named}.{told}"


SIDE_BY_SIDE = "explore_side_by_side"
"""Key of the container of the linked picture."""


def room(columns: int) -> str:
    """In a narrow window the picture of the lists is scrolled rather than cut to syllables."""
    block = f".st-key-{SIDE_BY_SIDE}"
    return (
        f"<style>@media (max-width: 1100px) {{{block} {{overflow-x: auto;}}"
        f"{block} > :has(.stVegaLiteChart) {{min-width: {118 * columns}px;}}}}</style>"
    )


STYLE = """
.lists{display:grid;grid-template-columns:repeat(auto-fill,minmax(188px,1fr));gap:14px;align-items:start;
 font-size:14px;line-height:1.35}
.lists section{border:1px solid color-mix(in srgb,currentColor 18%,transparent);
 border-top-width:3px;border-radius:6px;padding:10px 12px}
.lists h3{font-size:15px;font-weight:600;margin:0;padding:0}
.lists .kind,.lists .why{opacity:.75;font-size:13px;margin:2px 0 8px}
.lists ol{margin:0;padding:0;list-style:none}
.lists li{display:grid;grid-template-columns:22px 1fr auto;gap:4px;padding:4px 2px;
 margin:0;font-size:14px;border-top:1px solid color-mix(in srgb,currentColor 10%,transparent)}
.lists .n{opacity:.65;font-variant-numeric:tabular-nums}
.lists .c{display:block;opacity:.7;font-size:12px}
.lists .m{font-size:11px;font-weight:600;align-self:start;margin-top:2px;padding:0 5px;
 border-radius:8px;border:1px solid color-mix(in srgb,#1B8A92 70%,transparent);
 background:color-mix(in srgb,#1B8A92 18%,transparent)}
.lists .t{display:block;font-size:12px;font-weight:600}
"""


def cards(
    frame: pd.DataFrame, silent: Mapping[str, str], about: Mapping[str, tuple[str, Style]]
) -> str:
    """The lists as HTML, a card per contender; all text is escaped.

    `about` gives each contender's kind in words and style. Items in several lists carry
    one letter, and pointing at one marks it in every list.
    """
    same = sorted(set(frame["mark"]) - {""})
    follow = "".join(
        f".lists:has(.m-{m}:hover) .m-{m}{{background:color-mix(in srgb,#1B8A92 28%,transparent)}}"
        for m in same
    )
    sections = []
    for contender, (kind, style) in about.items():
        rows = frame[frame["contender"] == contender]
        head = (
            f'<section aria-label="{escape(contender)}" style="border-top-color:{style.color};'
            f'border-top-style:{"dashed" if style.dashed else "solid"}">'
            f"<h3>{style.mark} {escape(contender)}</h3>"
        )
        if contender in silent:
            said = f'<p class="why">No list: {escape(silent[contender])}</p>'
            sections.append(f"{head}{said}</section>")
        elif len(rows):
            items = "".join(_item(row) for row in rows.itertuples())
            sections.append(f'{head}<p class="kind">{escape(kind)}</p><ol>{items}</ol></section>')
    return f'<style>{STYLE}{follow}</style><div class="lists">{"".join(sections)}</div>'


def _item(row: Any) -> str:
    mark = (
        f'<span class="m" title="in {row.lists} lists">{row.mark}</span>'
        if row.mark
        else "<span></span>"
    )
    kinds = f'<span class="c">{escape(str(row.categories))}</span>' if row.categories else ""
    later = '<span class="t">✓ chosen later</span>' if row.chosen else ""
    of = f' class="m-{row.mark}"' if row.mark else ""
    return (
        f'<li{of}><span class="n">{row.rank}</span>'
        f"<span>{escape(str(row.title))}{kinds}{later}</span>{mark}</li>"
    )
