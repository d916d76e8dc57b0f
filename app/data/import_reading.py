"""How the text of a file and its times are read, for the few files that do not tell."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

import streamlit as st


def choices(source: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
    """The parts `reading` and `times` of a recipe, as far as a person says something."""
    told = (before or {}).get("reading", {})
    zone = (before or {}).get("times", {}).get("zone", "UTC")
    zones = ["UTC", *sorted(available_timezones() - {"UTC"})]
    with st.expander("How the text and the times are read", icon=":material/tune:"):
        if "paths" in source:
            places = st.columns(3)
            reading = {
                "separator": _text(
                    places[0],
                    "Separator",
                    told.get("separator"),
                    "Between columns, such as ; or :: or \\t for a tab.",
                ),
                "encoding": _text(
                    places[1],
                    "Encoding",
                    told.get("encoding"),
                    "Such as utf-8, windows-1252 or shift_jis.",
                ),
            }
            if not places[2].checkbox(
                "Quote marks part texts",
                value=told.get("quote", '"') != "",
                help='Without it, " is a character like any other.',
                key="data_quote",
            ):
                reading["quote"] = ""
        else:
            reading = {}
        chosen = st.selectbox(
            "Time zone of times that name none",
            zones,
            index=zones.index(zone) if zone in zones else 0,
            key="data_zone",
        )
    found: dict[str, Any] = {}
    said = {name: value for name, value in reading.items() if value is not None}
    if said:
        found["reading"] = said
    if chosen != "UTC":
        found["times"] = {"zone": chosen}
    return found


def _text(place: Any, label: str, value: str | None, help: str) -> str | None:
    text = place.text_input(
        label,
        value=value or "",
        placeholder="found out from the file",
        help=help,
        key=f"data_{label.lower()}",
    )
    return {"\\t": "\t", "tab": "\t"}.get(text, text) or None
