"""A form for a pydantic config: one widget per field."""

from __future__ import annotations

import types
from typing import Any, Literal, Union, get_args, get_origin

import streamlit as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from app.components import number_field
from app.components.page import plain

LABELS = {
    "alpha": "Confidence weight (alpha)",
    "cap": "Maximum per category (items)",
    "column_share": "Features per tree (share)",
    "cost_per_1000": "Cost of 1,000 requests (USD)",
    "decay": "Decay per older event (factor)",
    "dense_up_to": "Exact solution up to (items)",
    "epochs": "Epochs",
    "factors": "Latent factors",
    "half_life": "Half-life (events)",
    "insert": "Insert a sponsored item if there is none",
    "items": "Sponsored items (ids)",
    "iterations": "Iterations",
    "l2": "L2 regularization",
    "last": "Newest events used",
    "leaves": "Leaves per tree",
    "learning_rate": "Learning rate",
    "lists": "Maximum training requests",
    "max_steps": "Maximum optimizer steps",
    "measure": "Similarity measure",
    "min_events": "Minimum events per item",
    "min_rows": "Minimum rows per leaf",
    "neighbours": "Neighbors per item",
    "p95_ms": "95th-percentile latency (ms)",
    "peak_mb": "Peak memory (MB)",
    "popularity": "Popularity penalty (exponent)",
    "regularization": "Regularization",
    "row_share": "Rows per tree (share)",
    "seed": "Random seed",
    "slot": "Rank of the sponsored item",
    "trees": "Trees",
    "truncation": "Truncation level (ranks)",
    "use_weights": "Use event weights",
    "window": "Transition window (events)",
    "window_days": "Time window (days)",
}
"""Labels of settings that ship, with units; a config's own `title` of a field comes first."""


def settings(
    config: type[BaseModel],
    values: dict[str, Any],
    *,
    key: str,
    disabled: bool = False,
    leave_out: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Widgets for the fields of `config`, with `values` or the fields' defaults.

    Returns the settings that differ from their defaults, as JSON values. Bounds are those of
    `Field(ge=, gt=, le=, lt=)`; the tooltip is the field's description.
    """
    found: dict[str, Any] = {}
    for name, info in config.model_fields.items():
        if name in leave_out:
            continue
        default = _plain_value(info.get_default(call_default_factory=True))
        now = _plain_value(values.get(name, default))
        value = _widget(name, info, now, f"{key}_{name}", disabled)
        if value != default:
            found[name] = value
    return found


def label(name: str, info: FieldInfo) -> str:
    """The field's own title, its label in `LABELS`, or its name: `Window days`."""
    return info.title or LABELS.get(name) or name.replace("_", " ").capitalize()


def _widget(name: str, info: FieldInfo, value: Any, key: str, disabled: bool) -> Any:
    kind, may_be_none = _unwrapped(info.annotation)
    help = plain(info.description) if info.description else None
    common: dict[str, Any] = {"key": key, "help": help, "disabled": disabled}
    text = label(name, info)
    if get_origin(kind) is Literal:
        options = [*([None] if may_be_none else []), *get_args(kind)]
        at = options.index(value) if value in options else 0
        return st.selectbox(text, options, index=at, format_func=_choice, **common)
    if kind is bool:
        return st.checkbox(text, value=bool(value), **common)
    if kind in (int, float):
        least, most = _bounds(info, step=1 if kind is int else 1e-9)
        return number_field.draw(
            text,
            value=None if value is None else kind(value),
            least=least,
            most=most,
            whole=kind is int,
            optional=may_be_none,
            placeholder="no limit" if may_be_none else None,
            **common,
        )
    if get_origin(kind) in (tuple, list):
        given = st.text_input(
            f"{text}, separated by commas", value=", ".join(map(str, value or ())), **common
        )
        return [_part(p.strip(), kind) for p in given.split(",") if p.strip()]
    given = st.text_input(text, value="" if value is None else str(value), **common)
    return None if may_be_none and given == "" else given


def _unwrapped(annotation: Any) -> tuple[Any, bool]:
    """The type without `| None`, and whether None is allowed."""
    if get_origin(annotation) in (Union, types.UnionType):
        parts = [p for p in get_args(annotation) if p is not type(None)]
        return (parts[0] if len(parts) == 1 else str), len(parts) < len(get_args(annotation))
    return annotation, False


def _bounds(info: FieldInfo, step: float) -> tuple[float | None, float | None]:
    least = most = None
    for rule in info.metadata:
        least = getattr(rule, "ge", least)
        most = getattr(rule, "le", most)
        if getattr(rule, "gt", None) is not None:
            least = rule.gt + step
        if getattr(rule, "lt", None) is not None:
            most = rule.lt - step
    return least, most


def _part(text: str, kind: Any) -> Any:
    inner = next((t for t in get_args(kind) if t is not Ellipsis), str)
    try:
        return inner(text) if inner in (int, float) else text
    except ValueError:
        return text  # the stage's validation names the setting and the error


def _plain_value(value: Any) -> Any:
    return list(value) if isinstance(value, tuple | list | set | frozenset) else value


def _choice(value: Any) -> str:
    return "none" if value is None else str(value)
