"""How text and times of a file are parsed, for files where this is not detected."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

import streamlit as st

DECIMALS = {"": "detected", ".": "point: 2,003.50", ",": "comma: 2.003,50"}


def choices(source: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
    """The parts `reading` and `times` of a recipe that the user sets."""
    confirmed = (before or {}).get("reading", {})
    zone = (before or {}).get("times", {}).get("zone", "UTC")
    zones = ["UTC", *sorted(available_timezones() - {"UTC"})]
    with st.expander("Parsing options", icon=":material/tune:"):
        if "paths" in source:
            places = st.columns(3)
            reading = {
                "separator": _text(
                    places[0],
                    "Separator",
                    confirmed.get("separator"),
                    "The text between columns, such as ; or :: or \\t for a tab.",
                ),
                "encoding": _text(
                    places[1],
                    "Encoding",
                    confirmed.get("encoding"),
                    "For example utf-8, windows-1252 or shift_jis.",
                ),
            }
            reading |= _more(confirmed)
            if not places[2].checkbox(
                "Text is quoted",
                value=confirmed.get("quote", '"') != "",
                help='If not, the character " has no special meaning.',
                key="data_quote",
            ):
                reading["quote"] = ""
        else:
            reading = {}
        chosen = st.selectbox(
            "Time zone of times without one",
            zones,
            index=zones.index(zone) if zone in zones else 0,
            key="data_zone",
        )
    found: dict[str, Any] = {}
    given = {name: value for name, value in reading.items() if value is not None}
    if given:
        found["reading"] = given
    if chosen != "UTC":
        found["times"] = {"zone": chosen}
    return found


def _more(confirmed: dict[str, Any]) -> dict[str, Any]:
    """Decimal mark, escape character, lines above the header, and names without a header."""
    places = st.columns(3)
    decimal = places[0].selectbox(
        "Decimal mark",
        list(DECIMALS),
        index=list(DECIMALS).index(confirmed.get("decimal") or ""),
        format_func=DECIMALS.__getitem__,
        key="data_decimal",
    )
    escape = _text(
        places[1],
        "Escape character",
        confirmed.get("escape"),
        "The character before a quote mark within a text, such as \\.",
    )
    skipped = places[2].number_input(
        "Lines above the header",
        value=confirmed.get("skip_lines"),
        min_value=0,
        placeholder="detected",
        key="data_skip_lines",
    )
    names = _text(
        st,
        "Column names",
        ",".join(confirmed.get("columns", ())),
        "Only for a file without a header: user_id,item_id,weight,timestamp.",
    )
    return {
        "decimal": decimal or None,
        "escape": escape,
        "skip_lines": None if skipped is None else int(skipped),
        "columns": None if names is None else [name.strip() for name in names.split(",")],
    }


def _text(place: Any, label: str, value: str | None, help: str) -> str | None:
    text = place.text_input(
        label,
        value=value or "",
        placeholder="detected",
        help=help,
        key=f"data_{label.lower().replace(' ', '_')}",
    )
    return {"\\t": "\t", "tab": "\t"}.get(text, text) or None
