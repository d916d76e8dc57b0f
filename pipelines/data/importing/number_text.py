"""Numbers as exports write them: 2,003.50 and 2.003,50, with or without a currency sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.data.recipe import Decimal
from pipelines.data.sources.splitting import quoted

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa

NO_NUMBER = (
    "null", "nan", "none", "nat", "\\n", "<na>", "n/a", "na", "-", "--", "?", "unknown",
)  # fmt: skip
"""Texts that stand for a missing number, in lower case."""
_SIGNS = (
    r"^(?:[A-Z]{3}|[\p{Sc}])?\s*([+-]?[0-9][0-9.,'’\s\x{a0}\x{202f}]*?)\s*(?:[A-Z]{3}|[\p{Sc}])?$"
)
"""A number with at most a currency before or after it."""
_SPACES = r"['’\s\x{a0}\x{202f}]"
"""What parts thousands besides a comma or a point."""
_COMMA = r"^[^,]*[0-9],([0-9]{1,2}|[0-9]{4,})\D*$|[0-9]\.[0-9]{3},[0-9]+\D*$"
_POINT = r"^[^.]*[0-9]\.([0-9]{1,2}|[0-9]{4,})\D*$|[0-9],[0-9]{3}\.[0-9]+\D*$"
EITHER = r"^\D*[0-9]{1,3},[0-9]{3}\D*$"


def number_sql(text: str, decimal: Decimal | None, kind: str = "DOUBLE") -> str:
    """SQL for a text as a number of type `kind`; null if it is no number.

    Thousands are parted by the other of comma and point, by spaces or by apostrophes. Without
    `decimal`, the decimal mark is a point.
    """
    mark, group = (",", ".") if decimal == "," else (".", ",")
    bare = (
        f"regexp_replace(regexp_extract({text}, {quoted(_SIGNS)}, 1), {quoted(_SPACES)}, '', 'g')"
    )
    grouped = f"^[+-]?[0-9]{{1,3}}([{group}][0-9]{{3}})+([{mark}][0-9]+)?$"
    plain = f"^[+-]?[0-9]+([{mark}][0-9]+)?$"
    written = f"replace(replace({bare}, '{group}', ''), '{mark}', '.')"
    long = (
        f"CASE WHEN regexp_matches({bare}, '{grouped}') OR regexp_matches({bare}, '{plain}') "
        f"THEN TRY_CAST({written} AS {kind}) END"
    )
    cast = f"TRY_CAST({text} AS {kind})"
    if decimal == ",":
        # 1.250 is a thousand; a number without a mark is cast as it is.
        return f"coalesce(CASE WHEN NOT contains({text}, '.') THEN {cast} END, {long}, {cast})"
    return f"coalesce({cast}, {long})"


def decimal_of(texts: pa.ChunkedArray, *, semicolons: bool = False) -> Decimal | None:
    """The decimal mark that a column of numbers shows; None if it shows none.

    1,250 may be either. In a file whose columns are parted by semicolons, as spreadsheets write
    them where the comma is the decimal mark, it is read with a decimal comma.
    """
    comma, point = _matching(texts, _COMMA), _matching(texts, _POINT)
    if comma != point:
        return "," if comma > point else "."
    return "," if semicolons and not comma and _matching(texts, EITHER) else None


def _matching(texts: pa.ChunkedArray, pattern: str) -> int:
    import pyarrow.compute as pc

    return int(pc.sum(pc.match_substring_regex(texts, pattern)).as_py() or 0)


def read_numbers(
    connection: duckdb.DuckDBPyConnection, values: pd.Series, decimal: Decimal | None
) -> pd.Series:
    """Texts as float64, in their order; NaN if one is no number."""
    import pandas as pd

    frame = pd.DataFrame({"i": range(len(values)), "v": values.astype("str").to_numpy()})
    connection.register("numbers", frame)
    try:
        found = connection.sql(
            f"SELECT {number_sql('v', decimal)} AS n FROM numbers ORDER BY i"
        ).df()["n"]
    finally:
        connection.unregister("numbers")
    return found.astype("float64").set_axis(values.index)
