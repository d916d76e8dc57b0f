"""The form of a build-or-buy case: each input with its unit and source, missing ones marked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from app.components.page import plain
from app.decide.case_values import OPTIONS, PRECONDITIONS, Values, flat, inputs, merged
from pipelines.economics.case import Case
from pipelines.prices.pricebook import PriceBook

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
REQUIRED = {"margin", "open_rate", "requests", "uplift"}


def draw(base: Case, changes: Values, key: str) -> Values:
    """Draw the form; returns the inputs that differ from `base`, by path."""
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
    with st.expander("Preconditions"):
        for path in PRECONDITIONS:
            given[path] = _yes_no(path, now.get(path), key)
        for path in ("visitors_per_arm", "baseline_conversion"):
            given[path] = _quantity(path, now.get(path), key)
    with st.expander("For the record"):
        for path, label in (
            ("title", "Case name"),
            ("dissent", "Dissent: who disagrees, and why"),
            ("exit_plan", "Exit plan"),
        ):
            text_widget = st.text_input if path == "title" else st.text_area
            limit = 200 if path == "title" else 600
            given[path] = text_widget(
                label, value=str(now.get(path) or ""), max_chars=limit, key=f"{key}_{path}"
            )
        given["title"] = given["title"] or start["title"]
    return {path: value for path, value in given.items() if value != start.get(path)}


def _core(value: str | None, key: str) -> str | None:
    labels = {"yes": "yes", "no": "no", "unknown": "not known yet"}
    answer = st.segmented_control(
        "Does your core business depend on how good your recommendations are, now or in the near "
        "future?",
        list(labels),
        default=value if value in labels else None,
        format_func=labels.__getitem__,
        key=f"{key}_core_business",
        help=plain(inputs()["core_business"].description),
    )
    return None if answer is None else str(answer)


def _widget(last: str) -> Callable[[str, Any, str], Any]:
    return {"price": _price, "overrun": _overrun}.get(last, _quantity)


def _label(path: str, value: Any) -> str:
    """Label and unit; a required input without a value is marked as missing."""
    last = path.rpartition(".")[2]
    missing = " :gray-badge[missing]" if value is None and last in REQUIRED else ""
    return plain(inputs()[path].label_with_unit) + missing


def _quantity(path: str, value: Any, key: str) -> Any:
    """A number; or low, most likely and high if the input can be a range."""
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
            help=plain(one.description),
        )
        return number if whole or number is None else _unscaled(float(number), scale)
    three = value if isinstance(value, dict) else {"mode": value}
    parts: dict[str, float | None] = {}
    st.markdown(
        f"<small>{_label(path, value)}</small>", unsafe_allow_html=True, help=plain(one.description)
    )
    labels = {"low": "low", "mode": "likely", "high": "high"}
    for column, (part, label) in zip(st.columns(3, gap="small"), labels.items(), strict=True):
        current = three.get(part)
        number = column.number_input(
            f"{one.label}, {label}",
            value=None if current is None else float(current) * scale,
            step=None,
            format="%.6g",
            placeholder=label,
            label_visibility="collapsed",
            key=f"{key}_{path}_{part}",
        )
        parts[part] = None if number is None else _unscaled(float(number), scale)
    return merged(parts["low"], parts["mode"], parts["high"])


def _unscaled(number: float, scale: float) -> float:
    return float(f"{number / scale:.12g}")  # 2.4% is 0.024, not 0.024000000000000004


def _overrun(path: str, value: Any, key: str) -> Any:
    typical = st.checkbox(
        "Use the overrun of typical IT projects",
        value=value == "it-projects",
        key=f"{key}_{path}_drawn",
        help=plain(inputs()[path].description),
    )
    if typical:
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
        help=plain(inputs()[path].description),
    )


def _yes_no(path: str, value: bool | None, key: str) -> bool | None:
    labels = {None: "not stated", True: "yes", False: "no"}
    chosen = st.segmented_control(
        inputs()[path].label,
        [True, False, None],
        default=value,
        format_func=labels.__getitem__,
        key=f"{key}_{path}",
        help=plain(inputs()[path].description),
    )
    return None if chosen is None else bool(chosen)
