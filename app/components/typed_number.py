"""Numbers as people type them: with a decimal point or comma, and with grouped thousands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil, floor, isfinite

_GAP = "['\u2019\u00a0\u202f\u2009 ]"
"""What groups thousands without doubt: an apostrophe, or a space of any width."""
_GAPS = re.compile(rf"(?<=\d){_GAP}(?=\d{{3}}(?!\d))")
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}(\1\d{3})*")
_ONE_GROUP = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")


@dataclass(frozen=True)
class Reading:
    """What a text says: a number, or nothing (an empty text), or why it is no number."""

    value: float | None = None
    problem: str = ""
    """A sentence on why it cannot be read, and what to type instead."""
    note: str = ""
    """A sentence on how it was read, where another country would read it otherwise."""


def read(text: str, *, whole: bool = False) -> Reading:
    """`27.5`, `27,5`, `1 000`, `1'000`, `1,000`, `1,000.5` and `1.000,5` as numbers.

    Of two different marks the last one is the decimal mark. One mark is a decimal mark, unless it
    is repeated or three digits follow: then `1,000` is a thousand, as Assay itself writes it, with
    a note, and `1.000` is refused, since it is a thousand in half of the world. `whole` refuses
    decimals.
    """
    typed = text.strip()
    if not typed:
        return Reading()
    digits = _GAPS.sub("", typed.replace("\u2212", "-"))
    gapped = len(digits) < len(typed)
    if _ONE_GROUP.fullmatch(digits) and not gapped:
        return _one_group(typed, digits, whole=whole)
    number = _number(digits)
    if number is None:
        return Reading(problem=f"“{typed:.40}” is not a number: type digits, such as 1250 or 27.5.")
    if whole and not number.is_integer():
        near = f"type {floor(number)} or {ceil(number)}"
        return Reading(problem=f"{shown(number)} is not a whole number: {near}.")
    return Reading(number)


def shown(value: float) -> str:
    """The text of a number that `read` reads as this number: 12 digits, with a decimal point."""
    text = f"{value:.12g}"
    return f"{text}0" if _ONE_GROUP.fullmatch(text) else text


def _one_group(typed: str, digits: str, *, whole: bool) -> Reading:
    """One mark, and three digits behind it: thousands in one country, decimals in another."""
    grouped, decimal = float(re.sub("[.,]", "", digits)), float(digits.replace(",", "."))
    if "," in digits:
        other = "" if whole else f"; for the decimal number type {shown(decimal)}"
        return Reading(grouped, note=f"“{typed}” is read as {shown(grouped)}{other}.")
    if whole:
        also = f" or {decimal:.0f}" if decimal.is_integer() else ""
        return Reading(problem=f"“{typed}” may be a decimal number: type {shown(grouped)}{also}.")
    told = f"type {shown(grouped)} or {shown(decimal)}"
    return Reading(problem=f"“{typed}” can be read in two ways: {told}.")


def _number(digits: str) -> float | None:
    """The number, or None; `digits` has no gaps."""
    marks = sorted(set(digits) & set(".,"), key=digits.rfind)
    decimal = marks[-1] if marks else ""
    whole, _, rest = digits.rpartition(decimal) if len(marks) == 2 else (digits, "", "")
    if len(marks) == 2 or (marks and digits.count(decimal) > 1):
        if not _GROUPED.fullmatch(whole) or (rest and decimal in whole):
            return None
        digits = f"{re.sub('[.,]', '', whole)}.{rest}"
    digits = digits.replace(",", ".")
    value = float(digits) if _PLAIN.fullmatch(digits) else None
    return value if value is not None and isfinite(value) else None
