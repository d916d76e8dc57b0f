"""A build-or-buy case as a form: each input with its unit and source, missing ones marked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from math import isfinite
from typing import Any

import streamlit as st

from app.components.page import plain
from pipelines.economics.case import Case, case_from, fields
from pipelines.prices.pricebook import PriceBook

Values = dict[str, Any]
"""Inputs by path (`margin`, `buy.uplift`), as plain JSON values; a range is low, mode, high."""

SHARES = {"open_rate", "discount_rate", "baseline_conversion", "uplift", "exit_probability"}
BUSINESS = ("margin", "open_rate", "requests", "horizon_months", "discount_rate", "fte_cost")
PER_OPTION = (
    "uplift",
    "months_to_launch",
    "setup",
    "ftes",
    "infra",
    "price",
    "fee",
    "overrun",
    "exit_cost",
    "exit_probability",
)
GATES = ("data_ready", "exposure_logged", "team_available", "legal_use", "legal_transfer")
TEXTS = ("core_business", "price", "title", "dissent", "exit_plan")
OVERRUN = ("overrun", "it-projects")
OPTIONS = {"popularity": "Popularity rule", "buy": "Buy", "build": "Build"}
NEEDED = {"margin", "open_rate", "requests", "uplift"}
NAMES = {
    "margin": "Addressed margin",
    "open_rate": "Open rate",
    "requests": "Traffic",
    "horizon_months": "Horizon",
    "discount_rate": "Discount rate",
    "fte_cost": "Full-time person, loaded cost",
    "uplift": "Uplift",
    "months_to_launch": "Time to launch",
    "setup": "Set-up work",
    "ftes": "People who run it",
    "infra": "Servers and storage",
    "price": "Fee by requests",
    "fee": "Flat fee",
    "overrun": "Overrun of the set-up",
    "exit_cost": "Cost of leaving",
    "exit_probability": "Chance of having to leave",
    "visitors_per_arm": "Visitors in each arm of a test",
    "baseline_conversion": "Conversion today",
    "data_ready": "Enough data to train on",
    "exposure_logged": "It is logged who saw what",
    "team_available": "The team can be had",
    "legal_use": "The events may be used",
    "legal_transfer": "The events may go to a vendor",
}


@dataclass(frozen=True)
class Input:
    """What a form says of one input."""

    path: str
    name: str
    unit: str
    about: str
    range: bool
    percent: bool


@cache
def inputs() -> dict[str, Input]:
    """Every input of a case by its path."""
    found = {}
    for row in fields():
        path = str(row["name"])
        last = path.rpartition(".")[2]
        share = last in SHARES
        unit = str(row["unit"]).replace("share", "%").replace("probability", "%")
        unit = "% a year" if last == "discount_rate" else unit
        about = f"{row['description']}. Source: {row['source']}."
        found[path] = Input(path, NAMES.get(last, last), unit, about, bool(row["range"]), share)
    return found


def flat(case: Case) -> Values:
    """A case's inputs by path, None where one is missing; options that are absent are left out."""
    document = case.model_dump(mode="json", exclude={"sources"})
    given: Values = {}
    for name, value in document.items():
        if name in OPTIONS:
            given |= {f"{name}.{inner}": v for inner, v in (value or {}).items()}
        else:
            given[name] = value
    return given


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """The document of a case from inputs by path."""
    document: dict[str, Any] = {}
    for path, value in values.items():
        option, dot, last = path.partition(".")
        if not dot:
            document[path] = value
        else:
            document.setdefault(option, {})[last] = value
    return document


def changed_case(base: Case, changes: Values) -> Case:
    """`base` with some inputs replaced; an `AssayError` says what does not fit."""
    if not changes:
        return base
    kept = {name: source for name, source in base.sources.items() if name not in changes}
    return case_from({**nested(flat(base) | changes), "sources": kept}, "Your inputs")


def to_text(changes: Values) -> str:
    """Changes as they stand in the address; empty where there are none."""
    return json.dumps(changes, separators=(",", ":"), sort_keys=True) if changes else ""


def from_text(text: str) -> Values:
    """Changes from the address; what is no input of a case is left out."""
    try:
        found = json.loads(text) if text else {}
    except json.JSONDecodeError:
        return {}
    return {p: v for p, v in found.items() if _fits(p, v)} if isinstance(found, dict) else {}


