"""The form of a build-or-buy case: its fields in groups, each with its sources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from app.components.page import plain
from app.decide import case_fields, case_notes
from app.decide.case_fields import Form
from app.decide.case_reading import read
from app.decide.case_values import OPTIONS, PRECONDITIONS, TABLES, Values, flat
from app.decide.vendor_price import counted
from pipelines.economics.case import Case
from pipelines.economics.evidence import Evidence
from pipelines.economics.gates import answer_not_used
from pipelines.prices.pricebook import PriceBook

TODAY = ("today.uplift", "today.ftes", "today.infra")
BUSINESS = ("margin", "open_rate", "requests", "horizon_months", "discount_rate", "fte_cost")
PER_OPTION = (
    "uplift",
    "months_to_launch",
    "setup",
    "ftes",
    "infra",
    "price",
    "fee",
    "minimum",
    "term_months",
    "overrun",
    "exit_cost",
    "exit_probability",
)
TEST = ("visitors_per_arm", "baseline_conversion")
RECORD = {
    "title": "Case name",
    "dissent": "Dissent: who disagrees, and why",
    "exit_plan": "Exit plan",
}
OF_BUY = ("minimum", "term_months")


def draw(
    base: Case,
    draft: Values,
    *,
    key: str,
    on_change: Callable[..., None],
    args: tuple[Any, ...] = (),
    own: Evidence | None = None,
) -> Values:
    """Draw the form with `draft` on top of `base`; returns the inputs that differ from `base`.

    `own` is evidence on the user's own data, which answers some inputs.
    `on_change` is called with `args` before the page is drawn again; `case_reading.read` works
    there.
    """
    form = Form(base, flat(base) | draft, key, on_change, args)
    case_fields.core(form)
    case_fields.noted(form, "core_business")
    with st.expander("Your business", expanded=True):
        case_fields.currency(form)
        for path in BUSINESS:
            case_fields.quantity(form, path)
        stated = ("core_business", "currency", "usd_rate", *BUSINESS)
        case_notes.button(form, "your business", stated)
    with st.expander("Today's system, if you have one"):
        st.caption("Every value is then a difference from keeping it.")
        for path in TODAY:
            case_fields.quantity(form, path)
        case_notes.button(form, TABLES["today"].lower(), TODAY)
    for option in OPTIONS:
        if getattr(base, option) is not None:
            with st.expander(OPTIONS[option]):
                _option(form, option)
    with st.expander("Preconditions"):
        for path in PRECONDITIONS:
            case_fields.yes_no(form, path)
            _answered_by_readiness(form, path, own)
        for path in TEST:
            case_fields.quantity(form, path)
        case_notes.button(form, "preconditions", (*PRECONDITIONS, *TEST))
    with st.expander("For the record"):
        for path, label in RECORD.items():
            text_widget = st.text_input if path == "title" else st.text_area
            limit = 200 if path == "title" else 600
            value = str(form.now.get(path) or "")
            text_widget(label, max_chars=limit, **form.widget(path, value))
    return read(base, draft, key)


def _option(form: Form, option: str) -> None:
    """The fields of one way to get recommendations."""
    draws = {"price": case_fields.price, "overrun": case_fields.overrun}
    shown = [last for last in PER_OPTION if option == "buy" or last not in OF_BUY]
    for last in shown:
        draws.get(last, case_fields.quantity)(form, f"{option}.{last}")
        if last == "fee" and (price := counted(form.now, option, PriceBook())):
            st.caption(plain(price))
    case_notes.button(form, OPTIONS[option].lower(), [f"{option}.{last}" for last in shown])


def alive(key: str) -> bool:
    """Whether the form was drawn in the last run, so that its widgets hold what was typed."""
    return f"{key}_title" in st.session_state


def forget(key: str) -> None:
    """Drop the widgets' values, so that the form is drawn from its draft."""
    for name in list(st.session_state):
        if str(name).startswith(f"{key}_"):
            del st.session_state[name]


def _answered_by_readiness(form: Form, path: str, own: Evidence | None) -> None:
    """What readiness knows against the answer to a precondition."""
    answer = form.base.model_copy(update={path: form.now.get(path)})
    unused = answer_not_used(answer, own, path)
    if unused:
        st.caption(plain(unused))
