"""How text and times of a file are parsed, for files where this is not detected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

import streamlit as st

from app.components import number_field
from app.components.page import plain
from app.data import detected, import_plan
from pipelines.errors import AssayError

DECIMALS = {"": "", ".": "point: 2,003.50", ",": "comma: 2.003,50"}
ICON = ":material/tune:"
ZONE = "data_zone"
LINES: dict[str, Any] = {"least": 0, "whole": True, "optional": True}
"""The bounds of a number of lines."""
_TABS = {"\\t": "\t", "tab": "\t"}


def choices(source: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
    """The parts `reading` and `times` of a recipe that the user sets."""
    confirmed = (before or {}).get("reading", {})
    zone = (before or {}).get("times", {}).get("zone", "UTC")
    zones = ["UTC", *sorted(available_timezones() - {"UTC"})]
    chosen = st.session_state.get(ZONE, zone)
    found: dict[str, Any] = {}
    if "paths" in source and (set_by_user := given(confirmed, "data")):
        found["reading"] = set_by_user
    if chosen != "UTC":
        found["times"] = {"zone": chosen}
    shown, times = _detected(source, found)
    with st.expander("Parsing options", icon=ICON):
        if "paths" in source:
            fields(confirmed, "data", shown)
        st.selectbox(
            "Time zone of times without one",
            zones,
            index=zones.index(zone) if zone in zones else 0,
            key=ZONE,
        )
        if times:
            st.caption(plain(f"Times detected: {times}."))
    return found


def _detected(source: dict[str, Any], recipe: dict[str, Any]) -> tuple[dict[str, str], str]:
    """What the file shows if it is read so, by field; and how times are written."""
    try:
        planned = import_plan.plan(source, recipe)
    except AssayError:
        return {}, ""  # the form says why
    return detected.of_plan(planned), planned.times


def given(confirmed: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """The fields of a `Reading` that the user sets in the widgets of `fields`, also before these
    are drawn; `confirmed` holds what was set before."""
    state = st.session_state
    texts = {
        name: state.get(f"{prefix}_{name}", _text_of(confirmed, name))
        for name in ("separator", "encoding", "decimal", "escape", "columns")
    }
    found: dict[str, Any] = {name: text for name, text in texts.items() if text}
    if "separator" in found:
        found["separator"] = _TABS.get(found["separator"], found["separator"])
    if "columns" in found:
        found["columns"] = [name.strip() for name in found["columns"].split(",")]
    skipped = number_field.number(f"{prefix}_skip_lines", confirmed.get("skip_lines"), **LINES)
    if skipped is not None:
        found["skip_lines"] = int(skipped)
    if not state.get(f"{prefix}_quote", confirmed.get("quote", '"') != ""):
        found["quote"] = ""
    return found


def _text_of(confirmed: Mapping[str, Any], name: str) -> str:
    value = confirmed.get(name) or ""
    return value if isinstance(value, str) else ",".join(value)


def fields(confirmed: Mapping[str, Any], prefix: str, shown: Mapping[str, str]) -> None:
    """The widgets of `given`; `prefix` begins their keys, `shown` is what is detected."""
    places = st.columns(3)
    _text(
        places[0],
        "Separator",
        "separator",
        "The text between columns, such as ; or :: or \\t for a tab.",
        confirmed,
        prefix,
        shown,
        most=8,
    )
    _text(
        places[1],
        "Encoding",
        "encoding",
        "For example utf-8, windows-1252 or shift_jis.",
        confirmed,
        prefix,
        shown,
    )
    with places[2]:
        st.checkbox(
            "Text is quoted",
            value=confirmed.get("quote", '"') != "",
            help='If not, the character " has no special meaning.',
            key=f"{prefix}_quote",
        )
    places = st.columns(3)
    marks = DECIMALS | {"": shown.get("decimal", detected.UNKNOWN)}
    places[0].selectbox(
        "Decimal mark",
        list(marks),
        index=list(marks).index(confirmed.get("decimal") or ""),
        format_func=marks.__getitem__,
        key=f"{prefix}_decimal",
    )
    _text(
        places[1],
        "Escape character",
        "escape",
        "The character before a quote mark within a text, such as \\.",
        confirmed,
        prefix,
        shown,
        most=1,
    )
    number_field.draw(
        "Lines above the header",
        key=f"{prefix}_skip_lines",
        value=confirmed.get("skip_lines"),
        placeholder=shown.get("skip_lines", detected.UNKNOWN),
        place=places[2],
        **LINES,
    )
    _text(
        st,
        "Column names",
        "columns",
        "Only for a file without a header: user_id,item_id,weight,timestamp.",
        confirmed,
        prefix,
        shown,
    )


def _text(
    place: Any,
    label: str,
    name: str,
    help: str,
    confirmed: Mapping[str, Any],
    prefix: str,
    shown: Mapping[str, str],
    *,
    most: int | None = None,
) -> None:
    place.text_input(
        label,
        value=_text_of(confirmed, name),
        max_chars=most,
        placeholder=shown.get(name, detected.UNKNOWN),
        help=help,
        key=f"{prefix}_{name}",
    )
