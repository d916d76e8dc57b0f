"""What every page has: an opening sentence and chart, and errors shown as one sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from app import PAGES, address, fields, state
from app.components import citation, drawing, spreadsheet
from app.components.drawn import Drawn
from pipelines.data.dataset import About
from pipelines.errors import AssayError, of_the_system


def show(draw: Callable[[], None], shows: citation.Kind = "bake-off") -> None:
    """Draw a page; show an `AssayError`, a full disk and the like as a sentence.

    `shows` says what its charts are of: their downloads name the source.
    """
    address.carry({})
    citation.of_page(shows)
    try:
        _not_there()
        draw()
    except AssayError as error:
        st.error(with_code(str(error)), icon=":material/error:")
    except (OSError, MemoryError, RecursionError) as error:
        told = of_the_system(error)
        if told is None:
            raise
        st.error(with_code(told), icon=":material/error:")
    finally:  # also where the page asks to be drawn again
        address.write()
    _copy_link()
    fields.end()


def _copy_link() -> None:
    """The address of what is shown, to hand on; its box has a button that copies it."""
    with st.sidebar.popover("Copy link", icon=":material/link:", type="tertiary"):
        st.caption("Whoever can reach this server sees the same view.")
        st.code(address.link(), language=None, wrap_lines=True)


def _not_there() -> None:
    """Say that a link asked for something else than what is shown, until it is dismissed."""
    sentence = st.session_state.get(state.NOT_THERE)
    if not sentence:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/warning: {plain(sentence)}", width="stretch")
        if st.button("Dismiss", key="not_there", type="tertiary"):
            del st.session_state[state.NOT_THERE]
            st.rerun()


def opening(
    sentence: str,
    chart: Drawn | None = None,
    alt: str = "",
    data: pd.DataFrame | None = None,
    *,
    key: str = "opening",
    on_select: Callable[[], None] | None = None,
    selection: str | None = None,
) -> Any:
    """The page's title sentence, its main chart, and the chart's data as CSV.

    `alt` states the chart's finding. With `selection` (the name of a selection parameter of the
    chart), a click reruns the page and the selection is returned.
    """
    st.title(plain(sentence), anchor=False)
    return (
        None
        if chart is None
        else picture(chart, alt, data, key=key, on_select=on_select, selection=selection)
    )


def picture(
    chart: Drawn,
    alt: str,
    data: pd.DataFrame | None = None,
    *,
    key: str,
    on_select: Callable[[], None] | None = None,
    selection: str | None = None,
) -> Any:
    """A chart across the page with its finding as `alt`; itself and its data as downloads."""
    if not alt.strip():
        raise ValueError(f"The chart {key!r} needs an alt text that states its finding.")
    options: dict[str, Any] = {}
    if selection is not None:
        options = {"on_select": on_select or "rerun", "selection_mode": selection}
    shown: Any = st.vega_lite_chart(
        spec=chart.sent, width="stretch", alt=alt, key=f"{key}_chart", **options
    )
    if data is not None and len(data):
        source = citation.source()
        with st.container(horizontal=True, gap="medium"):
            _download(
                "Download chart (PNG)",
                lambda: drawing.png(chart, citation.title_of(alt), source),
                f"{key}.png",
                "image/png",
            )
            _download(
                "Download chart data (CSV)", lambda: spreadsheet.csv(data), f"{key}.csv", "text/csv"
            )
    return shown


def _download(label: str, make: Callable[[], bytes], file_name: str, mime: str) -> None:
    """A button whose file is made when it is pressed."""
    st.download_button(
        label,
        make,
        file_name=file_name,
        mime=mime,
        key=file_name.replace(".", "_"),
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
    )


def numbers(title: str = "All numbers") -> Any:
    """An expander for a page's tables (`with page.numbers(): ...`)."""
    return st.expander(title, icon=":material/table_rows:")


def notice(about: About | None) -> None:
    """Show the notice that a dataset's license requires, if there is one."""
    sentence = citation.notice_sentence(about)
    if sentence:
        st.caption(plain(sentence))


_SIGN = re.compile(
    r"""
    [\\`*_\[\]<>$~]
    | &(?=\#?\w+;)              # an entity: &lt;
    | (?<=:material)/           # an icon
    | (?<!\S)\#(?=\#*\s*\Z)     # the end of a heading
    | (?:(?<=\A)|(?<=\A\ ))(?:\#|[-+](?=[-\s]|\Z))      # a heading, a list, a rule
    """,
    re.VERBOSE,
)
_DIRECTIVE = re.compile(r":(?=[^\s\d])|:[\w+-]+:")
"""Where a directive or an emoji may begin within a word: not in `time:0.9:` or `12:30`."""


def plain(text: str) -> str:
    """`text` on one line with Markdown escaped, so that "$45 k" and "a_b" are shown as written."""
    line = re.sub(r"\s*[\r\n]+\s*|\A\s+", " ", text)
    # Streamlit looks for these two after unescaping; an invisible joiner separates them.
    line = re.sub(r":(?=material_\w+:|streamlit:)", ":\u2060", line)
    line = _SIGN.sub(r"\\\g<0>", line)
    line = re.sub(r"(\A\s?\d+)([.)])(?=\s|\Z)", r"\1\\\2", line)
    return re.sub(r"\S*:\S*", _without_directives, line)


def with_code(text: str) -> str:
    """As `plain`, but what is between backticks is shown as code: commands and file names."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # a backtick without its pair is a character
        return plain(text)
    return "".join(f"`{part}`" if at % 2 else _plain_part(part) for at, part in enumerate(parts))


def _plain_part(text: str) -> str:
    """`plain` of a part of a line, with the spaces at its ends."""
    return plain(text) if text.strip() else text


def _without_directives(found: re.Match[str]) -> str:
    """A word with all its colons escaped: Streamlit looks for emoji in the source text."""
    word = found[0]
    return word.replace(":", r"\:") if _DIRECTIVE.search(word) else word


def link(name: str, label: str, icon: str | None = None, **query: str) -> None:
    """A link to another page of the app (`link("build", "Build a pipeline", dataset="shop")`)."""
    st.page_link(str(PAGES / f"{name}.py"), label=label, icon=icon, query_params=query or None)