def _fits(path: str, value: Any) -> bool:
    """Whether the form can show the value at all; whether it makes sense is the case's to say."""
    one, last = inputs().get(path), path.rpartition(".")[2]
    if one is None:
        return False
    if value is None:
        return True
    if last in GATES:
        return isinstance(value, bool)
    if last in TEXTS or isinstance(value, str):
        return isinstance(value, str) and (last in TEXTS or (last, value) == OVERRUN)
    if isinstance(value, dict):
        return (
            one.range
            and set(value) == {"low", "mode", "high"}
            and all(_is_number(v) for v in value.values())
        )
    return _is_number(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def draw(base: Case, changes: Values, key: str) -> Values:
    """The form; returns the inputs that differ from `base`, by path.

    The core-business question comes first.
    """
    start, now = flat(base), flat(base) | changes
    given: Values = {"core_business": _core(now.get("core_business"), key)}
    with st.expander("Your business", expanded=True):
        for path in BUSINESS:
            given[path] = _quantity(path, now.get(path), key)
    for option, title in OPTIONS.items():
        if getattr(base, option) is None:
            continue
        with st.expander(title):
            for last in PER_OPTION:
                path = f"{option}.{last}"
                given[path] = _widget(last)(path, now.get(path), key)
    with st.expander("What must hold first"):
        for path in GATES:
            given[path] = _yes_no(path, now.get(path), key)
        for path in ("visitors_per_arm", "baseline_conversion"):
            given[path] = _quantity(path, now.get(path), key)
    with st.expander("For the record"):
        for path, label in (
            ("title", "Name of the case"),
            ("dissent", "Who disagrees, and why"),
            ("exit_plan", "How the choice would be left"),
        ):
            draw_text = st.text_input if path == "title" else st.text_area
            limit = 200 if path == "title" else 600
            given[path] = draw_text(
                label, value=str(now.get(path) or ""), max_chars=limit, key=f"{key}_{path}"
            )
        given["title"] = given["title"] or start["title"]
    return {path: value for path, value in given.items() if value != start.get(path)}


def _core(value: str | None, key: str) -> str | None:
    words = {"yes": "yes", "no": "no", "unknown": "not known yet"}
    answer = st.segmented_control(
        "Does your core business depend on how good your recommendations are, now or in the near "
        "future?",
        list(words),
        default=value if value in words else None,
        format_func=words.__getitem__,
        key=f"{key}_core_business",
        help=plain(inputs()["core_business"].about),
    )
    return None if answer is None else str(answer)


def _widget(last: str) -> Callable[[str, Any, str], Any]:
    return {"price": _price, "overrun": _overrun}.get(last, _quantity)


def _label(path: str, value: Any) -> str:
    """Name and unit; a needed input without a value says that it is missing."""
    one = inputs()[path]
    last = path.rpartition(".")[2]
    missing = " :gray-badge[missing]" if value is None and last in NEEDED else ""
    return f"{one.name}, {plain(one.unit)}{missing}"


def _quantity(path: str, value: Any, key: str) -> Any:
    """A number, or low, likely and high where a range may be given."""
    one = inputs()[path]
    scale = 100.0 if one.percent else 1.0
    if not one.range:
        whole = path == "horizon_months"
        number = st.number_input(
            _label(path, value),
            value=None if value is None else (int(value) if whole else float(value) * scale),
            min_value=1 if whole else 0.0,
            step=None if not whole else 1,
            format=None if whole else "%.6g",
            key=f"{key}_{path}",
            help=plain(one.about),
        )
        return number if whole or number is None else _unscaled(float(number), scale)
    three = value if isinstance(value, dict) else {"mode": value}
    parts: dict[str, float | None] = {}
    st.markdown(
        f"<small>{_label(path, value)}</small>", unsafe_allow_html=True, help=plain(one.about)
    )
    words = {"low": "low", "mode": "likely", "high": "high"}
    for column, (part, word) in zip(st.columns(3, gap="small"), words.items(), strict=True):
        held = three.get(part)
        number = column.number_input(
            f"{one.name}, {word}",
            value=None if held is None else float(held) * scale,
            step=None,
            format="%.6g",
            placeholder=word,
            label_visibility="collapsed",
            key=f"{key}_{path}_{part}",
        )
        parts[part] = None if number is None else _unscaled(float(number), scale)
    return merged(parts["low"], parts["mode"], parts["high"])


def merged(low: float | None, mode: float | None, high: float | None) -> Any:
    """A number, a range, or None: an end that is not given is the likely value."""
    given = [v for v in (low, mode, high) if v is not None]
    if not given:
        return None
    if low is None and high is None:
        return mode
    middle = mode if mode is not None else sum(given) / len(given)
    return {
        "low": middle if low is None else low,
        "mode": middle,
        "high": middle if high is None else high,
    }


def _unscaled(number: float, scale: float) -> float:
    return float(f"{number / scale:.12g}")  # 2.4 % is 0.024, not 0.024000000000000004


def _overrun(path: str, value: Any, key: str) -> Any:
    drawn = st.checkbox(
        "Overrun as IT projects do",
        value=value == "it-projects",
        key=f"{key}_{path}_drawn",
        help=plain(inputs()[path].about),
    )
    if drawn:
        return "it-projects"
    return _quantity(path, 1.0 if value == "it-projects" else value, key)


def _price(path: str, value: str | None, key: str) -> str | None:
    lines = {
        line.id: f"{line.vendor}: {line.service}"
        for line in PriceBook().lines
        if line.unit == "1,000 requests" and not line.retired
    }
    options = [None, *lines] if value in lines or value is None else [None, value, *lines]
    return st.selectbox(
        _label(path, "given"),
        options,
        index=options.index(value),
        format_func=lambda name: "none" if name is None else lines.get(name, name),
        key=f"{key}_{path}",
        help=plain(inputs()[path].about),
    )


def _yes_no(path: str, value: bool | None, key: str) -> bool | None:
    words = {None: "not stated", True: "yes", False: "no"}
    chosen = st.segmented_control(
        inputs()[path].name,
        [True, False, None],
        default=value,
        format_func=words.__getitem__,
        key=f"{key}_{path}",
        help=plain(inputs()[path].about),
    )
    return None if chosen is None else bool(chosen)
