"""Spellings of one id: `3` and `3.0`, `007` and `7`, upper and lower case, two Unicode forms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pyarrow as pa

IdForm = Literal["decimals", "zeros", "case", "unicode"]
FORMS: tuple[IdForm, ...] = ("decimals", "zeros", "case", "unicode")
SAID: dict[IdForm, str] = {
    "decimals": "3.0 is read as 3",
    "zeros": "007 is read as 7",
    "case": "upper case is read as lower case",
    "unicode": "both Unicode forms of an accented letter are read as one (NFC)",
}
"""What normalizing each form does."""


def normalized(texts: pa.Array, forms: Iterable[IdForm]) -> pa.Array:
    """The ids (string array) with the differences of these forms removed."""
    import pyarrow.compute as pc

    wanted = set(forms)
    if "unicode" in wanted:
        texts = pc.utf8_normalize(texts, form="NFC")
    if "decimals" in wanted:
        texts = pc.replace_substring_regex(texts, r"^([+-]?[0-9]+)\.0+$", r"\1")
    if "zeros" in wanted:
        texts = pc.replace_substring_regex(texts, r"^0+([^0].*|0)$", r"\1")
    if "case" in wanted:
        texts = pc.utf8_lower(texts)
    return texts
