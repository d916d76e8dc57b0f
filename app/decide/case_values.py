"""The inputs of a build-or-buy case as flat values: what the form shows and the link holds."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import isfinite
from typing import Any

from app.components.typed_number import read
from pipelines.economics.case import Case, fields
from pipelines.economics.case_files import case_from
from pipelines.errors import AssayError

Values = dict[str, Any]
"""Inputs by path (`margin`, `buy.uplift`), as plain JSON values; a range is low, mode, high."""

OPTIONS = {"popularity": "Popularity rule", "buy": "Buy", "build": "Build"}
TABLES = {"today": "Today's system", **OPTIONS}
WITHOUT = "without"
"""A draft's names of the options that its case leaves out, separated by commas."""
PRECONDITIONS = ("data_ready", "exposure_logged", "team_available", "legal_use", "legal_transfer")
TEXTS = ("currency", "core_business", "price", "title", "dissent", "exit_plan")
LARGEST = 10**15
"""No input of a case is a larger whole number; far larger ones have no floating-point form."""
NOTES = {"sources": "source", "authors": "author"}
"""Paths such as `sources.margin`, and the field of the case's `Stated` that they are."""
OVERRUN = ("overrun", "it-projects")
WHOLE = {"horizon_months": 1, "term_months": 0}
"""Whole numbers, and the value that stands for an empty field."""
LABELS = {
    "currency": "Currency",
    "usd_rate": "Price of a US dollar",
    "margin": "Addressed margin",
    "open_rate": "Open rate",
    "requests": "Traffic",
    "horizon_months": "Horizon",
    "discount_rate": "Discount rate",
    "fte_cost": "Cost of a full-time employee",
    "uplift": "Uplift",
    "months_to_launch": "Time to launch",
    "setup": "Set-up work",
    "ftes": "Operating staff",
    "infra": "Servers and storage",
    "price": "Fee per request",
    "fee": "Flat fee",
    "minimum": "Minimum fee",
    "term_months": "Term of the contract",
    "overrun": "Set-up overrun",
    "exit_cost": "Exit cost",
    "exit_probability": "Probability of exit",
    "core_business": "Core business",
    "visitors_per_arm": "Visitors per test arm",
    "baseline_conversion": "Current conversion rate",
    "data_ready": "Enough training data",
    "exposure_logged": "Impressions are logged",
    "team_available": "Team is available",
    "legal_use": "Events may be used",
    "legal_transfer": "Events may be sent to a vendor",
}
PERCENT_UNITS = {
    "open_rate": "%",
    "discount_rate": "% a year",
    "baseline_conversion": "%",
    "uplift": "% of the margin",
    "exit_probability": "%",
}
"""Inputs that are shares in a case and percentages in the form, with their units."""


PARTS = {"low": "low", "mode": "likely", "high": "high"}
"""The three numbers of a range, with their labels in the form."""


@dataclass(frozen=True)
class Input:
    """One input of the form."""

    path: str
    label: str
    unit: str
    description: str
    range: bool
    """Whether low, most likely and high can be given."""
    percent: bool

    @property
    def scale(self) -> float:
        """What a value is multiplied by in the form: 100 for a percentage."""
        return 100.0 if self.percent else 1.0

    @property
    def label_with_unit(self) -> str:
        """`Open rate (%)`."""
        return f"{self.label} ({self.unit})"


@cache
def inputs() -> dict[str, Input]:
    """Every input of a case by its path."""
    found = {}
    for row in fields():
        path = str(row["name"])
        last = path.rpartition(".")[2]
        unit = PERCENT_UNITS.get(last, str(row["unit"]))
        description = f"{row['description']}. Source: {row['source']}."
        label, percent = LABELS.get(last, last), last in PERCENT_UNITS
        found[path] = Input(path, label, unit, description, bool(row["range"]), percent)
    return found


def full_label(path: str) -> str:
    """`Uplift, buy`: an input's label with its option."""
    option = path.rpartition(".")[0]
    return inputs()[path].label + (f", {TABLES[option].lower()}" if option else "")


def is_number(path: str) -> bool:
    """Whether an input is a number or a range of numbers."""
    last = path.rpartition(".")[2]
    return last not in TEXTS and last not in PRECONDITIONS


def flat(case: Case) -> Values:
    """A case's inputs by path, None if missing; without the options that the case lacks."""
    document = case.model_dump(mode="json", exclude={"sources"})
    given: Values = {}
    for name, value in document.items():
        if name in TABLES:
            given |= {f"{name}.{inner}": v for inner, v in (value or {}).items()}
        else:
            given[name] = value
    return given


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """The document of a case, from inputs by path."""
    document: dict[str, Any] = {}
    for path, value in values.items():
        option, dot, last = path.partition(".")
        if not dot:
            document[path] = value
        else:
            document.setdefault(option, {})[last] = value
    return document


