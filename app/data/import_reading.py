"""How text and times of a file are parsed, for files where this is not detected."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

import streamlit as st


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


def _text(place: Any, label: str, value: str | None, help: str) -> str | None:
    text = place.text_input(
        label,
        value=value or "",
        placeholder="detected",
        help=help,
        key=f"data_{label.lower()}",
    )
    return {"\\t": "\t", "tab": "\t"}.get(text, text) or None
