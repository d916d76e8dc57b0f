"""The form of a build-or-buy case: each input with its unit and source, missing ones marked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from app.components.page import plain
from app.decide.case_values import (
    NOTES,
    OPTIONS,
    PARTS,
    PRECONDITIONS,
    WITHOUT,
    Values,
    flat,
    full_label,
    inputs,
    is_note,
    merged,
)
from app.decide.vendor_price import counted
from pipelines.economics.case import Case
from pipelines.economics.evidence import Evidence
from pipelines.economics.formats import DOLLARS, in_units
from pipelines.economics.gates import answer_not_used
from pipelines.prices.pricebook import PriceBook

TODAY = ("today.uplift", "today.ftes", "today.infra")
CURRENCIES = ("USD", "EUR", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "JPY", "CNY", "INR",
              "AUD", "CAD", "BRL", "MXN", "ZAR", "KRW")  # fmt: skip
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
WHOLE = {"horizon_months": 1, "term_months": 0}
"""Whole numbers and the smallest of each, which also stands for an empty field."""
REQUIRED = {"margin", "open_rate", "requests", "uplift"}
FORMAT = "%.12g"  # as typed: six digits would show 1,234,567 as 1234570
CORE_LABELS = {"yes": "yes", "no": "no", "unknown": "not known yet"}


@dataclass(frozen=True)
class _Form:
    """A form while it is drawn: the current values, and what its widgets share."""

    base: Case
    now: Values
    key: str
    on_change: Callable[..., None]
    args: tuple[Any, ...]

    def note(self, path: str) -> dict[str, str]:
        """The source and the author of an input, by table."""
        paths = {table: f"{table}.{path}" for table in NOTES}
        return {t: str(self.now.get(p, _note_of(self.base, p))) for t, p in paths.items()}

    def widget(self, path: str, value: Any) -> dict[str, Any]:
        """The arguments that every widget has; a widget that is drawn anew gets `value`."""
        key = f"{self.key}_{path}"
        # Not as the widget's default: the browser would keep what it shows under this key.
        if key not in st.session_state:
            st.session_state[key] = value
        return {"key": key, "on_change": self.on_change, "args": self.args}


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
    `on_change` is called with `args` before the page is drawn again; `read` works there.
    """
    form = _Form(base, flat(base) | draft, key, on_change, args)
    _core(form)
    with st.expander("Your business", expanded=True):
        _currency(form)
        for path in BUSINESS:
            _quantity(form, path)
    with st.expander("Today's system, if you have one"):
        st.caption("Every value is then a difference from keeping it.")
        for path in TODAY:
            _quantity(form, path)
    for option, title in OPTIONS.items():
        if getattr(base, option) is None:
            continue
        with st.expander(title):
            for last in PER_OPTION:
                if last in OF_BUY and option != "buy":
                    continue
                {"price": _price, "overrun": _overrun}.get(last, _quantity)(
                    form, f"{option}.{last}"
                )
                if last == "fee" and (price := counted(form.now, option, PriceBook())):
                    st.caption(plain(price))
    with st.expander("Preconditions"):
        for path in PRECONDITIONS:
            _yes_no(form, path)
            if path == "data_ready":
                _answered_by_readiness(form, own)
        for path in TEST:
            _quantity(form, path)
    with st.expander("For the record"):
        for path, label in RECORD.items():
            text_widget = st.text_input if path == "title" else st.text_area
            limit = 200 if path == "title" else 600
            value = str(form.now.get(path) or "")
            text_widget(label, max_chars=limit, **form.widget(path, value))
    with st.expander("Sources: where each number is from"):
        _notes(form)
    return read(base, draft, key)


def alive(key: str) -> bool:
    """Whether the form was drawn in the last run, so that its widgets hold what was typed."""
    return f"{key}_title" in st.session_state


def forget(key: str) -> None:
    """Drop the widgets' values, so that the form is drawn from its draft."""
    for name in list(st.session_state):
        if str(name).startswith(f"{key}_"):
            del st.session_state[name]


def read(base: Case, draft: Values, key: str) -> Values:
    """The inputs that differ from `base`: those in the widgets, otherwise those of `draft`."""
    start = flat(base)
    inputs_now = start | {path: v for path, v in draft.items() if path in inputs()}
    given = {path: _read(path, value, key) for path, value in inputs_now.items()}
    given["title"] = given["title"] or start["title"]
    changes = {path: value for path, value in given.items() if value != start.get(path)}
    left_out = {WITHOUT: draft[WITHOUT]} if draft.get(WITHOUT) else {}
    return changes | left_out | _read_notes(base, draft, key)


def _read_notes(base: Case, draft: Values, key: str) -> Values:
    """The sources and authors that differ from the case's."""
    notes = {path: text for path, text in draft.items() if is_note(path)}
    for table in NOTES:
        for name in inputs():
            typed = st.session_state.get(f"{key}_{table}.{name}")
            if typed is not None:
                notes[f"{table}.{name}"] = typed.strip()
    return {p: text for p, text in notes.items() if text != _note_of(base, p)}


def _note_of(case: Case, path: str) -> str:
    table, _, name = path.partition(".")
    return str(getattr(case.stated(name), NOTES[table]))


def _read(path: str, value: Any, key: str) -> Any:
    """The value in an input's widgets; `value` if they are not drawn."""
    session, name = st.session_state, f"{key}_{path}"
    one = inputs()[path]
    if path.endswith(".overrun"):
        if name + "_drawn" not in session:
            return value
        if session[name + "_drawn"]:
            return "it-projects"
        value = 1.0 if value == "it-projects" else value
    if one.range:
        if f"{name}_mode" not in session:
            return value
        return merged(*(_unscaled(path, session[f"{name}_{part}"]) for part in PARTS))
    if name not in session:
        return value
    found = session[name]
    last = path.rpartition(".")[2]
    if found is None and last in WHOLE:
        return WHOLE[last]
    return _unscaled(path, found) if isinstance(found, int | float) else found