def changed_case(base: Case, changes: Values) -> Case:
    """`base` with some inputs replaced; an `AssayError` names an invalid one."""
    if not changes:
        return base
    _refuse_unread(changes)
    base = reduced(base, changes)
    values = flat(base) | {path: v for path, v in changes.items() if path in inputs()}
    kept = {name: base.stated(name) for name in base.sources if name not in changes}
    sources = {name: found.model_dump() for name, found in kept.items()}
    for path, text in changes.items():
        if is_note(path):
            table, _, name = path.partition(".")
            sources.setdefault(name, {})[NOTES[table]] = text
    try:
        return case_from({**nested(values), "sources": sources}, "Your inputs")
    except AssayError as error:
        raise AssayError(_in_words(str(error))) from error


def _refuse_unread(changes: Values) -> None:
    """An `AssayError` on the first number that was typed and could not be read."""
    for path, value in changes.items():
        parts = value.values() if isinstance(value, dict) else [value]
        texts = [part for part in parts if isinstance(part, str)]
        if path in inputs() and is_number(path) and texts and tuple(texts) != OVERRUN[1:]:
            label = full_label(path)
            whole = path.rpartition(".")[2] in WHOLE
            problem = read(texts[0], whole=whole).problem or "type the number again."
            raise AssayError(f"Your inputs: {label[0].lower()}{label[1:]}: {problem}")


def reduced(base: Case, changes: Values) -> Case:
    """The case without the options that a draft leaves out."""
    gone = set(str(changes.get(WITHOUT, "")).split(",")) & set(OPTIONS)
    return base.model_copy(update=dict.fromkeys(gone)) if gone < set(OPTIONS) else base


def changes_of(case: Case, base: Case) -> Values:
    """The changes that make `case` out of `base`, with its sources and authors."""
    gone = [name for name in OPTIONS if getattr(case, name) is None and getattr(base, name)]
    changes: Values = {WITHOUT: ",".join(gone)} if gone else {}
    start = flat(reduced(base, changes))
    changes |= {path: v for path, v in flat(case).items() if v != start.get(path)}
    for name in case.sources:
        stated = case.stated(name)
        found = {table: getattr(stated, field) for table, field in NOTES.items()}
        changes |= {f"{table}.{name}": text for table, text in found.items() if text}
    return changes


def note_of(case: Case, path: str) -> str:
    """The source or the author that a case has for an input, by a path of `is_note`."""
    table, _, name = path.partition(".")
    return str(getattr(case.stated(name), NOTES[table]))


def is_note(path: str) -> bool:
    """Whether it is the source or the author of an input: `sources.buy.uplift`."""
    table, _, name = path.partition(".")
    return table in NOTES and name in inputs()


def _in_words(message: str) -> str:
    """An error about a case's file as one about the form, which has labels and percentages."""
    message = re.sub(r"; write \d+% as [\d.]+\d", ", which is 100%", message)
    message = message.replace("low <= mode <= high", " ≤ ".join(PARTS.values()))
    message = re.sub(rf"\.({'|'.join(PARTS)}): ", lambda part: f", {PARTS[part[1]]}: ", message)
    for path in sorted(inputs(), key=len, reverse=True):
        there = rf"(?<![\w.]){re.escape(path)}(?![\w.])"
        label = full_label(path)
        message = re.sub(there, label[0].lower() + label[1:], message)
    return message


def to_text(changes: Values) -> str:
    """Changes as a query parameter; empty if there are none."""
    return json.dumps(changes, separators=(",", ":"), sort_keys=True) if changes else ""


def from_text(text: str) -> Values:
    """Changes from a query parameter; anything that is not an input of a case is left out."""
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return {p: v for p, v in found.items() if _fits(p, v)} if isinstance(found, dict) else {}


def _fits(path: str, value: Any) -> bool:
    """Whether the form can show the value; the case itself validates it."""
    if is_note(path) or path == WITHOUT:
        return isinstance(value, str)
    one, last = inputs().get(path), path.rpartition(".")[2]
    if one is None:
        return False
    if value is None:
        return True
    if last in PRECONDITIONS:
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
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return abs(value) <= LARGEST if isinstance(value, int) else isfinite(value)


def merged(low: Any, mode: Any, high: Any) -> Any:
    """A number, a range, or None; a missing end is the most likely value.

    With a text that is no number, the three as they were typed.
    """
    given = [v for v in (low, mode, high) if v is not None]
    if not given:
        return None
    if low is None and high is None:
        return mode
    if any(isinstance(v, str) for v in given):
        return {"low": low, "mode": mode, "high": high}
    middle = mode if mode is not None else sum(given) / len(given)
    return {
        "low": middle if low is None else low,
        "mode": middle,
        "high": middle if high is None else high,
    }
