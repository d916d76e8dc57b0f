"""What is said of columns that cannot be matched, and how to map them."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

from pipelines.data.importing.names import EVENT_NAMES
from pipelines.data.importing.plain_names import plain
from pipelines.errors import AssayError
from pipelines.schema import Columns as C

_ORDERS = ("orderid",)


def ambiguity(standard: str, fits: Sequence[str], option: str = "--map") -> AssayError:
    """The error for columns that fit a standard name equally well; `option` maps columns."""
    return AssayError(
        f"The columns {listed(fits)} fit {standard} equally well; "
        f"choose one, as in {map_option(standard, fits[0], option)}."
    )


def missing_column(
    missing: Sequence[str],
    columns: Sequence[str],
    name: str = "",
    hidden: Iterable[str] = (),
    texts: Sequence[str] = (),
    option: str = "--map",
) -> AssayError:
    """The error for needed names without a column; `hidden` are nested columns of the file, and
    `texts` columns of text that hold JSON."""
    names = {plain(alias) for alias in (missing[0], *EVENT_NAMES.get(missing[0], ()))}
    nested = [c for c in hidden if not c.endswith("[]") and plain(c.rpartition(".")[2]) in names]
    if nested:
        parts = [c for c in columns if c.startswith((f"{nested[0]}.", f"{nested[0]}[]"))]
        return AssayError(
            f"The column {nested[0]!r} of {name!r} is nested; name one of its parts, as in "
            f"{map_option(missing[0], parts[0] if parts else nested[0] + '[]')}."
        )
    orders = [c for c in columns if plain(c) in (*_ORDERS, *EVENT_NAMES[C.ORDER])]
    if missing[0] == C.USER and orders and option == "--map":
        return AssayError(
            f"{name!r} has no column of users, but one of orders: join it with the table that has "
            f"the user of each {orders[0]!r} (for example with a database, as in --sql "
            "--query), or name the user's column with --map user_id=COLUMN."
        )
    more = ""
    if texts:
        more = (
            f"; {texts[0][:60]!r} holds JSON: in JSON Lines instead of CSV, a part of it is a "
            f"column such as {texts[0][:60]}.{missing[-1]}"
        )
    elif missing[0] == C.USER and option == "--map":
        more = (
            " (the history of a single person has none: put those of many people into one table, "
            "with a column that tells them apart)"
        )
    return AssayError(
        f"None of the columns {listed(columns)} was recognized as {' or '.join(missing)}; "
        f"name the column, as in {option} {missing[0]}=COLUMN{more}."
    )


def map_option(standard: str, column: str, option: str = "--map") -> str:
    """`--map timestamp=created`, quoted for a shell if the name of the column needs it."""
    shown = column if column.isprintable() and len(column) <= 60 else "COLUMN"
    return f"{option} {standard}={shlex.quote(shown)}"


def listed(columns: Sequence[str], most: int = 12) -> str:
    """The first names, quoted and shortened to fit into a sentence."""
    names = [repr(c if len(c) <= 40 else c[:40] + "…")[:80] for c in columns[:most]]
    while sum(map(len, names)) > 240:
        names.pop()
    most, shown = len(names), ", ".join(names)
    return shown + (f" and {len(columns) - most} more" if len(columns) > most else "")
