"""How text and times of a file are parsed, for files where this is not detected."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

import streamlit as st

from app.components import number_field

DECIMALS = {"": "detected", ".": "point: 2,003.50", ",": "comma: 2.003,50"}
ICON = ":material/tune:"


def choices(source: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
    """The parts `reading` and `times` of a recipe that the user sets."""
    zone = (before or {}).get("times", {}).get("zone", "UTC")
    zones = ["UTC", *sorted(available_timezones() - {"UTC"})]
    with st.expander("Parsing options", icon=ICON):
        reading = fields((before or {}).get("reading", {}), "data") if "paths" in source else {}
        chosen = st.selectbox(
            "Time zone of times without one",
            zones,
            index=zones.index(zone) if zone in zones else 0,
            key="data_zone",
        )
    found: dict[str, Any] = {}
    if reading:
        found["reading"] = reading
    if chosen != "UTC":
        found["times"] = {"zone": chosen}
    return found


def fields(confirmed: dict[str, Any], prefix: str) -> dict[str, Any]:
    """The fields of a `Reading` that the user sets; `prefix` begins the keys of the widgets."""
    places = st.columns(3)
    separator = _text(
        places[0],
        "Separator",
        confirmed.get("separator"),
        "The text between columns, such as ; or :: or \\t for a tab.",
        prefix,
        most=8,
    )
    encoding = _text(
        places[1],
        "Encoding",
        confirmed.get("encoding"),
        "For example utf-8, windows-1252 or shift_jis.",
        prefix,
    )
    with places[2]:
        quoted = st.checkbox(
            "Text is quoted",
            value=confirmed.get("quote", '"') != "",
            help='If not, the character " has no special meaning.',
            key=f"{prefix}_quote",
        )
    reading = {"separator": separator, "encoding": encoding} | _more(confirmed, prefix)
    given = {name: value for name, value in reading.items() if value is not None}
    return given if quoted else given | {"quote": ""}


def _more(confirmed: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Decimal mark, escape character, lines above the header, and names without a header."""
    places = st.columns(3)
    decimal = places[0].selectbox(
        "Decimal mark",
        list(DECIMALS),
        index=list(DECIMALS).index(confirmed.get("decimal") or ""),
        format_func=DECIMALS.__getitem__,
        key=f"{prefix}_decimal",
    )
    escape = _text(
        places[1],
        "Escape character",
        confirmed.get("escape"),
        "The character before a quote mark within a text, such as \\.",
        prefix,
        most=1,
    )
    skipped = number_field.draw(
        "Lines above the header",
        value=confirmed.get("skip_lines"),
        least=0,
        whole=True,
        optional=True,
        placeholder="detected",
        place=places[2],
        key=f"{prefix}_skip_lines",
    )
    names = _text(
        st,
        "Column names",
        ",".join(confirmed.get("columns", ())),
        "Only for a file without a header: user_id,item_id,weight,timestamp.",
        prefix,
    )
    return {
        "decimal": decimal or None,
        "escape": escape,
        "skip_lines": skipped,
        "columns": None if names is None else [name.strip() for name in names.split(",")],
    }


def _text(
    place: Any, label: str, value: str | None, help: str, prefix: str, *, most: int | None = None
) -> str | None:
    text = place.text_input(
        label,
        value=value or "",
        max_chars=most,
        placeholder="detected",
        help=help,
        key=f"{prefix}_{label.lower().replace(' ', '_')}",
    )
    return {"\\t": "\t", "tab": "\t"}.get(text, text) or None
