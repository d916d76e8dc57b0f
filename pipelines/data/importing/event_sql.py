"""SQL that turns rows of text into events, with the reason or step of those that are not kept."""

from __future__ import annotations

from pipelines.data.importing.event_columns import (
    LEAST,
    LONGEST_ID,
    NO_ID,
    NUMBERS,
    RETURNS,
    TYPE_WEIGHT,
    TYPES,
    UNREAD,
    wanted,
)
from pipelines.data.importing.moments import seconds_sql, within_sql
from pipelines.data.importing.number_text import NO_NUMBER, number_sql
from pipelines.data.recipe import Recipe
from pipelines.data.sources.splitting import quoted
from pipelines.schema import Columns as C

TOTALS = (
    "total", "totals", "grand total", "subtotal", "sub-total", "sub total", "summe", "gesamt",
    "gesamtsumme", "zwischensumme", "endsumme", "total general", "total général", "sous-total",
    "total geral", "totale", "subtotale", "totale generale", "totaal", "subtotaal", "razem",
    "toplam", "genel toplam", "итого", "всего", "合计", "总计", "小计", "合計", "小計", "합계",
    "소계",
)  # fmt: skip
"""Texts in place of an id that mark a line of totals in a report, in lower case."""


def events_sql(recipe: Recipe) -> str:
    """The query over `batch` (line, problem, place, c0, c1, …, the weight of the event type)."""
    at = {column: f"c{i}" for i, column in enumerate(wanted(recipe))}
    texts = {name: at[column] for name, column in recipe.columns.items()}
    if C.TIME in texts and recipe.times.clock:
        day, clock = texts[C.TIME], at[recipe.times.clock]
        texts[C.TIME] = f"CASE WHEN {day} IS NOT NULL THEN concat_ws(' ', {day}, {clock}) END"
    names = [f'{text} AS "{name}"' for name, text in texts.items()]
    if C.EVENT in recipe.columns:
        names.append(f'"{TYPE_WEIGHT}"')
    numbers = [name for name in NUMBERS if name in recipe.columns]
    decimal = recipe.reading.decimal
    # As float32, to detect here a tiny weight that would become zero.
    read = [f'{number_sql(_quoted(n), decimal, "FLOAT")} AS "number {n}"' for n in numbers]
    if C.WEIGHT in recipe.columns:
        read.append(f"{number_sql('weight', decimal, 'FLOAT')} AS number")
    seconds = seconds_sql('"timestamp"', recipe.times) if C.TIME in recipe.columns else "0"
    shown = [
        "line", "place", f"{_weight(recipe)} AS weight",
        'CAST(floor(seconds) AS BIGINT) AS "timestamp"',
        f"CASE {_reasons(recipe)} END AS reason", f"CASE {_steps(recipe)} END AS step",
    ]  # fmt: skip
    missing = ", ".join(map(quoted, NO_NUMBER))
    shown += [f'"number {n}" AS "{n}"' for n in numbers]
    shown += [
        f'CASE WHEN "number {n}" IS NULL AND lower({_quoted(n)}) NOT IN ({missing}) '
        f'THEN {_quoted(n)} END AS "{UNREAD}{n}"'
        for n in numbers
    ]
    return f"""
        SELECT {", ".join(shown)}
        FROM (SELECT *, {within_sql("written")} AS seconds
              FROM (SELECT {", ".join(["*", f"{seconds} AS written", *read])}
                    FROM (SELECT line, problem, place, {", ".join(names)} FROM batch)))"""


def _quoted(name: str) -> str:
    return f'"{name}"'


def _weight(recipe: Recipe) -> str:
    weight = "CAST(1 AS FLOAT)"
    if C.WEIGHT in recipe.columns:
        weight = "number"
        if C.EVENT in recipe.columns:
            weight = "coalesce(number, 1)"
    if C.EVENT in recipe.columns:
        weight = f'TRY_CAST({weight} * "{TYPE_WEIGHT}" AS FLOAT)'
    return weight


def no_id_sql(column: str, what: str) -> str:
    """SQL for why a text is not an id: the branches of a CASE."""
    missing, totals = (", ".join(map(quoted, texts)) for texts in (NO_ID, TOTALS))
    # A nested value as an id would be a new one with each price in it.
    nested = f"regexp_matches({column}, '^(?:[{{].*[}}]|[[].*[]])$')"
    json = f"json_type(CASE WHEN json_valid({column}) THEN {column} END)"
    return f"""WHEN {column} IS NULL OR lower({column}) IN ({missing}) THEN 'the {what} is missing'
        WHEN lower(rtrim({column}, ': ')) IN ({totals}) THEN 'the line is a total'
        WHEN length({column}) > {LONGEST_ID}
        THEN 'the {what} is longer than {LONGEST_ID:,} characters'
        WHEN CASE WHEN {nested} THEN {json} IN ('OBJECT', 'ARRAY') END
        THEN 'the {what} is a JSON object or array'"""


def _reasons(recipe: Recipe) -> str:
    """SQL for why a row cannot be used; the first matching branch counts."""
    reasons = ["WHEN problem IS NOT NULL THEN problem"]
    for what, c in (("user", C.USER), ("item", C.ITEM)):
        reasons.append(no_id_sql(c, what))
    if C.WEIGHT in recipe.columns:
        weight = "number"
        if C.EVENT not in recipe.columns:
            # A view has no quantity; without event types, a missing weight is an error.
            reasons.append("WHEN weight IS NULL THEN 'the weight is missing'")
        reasons += [
            f"WHEN weight IS NOT NULL AND {weight} IS NULL THEN 'the weight is not a number'",
            f"WHEN isnan({weight}) THEN 'the weight is NaN'",
            f"WHEN isinf({weight}) THEN 'the weight is infinite'",
            f"WHEN {weight} = 0 THEN 'the weight is zero'",
            # So that products and sums of weights stay within float32.
            f"WHEN abs({weight}) NOT BETWEEN 1e-15 AND 1e15 "
            "THEN 'the weight is not between 1e-15 and 1e15'",
        ]
        if recipe.returns == "quarantine":
            reasons.append(f"WHEN {weight} < 0 THEN 'the weight is negative'")
    if C.TIME in recipe.columns:
        reasons += [
            "WHEN \"timestamp\" IS NULL THEN 'the time is missing'",
            "WHEN seconds IS NULL "
            "THEN 'the time cannot be read, or is outside the years 1970 to 2099'",
        ]
        if recipe.times.zero_is_missing:
            reasons.append("WHEN floor(seconds) = 0 THEN 'the time is 0, which stands for none'")
    return " ".join(reasons)


def _steps(recipe: Recipe) -> str:
    """SQL for the step of the recipe that leaves a row out."""
    steps = []
    if recipe.returns == "take-out":
        signs = []
        if C.WEIGHT in recipe.columns:
            signs.append("number < 0")
        if C.ORDER in recipe.columns:
            # Shop systems mark a cancelled order by a C before its number.
            signs.append(f"regexp_matches({C.ORDER}, '^[Cc][0-9]+$')")
        if signs:
            steps.append(f"WHEN {' OR '.join(signs)} THEN {quoted(RETURNS)}")
    if C.EVENT in recipe.columns:
        steps.append(f'WHEN "{TYPE_WEIGHT}" = 0 THEN {quoted(TYPES)}')
    if C.WEIGHT in recipe.columns and recipe.least_weight is not None:
        steps.append(f"WHEN number < {recipe.least_weight!r} THEN {quoted(LEAST)}")
    return " ".join(steps) or "WHEN false THEN ''"
