"""The fields of a case's form: each with its unit, and what was typed in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from app.components import number_field
from app.components.page import plain
from app.components.typed_number import read, shown
from app.decide.case_values import (
    NOTES,
    OPTIONS,
    PARTS,
    WHOLE,
    Values,
    full_label,
    inputs,
    note_of,
)
from app.decide.vendor_price import line_sentences
from pipelines.economics.case import Case
from pipelines.economics.formats import DOLLARS, in_units
from pipelines.prices.pricebook import PriceBook

CURRENCIES = ("USD", "EUR", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "JPY", "CNY", "INR",
              "AUD", "CAD", "BRL", "MXN", "ZAR", "KRW")  # fmt: skip
REQUIRED = {"margin", "open_rate", "uplift"}
CORE_LABELS = {"yes": "yes", "no": "no", "unknown": "not known yet"}


@dataclass(frozen=True)
class Form:
    """A form while it is drawn: the current values, and what its widgets share."""

    base: Case
    now: Values
    key: str
    on_change: Callable[..., None]
    args: tuple[Any, ...]

    def note(self, path: str) -> dict[str, str]:
        """The source and the author of an input, by table."""
        paths = {table: f"{table}.{path}" for table in NOTES}
        return {t: str(self.now.get(p, note_of(self.base, p))) for t, p in paths.items()}

    def widget(self, path: str, value: Any) -> dict[str, Any]:
        """The arguments that every widget has; a widget that is drawn anew gets `value`."""
        key = f"{self.key}_{path}"
        # Not as the widget's default: the browser would keep what it shows under this key.
        if key not in st.session_state:
            st.session_state[key] = value
        return {"key": key, "on_change": self.on_change, "args": self.args}


def core(form: Form) -> None:
    """Whether the core business depends on recommendations."""
    value = form.now.get("core_business")
    st.segmented_control(
        "Does your core business depend on how good your recommendations are, now or in the near "
        "future?",
        list(CORE_LABELS),
        format_func=CORE_LABELS.__getitem__,
        help=plain(inputs()["core_business"].description),
        **form.widget("core_business", value if value in CORE_LABELS else None),
    )


def currency(form: Form) -> None:
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
        quantity(form, "usd_rate")


def quantity(form: Form, path: str) -> None:
    """A number; or low, most likely and high if the input can be a range."""
    one, value = inputs()[path], form.now.get(path)
    if one.range:
        _range(form, path, value)
        return
    text = st.text_input(
        _label(path),
        help=plain(one.description),
        autocomplete="off",
        **form.widget(path, _text(path, value)),
    )
    number_field.tell(read(text, whole=path.rpartition(".")[2] in WHOLE))
    noted(form, path)


def overrun(form: Form, path: str) -> None:
    """The overrun of typical projects, or a number of one's own."""
    value = form.now.get(path)
    typical = st.checkbox(
        "Use the overrun of typical IT projects",
        help=plain(inputs()[path].description),
        **form.widget(f"{path}_drawn", value == "it-projects"),
    )
    if typical:
        noted(form, path)
    else:
        _range(form, path, 1.0 if value == "it-projects" else value)


def price(form: Form, path: str) -> None:
    """A line of the price book, with its source and date; none is chosen by default."""
    value, book = form.now.get(path), PriceBook()
    lines = {
        line.id: line for line in book.lines if line.unit == "1,000 requests" and not line.retired
    }
    options = [None, *lines] if value in lines or value is None else [None, value, *lines]
    fee = form.now.get(path.replace("price", "fee"))
    required = path == "buy.price" and fee is None
    _heading(path, value, required=required)
    st.selectbox(
        full_label(path),
        options,
        format_func=lambda name: (
            "none" if name is None else lines[name].title if name in lines else name
        ),
        label_visibility="collapsed",
        **form.widget(path, value),
    )
    if value in lines:
        st.caption(plain(line_sentences(lines[value], form.now)))
    noted(form, path)


def yes_no(form: Form, path: str) -> None:
    """Yes, no, or not stated."""
    labels = {None: "not stated", True: "yes", False: "no"}
    st.segmented_control(
        inputs()[path].label,
        [True, False, None],
        format_func=labels.__getitem__,
        help=plain(inputs()[path].description),
        **form.widget(path, form.now.get(path)),
    )
    noted(form, path)


def noted(form: Form, path: str) -> None:
    """The source and the author of an input, if they are named, below its field."""
    source, author = (form.note(path)[table] for table in ("sources", "authors"))
    parts = [f"Source: {source}"] if source else []
    parts += [f"Stated by {author}"] if author else []
    if parts:
        st.caption(plain(". ".join(parts)))


def _range(form: Form, path: str, value: Any) -> None:
    three = value if isinstance(value, dict) else {"mode": value}
    _heading(path, value, required=_required(form, path))
    texts = [
        column.text_input(
            f"{full_label(path)}, {label}",
            placeholder=label,
            label_visibility="collapsed",
            autocomplete="off",
            **form.widget(f"{path}_{part}", _text(path, three.get(part))),
        )
        for column, (part, label) in zip(st.columns(3, gap="small"), PARTS.items(), strict=True)
    ]
    for text in texts:
        number_field.tell(read(text))
    noted(form, path)


def _required(form: Form, path: str) -> bool:
    """Whether no value can be computed without the input; traffic only where a fee goes by it."""
    if path == "requests":
        return any(form.now.get(f"{option}.price") for option in OPTIONS)
    return not path.startswith("today.") and path.rpartition(".")[2] in REQUIRED


def _heading(path: str, value: Any, *, required: bool) -> None:
    """The label above a field; a required input without a value is marked as missing.

    The mark is not in the field's own label: a screen reader would read its markup.
    """
    missing = " :gray-badge[missing]" if value is None and required else ""
    st.markdown(
        f"<small>{_label(path)}{missing}</small>",
        unsafe_allow_html=True,
        help=plain(inputs()[path].description),
    )


def _label(path: str) -> str:
    """Label and unit."""
    label = in_units(inputs()[path].label_with_unit)
    # One dollar sign begins no formula; escaped, a screen reader would read the backslash.
    return plain(label).replace("\\$", "$")


def _text(path: str, value: Any) -> str:
    """A value of the case as its field shows it; text that was not readable as it was typed."""
    if value is None or isinstance(value, str):
        return value or ""
    return shown(value * inputs()[path].scale)
