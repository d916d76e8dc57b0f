"""Choices that stand in the address, and the page without a bake-off to choose from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from app.components import charts, jobs, page


def settled(key: str, options: Sequence[str], default: str) -> str:
    """The value that a widget with this key will show, set before it is drawn.

    What the widget shows now comes first, then the address (`?key=value`), then what was
    chosen before another page was opened. An address that names something else is mended.
    """
    session = st.session_state
    asked = session.pop(f"next_{key}", None)  # asked for after the widget was drawn
    told = (asked, session.get(key), st.query_params.get(key), session.get(_kept(key)))
    value = next((v for v in told if v in options), default)
    session[key] = value
    return str(value)


def keep(key: str, value: str, default: str) -> None:
    """Write a choice into the address, and remember it for when the page is opened again.

    Streamlit's own `bind` writes the words of an option, which change; this writes its id.
    """
    st.session_state[_kept(key)] = value
    if value == default:
        if key in st.query_params:
            del st.query_params[key]
    elif st.query_params.get(key) != value:
        st.query_params[key] = value


def kept(key: str) -> str | None:
    """What was chosen last under a key, in this session; None before anything was."""
    found = st.session_state.get(_kept(key))
    return None if found is None else str(found)


def _kept(key: str) -> str:
    return f"kept_{key}"


def choice(
    label: str,
    options: Sequence[str],
    *,
    key: str,
    default: str,
    format_func: Callable[[str], str] = str,
) -> str:
    """One of a few options as a row of buttons, kept in the address under its key.

    Buttons show Markdown, and an option may be called what a person wrote: it is shown plain.
    """
    value = settled(key, options, default)
    chosen = st.segmented_control(
        label,
        options,
        key=key,
        required=True,
        format_func=lambda option: page.plain(format_func(option)),
    )
    value = str(chosen) if chosen in options else value
    keep(key, value, default)
    return value


def selection(
    label: str,
    options: Sequence[str],
    *,
    key: str,
    default: str,
    format_func: Callable[[str], str] = str,
) -> str:
    """One of many options as a list to open, kept in the address under its key."""
    value = settled(key, options, default)
    chosen = st.selectbox(label, options, key=key, format_func=format_func)
    value = str(chosen) if chosen in options else value
    keep(key, value, default)
    return value


def without_bakeoff(dataset: str | None, what: str) -> None:
    """A page that waits for a bake-off: why, where its picture will be, and what to do.

    `what` says what will stand here, such as "the contenders' differences".
    """
    running = jobs.waiting("bakeoff", dataset)
    if dataset is None:
        sentence = "Nothing to show yet: there is no data in this workspace."
    else:
        sentence = running or f"Nothing to show yet: no bake-off has been run on {dataset}."
    page.opening(sentence, blank(what), alt=f"An empty picture: {what} will stand here.")
    if dataset is None:
        page.link("data", "Load your events", icon=":material/table_rows:")
    elif running is None:
        page.link("build", "Start a bake-off", icon=":material/account_tree:")


def blank(what: str) -> Any:
    """The place of a picture that has no data yet."""
    frame = pd.DataFrame({"x": [0.5], "y": [0.5], "words": [f"Here: {what}"]})
    hidden: dict[str, Any] = {"axis": None, "scale": alt.Scale(domain=[0, 1])}
    middle = alt.Chart(frame).encode(x=alt.X("x:Q", **hidden), y=alt.Y("y:Q", **hidden))
    rule = middle.mark_rule(strokeDash=[4, 4], opacity=0.4, color="currentColor").encode(
        x=alt.value(0), x2=alt.value("width")
    )
    return charts.finish(alt.layer(rule, charts.text(middle, dy=-16).encode(text="words:N")))
