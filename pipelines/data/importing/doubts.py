"""What the first rows show that may be misread: it is said, and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.data.importing.column_errors import map_option
from pipelines.data.importing.event_weights import is_undone
from pipelines.data.importing.number_text import EITHER, decimal_of
from pipelines.data.importing.proposal import Head, Proposal
from pipelines.runtime.phrases import number_of
from pipelines.schema import Columns as C

_SHORTENED = r"^[0-9]([.,][0-9]+)?[eE]\+[0-9]{1,2}$"
_NO = r"(?i)^([+-]?0+([.,]0+)?|f(alse)?|no?|n[ae]o|nein|non|nej|nee|нет|-+|null|none|nan|n/?a)$"
"""Texts that say that something was not undone."""
_FEW = 3
_HALF = 0.5


def shortened(done: Proposal, head: Head) -> None:
    """Long numbers that a spreadsheet rounded: 4.00638E+12."""
    import pyarrow.compute as pc

    for name, what in ((C.USER, "users"), (C.ITEM, "items"), (C.TIME, "times")):
        column = done.recipe.columns.get(name)
        if column not in head.columns:
            continue
        texts = head.texts(column)
        found = texts.filter(pc.match_substring_regex(texts, _SHORTENED))
        if len(found):
            done.notes.append(
                f"{column} has {number_of(len(found), 'rounded value')}, such as "
                f"{found[0].as_py()}: a spreadsheet shortened long numbers, so different {what} "
                "may have become one. Export the column as text."
            )


def undone(done: Proposal, head: Head) -> None:
    """Columns that say which rows were undone, but are not read: Storno, cancelled_at."""
    import pyarrow.compute as pc

    taken = {*done.recipe.columns.values(), *done.recipe.keep}
    for column in head.columns:
        if column in taken or not is_undone(column):
            continue
        texts, rows = head.texts(column), len(head.columns[column])
        yes = texts.filter(pc.invert(pc.match_substring_regex(texts, _NO)))
        if not 0 < len(yes) <= _HALF * rows:
            continue
        note = (
            f"{column} has a value such as {yes[0].as_py()[:30]} in {len(yes):,} of the first "
            f"{number_of(rows, 'row')}, which may be undone orders; they count"
        )
        kinds = yes.unique().to_pylist()
        words = len(kinds) <= _FEW and all(kind.isalpha() or kind == "1" for kind in kinds)
        if words and C.EVENT not in done.recipe.columns:
            weights = " ".join(f"--event-weight {kind[:30]}=0" for kind in kinds)
            note += f"; {map_option(C.EVENT, column)} {weights} leaves them out"
        done.notes.append(f"{note}.")


def thousands(done: Proposal, heads: Sequence[Head], *, semicolons: bool) -> None:
    """Numbers such as 1,000 in a file that does not show which mark is the decimal one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if done.recipe.reading.decimal is not None:
        return
    for name in (C.WEIGHT, C.PRICE, C.VALUE):
        column = done.recipe.columns.get(name)
        if column is None:
            continue
        texts = pa.chunked_array([head.texts(column) for head in heads], pa.string())
        like = texts.filter(pc.match_substring_regex(texts, EITHER))
        if len(like) > _HALF * len(texts) and decimal_of(texts, semicolons=semicolons) is None:
            done.notes.append(
                f"Numbers in {column} such as {like[0].as_py()[:20]} are read as thousands; "
                "--decimal , reads a decimal comma."
            )
            return
