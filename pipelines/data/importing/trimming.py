"""Takes off what exports put around a value: spaces of any kind, and marks of spreadsheets."""

from __future__ import annotations

from typing import Any

SPACES = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\u200b\u200c\u200d\u2060\ufeff"
)
"""White space, also without width: a no-break space after an id would make it another id."""
_FORMULA = r'^="(.*)"$'
_TEXT_MARK = "^'([0-9]+)$"
"""How spreadsheets write numbers as text: ="007" and '007."""


def trimmed(values: Any) -> Any:
    """Texts (a string array, chunked or not) without spaces and a spreadsheet's marks around."""
    import pyarrow.compute as pc

    values = pc.ascii_trim_whitespace(values)
    # The first look is cheap, and most columns need no second one.
    if not pc.all(pc.string_is_ascii(values)).as_py():
        values = pc.utf8_trim(values, characters=SPACES)
    for start, pattern in (('="', _FORMULA), ("'", _TEXT_MARK)):
        if pc.any(pc.starts_with(values, start)).as_py():
            values = pc.replace_substring_regex(values, pattern, r"\1")
    return values
