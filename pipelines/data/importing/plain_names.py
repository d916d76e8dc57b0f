"""Names of columns in one form, so that `Order-ID`, `orderId` and `ORDER ID` are equal."""

from __future__ import annotations

import unicodedata

_LETTERS = str.maketrans({"ł": "l", "ø": "o", "ı": "i", "đ": "d", "æ": "ae"})


def plain(name: str) -> str:
    """The name in lower case, with letters and digits only, without accents."""
    apart = unicodedata.normalize("NFKD", name.casefold()).translate(_LETTERS)
    return "".join(ch for ch in apart if ch.isalnum())
