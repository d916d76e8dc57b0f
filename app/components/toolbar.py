"""Choices that are kept as query parameters, and pages that have no bake-off to show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from app import address, look
from app.components import charts, jobs, page
from app.components.drawn import Drawn


def settled(key: str, options: Sequence[str], default: str) -> str:
    """The value of the widget with this key, set before the widget is drawn.

    In this order: the value set by `state.choose`, the query parameter if it changed (a link, the
    browser's back button), the widget's current value, the query parameter, the value remembered
    from before another page was opened, the default.
    """
    session = st.session_state
    chosen, linked = session.pop(f"next_{key}", None), address.read(key)
    # A followed address without the parameter asks for the default.
    followed = (linked or default) if address.followed(key) else None
    candidates = (chosen, followed, session.get(key), linked, session.get(_kept(key)))
    value = next((v for v in candidates if v in options), default)
    session[key] = value
    return str(value)


def keep(key: str, value: str, default: str) -> None:
    """Put a choice into the query parameters, and remember it for later visits of the page.

    Streamlit's own `bind` writes an option's label, which may change; this writes its id.
    """
    st.session_state[_kept(key)] = value
    address.put({key: None if value == default else value})


def kept(key: str) -> str | None:
    """The last choice under a key in this session; None before the first."""
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
    """One of a few options as a row of buttons; the query parameter `key` holds the choice.

    Buttons render Markdown, so labels are escaped: a label may contain text of the user.
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
    """One of many options as a dropdown; the query parameter `key` holds the choice."""
    value = settled(key, options, default)
    chosen = st.selectbox(label, options, key=key, format_func=format_func)
    value = str(chosen) if chosen in options else value
    keep(key, value, default)
    return value


def without_bakeoff(dataset: str | None, what: str) -> None:
    """The opening of a page without a bake-off: the reason, an empty chart, and what to do.

    `what` names the chart that will appear: "the difference of each contender from Popular".
    """
    running = jobs.waiting("bakeoff", dataset)
    if dataset is None:
        sentence = "Nothing to show yet: this workspace has no data."
    else:
        sentence = running or f"Nothing to show yet: no bake-off has been run on {dataset}."
    page.opening(sentence, blank(what), alt=f"An empty chart. It will show {what}.")
    if dataset is None:
        page.link("data", "Load your events", icon=":material/table_rows:")
    elif running is None:
        page.link("build", "Start a bake-off", icon=":material/account_tree:")


def blank(what: str) -> Drawn:
    """An empty chart that names what it will show."""
    return Drawn(_blank, what)


def _blank(what: str) -> Any:
    frame = pd.DataFrame({"x": [0.5], "y": [0.5], "label": [f"This chart will show {what}."]})
    hidden: dict[str, Any] = {"axis": None, "scale": alt.Scale(domain=[0, 1])}
    middle = alt.Chart(frame).encode(x=alt.X("x:Q", **hidden), y=alt.Y("y:Q", **hidden))
    rule = middle.mark_rule(strokeDash=[4, 4], opacity=0.4, color=look.INK).encode(
        x=alt.value(0), x2=alt.value("width")
    )
    return charts.finish(alt.layer(rule, charts.text(middle, dy=-16).encode(text="label:N")))