def _unscaled(path: str, number: Any) -> Any:
    """A number of the form as the case has it: 2.4% is 0.024, not 0.024000000000000004."""
    whole = path.rpartition(".")[2] in WHOLE
    if number is None or isinstance(number, bool) or whole:
        return number
    return float(f"{number / inputs()[path].scale:.12g}")


def _scaled(path: str, value: float) -> float:
    """A number of the case as the form shows it."""
    return float(f"{value * inputs()[path].scale:.12g}")


def _core(form: _Form) -> None:
    value = form.now.get("core_business")
    st.segmented_control(
        "Does your core business depend on how good your recommendations are, now or in the near "
        "future?",
        list(CORE_LABELS),
        format_func=CORE_LABELS.__getitem__,
        help=plain(inputs()["core_business"].description),
        **form.widget("core_business", value if value in CORE_LABELS else None),
    )


def _currency(form: _Form) -> None:
    """The currency; of another one than dollars also the price of a dollar."""
    code = str(form.now.get("currency"))
    options = list(CURRENCIES) if code in CURRENCIES else [code, *CURRENCIES]
    st.selectbox(
        inputs()["currency"].label,
        options,
        accept_new_options=True,
        help="Money is in thousands of it. Type another code of three capital letters if needed.",
        **form.widget("currency", code),
    )
    if code != DOLLARS:
        _quantity(form, "usd_rate")


def _label(path: str, value: Any) -> str:
    """Label and unit; a required input without a value is marked as missing."""
    required = path not in TODAY and path.rpartition(".")[2] in REQUIRED
    missing = " :gray-badge[missing]" if value is None and required else ""
    # One dollar sign begins no formula; escaped, a screen reader would read the backslash.
    label = in_units(inputs()[path].label_with_unit)
    return plain(label).replace("\\$", "$") + missing


def _quantity(form: _Form, path: str) -> None:
    """A number; or low, most likely and high if the input can be a range."""
    one, value = inputs()[path], form.now.get(path)
    if one.range:
        _range(form, path, value)
        return
    least = WHOLE.get(path.rpartition(".")[2])
    shown = value if value is None or least is not None else _scaled(path, value)
    st.number_input(
        _label(path, value),
        value=None,
        min_value=0.0 if least is None else least,
        step=None if least is None else 1,
        format=FORMAT if least is None else None,
        help=plain(one.description),
        **form.widget(path, shown),
    )


def _range(form: _Form, path: str, value: Any) -> None:
    one = inputs()[path]
    three = value if isinstance(value, dict) else {"mode": value}
    st.markdown(
        f"<small>{_label(path, value)}</small>", unsafe_allow_html=True, help=plain(one.description)
    )
    for column, (part, label) in zip(st.columns(3, gap="small"), PARTS.items(), strict=True):
        current = three.get(part)
        column.number_input(
            f"{full_label(path)}, {label}",
            value=None,
            step=None,
            format=FORMAT,
            placeholder=label,
            label_visibility="collapsed",
            **form.widget(f"{path}_{part}", None if current is None else _scaled(path, current)),
        )


def _overrun(form: _Form, path: str) -> None:
    value = form.now.get(path)
    typical = st.checkbox(
        "Use the overrun of typical IT projects",
        help=plain(inputs()[path].description),
        **form.widget(f"{path}_drawn", value == "it-projects"),
    )
    if not typical:
        _range(form, path, 1.0 if value == "it-projects" else value)


def _price(form: _Form, path: str) -> None:
    value = form.now.get(path)
    lines = {
        line.id: f"{line.vendor}: {line.service}"
        for line in PriceBook().lines
        if line.unit == "1,000 requests" and not line.retired
    }
    options = [None, *lines] if value in lines or value is None else [None, value, *lines]
    st.selectbox(
        _label(path, "given"),
        options,
        format_func=lambda name: "none" if name is None else lines.get(name, name),
        help=plain(inputs()[path].description),
        **form.widget(path, value),
    )


def _notes(form: _Form) -> None:
    """The source and the author of one input at a time; the memo prints both."""
    given = [p for p in inputs() if form.now.get(p) not in (None, "") and p not in RECORD]
    named = {p: form.note(p) for p in given}
    path = st.selectbox(
        "Input",
        given,
        format_func=lambda p: f"{full_label(p)}{' ✓' if any(named[p].values()) else ''}",
        key=f"{form.key}_source_of",
        help="✓ marks inputs with a source or an author.",
    )
    if path is None:
        return
    labels = {"sources": "Source", "authors": "Stated by"}
    examples = {"sources": "controlling, 2025 accounts", "authors": "Eva, head of sales"}
    for table, text in named[path].items():
        name = f"{table}.{path}"
        st.text_input(
            labels[table], placeholder=examples[table], max_chars=200, **form.widget(name, text)
        )


def _answered_by_readiness(form: _Form, own: Evidence | None) -> None:
    """That the answer on the data is not used, where readiness contradicts it."""
    answer = form.base.model_copy(update={"data_ready": form.now.get("data_ready")})
    unused = answer_not_used(answer, own).strip()
    if unused:
        st.caption(plain(unused))


def _yes_no(form: _Form, path: str) -> None:
    labels = {None: "not stated", True: "yes", False: "no"}
    st.segmented_control(
        inputs()[path].label,
        [True, False, None],
        format_func=labels.__getitem__,
        help=plain(inputs()[path].description),
        **form.widget(path, form.now.get(path)),
    )
