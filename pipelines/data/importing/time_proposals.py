"""What the first rows propose for times: their unit, a clock of its own, and what may be one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pipelines.data.importing.column_content import TIME_WORDS
from pipelines.data.importing.column_errors import map_option
from pipelines.data.importing.moments import EXCEL_EPOCH
from pipelines.data.importing.plain_names import plain
from pipelines.data.importing.proposal import Head, Proposal
from pipelines.data.recipe import Recipe
from pipelines.schema import Columns as C

if TYPE_CHECKING:
    import pyarrow as pa

NINETEEN_NINETY = 631_152_000
_DATE_ONLY = r"^([0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4})$"
_CLOCK_ONLY = r"^([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?( ?[AaPp][Mm])?$"
_CLOCK_NAMES = ("time", "hora", "heure", "uhrzeit", "zeit", "orario", "godzina", "tijd", "время",
                "时间", "時刻", "時間")  # fmt: skip
_DAYS = (7_305, 73_050)
"""The years 1990 to 2169 as days since 1970."""


def clock(done: Proposal, heads: Sequence[Head], given: Recipe) -> None:
    """The time of day in a column of its own, beside dates."""
    import pyarrow.compute as pc

    column, head = done.recipe.columns.get(C.TIME, ""), heads[0]
    if column not in head.columns or "clock" in given.times.model_fields_set:
        return
    days = head.texts(column)
    if not len(days) or not pc.all(pc.match_substring_regex(days, _DATE_ONLY)).as_py():
        return
    taken = done.recipe.columns.values()
    for name in sorted(head.columns, key=lambda name: plain(name) not in _CLOCK_NAMES):
        clocks = head.texts(name)
        if name in taken or len(clocks) * 2 < len(days):
            continue
        if pc.all(pc.match_substring_regex(clocks, _CLOCK_ONLY)).as_py():
            done.set(
                f"{column} holds dates, and {name} the time of day; --clock '' leaves it out.",
                times=done.recipe.times.model_copy(update={"clock": name}),
            )
            return


def times(done: Proposal, heads: Sequence[Head], given: Recipe) -> None:
    import pyarrow as pa

    column = done.recipe.columns.get(C.TIME)
    if column is None:
        if given.columns.get(C.TIME) != "":
            done.notes.append(_no_time(done, heads[0]))
        return
    texts = pa.chunked_array([head.texts(column) for head in heads], pa.string())
    numbers = _numbers(texts)
    nonzero = numbers[numbers != 0]
    if given.times.unit is None and len(nonzero) and len(numbers) == len(texts):
        low, high = float(nonzero.min()), float(nonzero.max())
        if low >= EXCEL_EPOCH + _DAYS[0] and high < _DAYS[1] + EXCEL_EPOCH and high < 73_051:
            done.set(
                f"{column} holds days of a spreadsheet ({texts[0].as_py()[:20]} is a day of "
                f"{_year(low)}); --time-unit s reads them as seconds.",
                times=done.recipe.times.model_copy(
                    update={"unit": "excel", "zero_is_missing": True}
                ),
            )
            return
        if high < NINETEEN_NINETY:
            hint = " (days, perhaps)" if low >= _DAYS[0] and high < _DAYS[1] else ""
            done.notes.append(
                f"All times in {column} are before 1990 if they are seconds, such as "
                f"{texts[0].as_py()[:20]}{hint}; check the column, or name its unit with "
                "--time-unit."
            )
            return
    early = len(nonzero) * 2 > len(texts) and float(np.median(nonzero)) < NINETEEN_NINETY
    if given.times.unit is None and len(texts) and not early:
        # A time of 0 in a file of today's times stands for none.
        times = done.recipe.times.model_copy(update={"zero_is_missing": True})
        done.recipe = done.recipe.model_copy(update={"times": times})


def _numbers(texts: pa.ChunkedArray) -> np.ndarray:
    import pandas as pd

    return pd.to_numeric(texts.to_pandas(), errors="coerce").dropna().to_numpy()


def _year(serial: float) -> int:
    return 1970 + int((serial - EXCEL_EPOCH) / 365.2425)


def _no_time(done: Proposal, head: Head) -> str:
    taken = done.recipe.columns.values()
    like = [
        name for name in head.columns
        if name not in taken and any(word in name.casefold() for word in TIME_WORDS)
        and len(head.texts(name))
    ]  # fmt: skip
    if not like:
        return "No time was found, so a split in time is not possible; --map timestamp=COLUMN."
    value = head.texts(like[0])[0].as_py()
    return (
        f"No time was found, so a split in time is not possible; {like[0]} looks like one "
        f"({value[:30]!r}): {map_option(C.TIME, like[0])}."
    )
