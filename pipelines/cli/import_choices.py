"""The options of `assay data import` as a source of events and the fields of a recipe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import AssayError
from pipelines.runtime.written import json_of, text_of

if TYPE_CHECKING:
    from pipelines.data.recipe import Recipe
    from pipelines.data.sources.database import Query

Texts = list[str] | None


def source_of(files: list[Path] | None, sql: str | None, query: str | None) -> list[Path] | Query:
    if sql is None:
        if query is not None:
            raise AssayError("--query needs --sql, the address of the database.")
        if not files:
            raise AssayError("Name a file of events, or a database with --sql and --query.")
        return files
    from pipelines.data.sources.database import Query

    if files:
        raise AssayError("Name files or a database with --sql, not both.")
    if not query:
        raise AssayError("--sql needs --query: a SELECT, or the name of a table.")
    return Query(sql, query)


def mapped(given: Texts, of_items: Texts, of_users: Texts, *, with_items: bool) -> dict[str, Any]:
    """The columns of the events and of both tables."""
    from pipelines.data.importing.mapping import assigned

    columns, item_columns = assigned(
        _pairs(given, "--map", "user_id=COLUMN"), with_items=with_items
    )
    return {
        "columns": columns,
        "item_columns": item_columns | _pairs(of_items, "--items-map", "title=COLUMN"),
        "user_columns": _pairs(of_users, "--users-map", "user_id=COLUMN"),
    }


def with_table(table: str, path: Path | None, of_columns: Texts, reading: Texts) -> None:
    """Raise `AssayError` if an option of a table is given without the table."""
    given = [name for name, value in (("map", of_columns), ("reading", reading)) if value]
    if given and path is None:
        raise AssayError(
            f"--{table}-{given[0]} is about the table of {table}; give that table with --{table}."
        )


def table_reading(given: Texts, option: str) -> dict[str, Any] | None:
    """How a table is read, from pairs such as separator=;."""
    if not given:
        return None
    pairs = _pairs(given, option, "separator=;", strip=False)
    if "separator" in pairs:
        pairs["separator"] = str(unescaped(pairs["separator"]))
    return {
        key: [name.strip() for name in value.split(",")] if key == "columns" else value
        for key, value in pairs.items()
    }


def weights_of(given: Texts) -> dict[str, Any]:
    pairs = _pairs(given, "--event-weight", "view=.1")
    try:
        return {kind: float(text) for kind, text in pairs.items()}
    except ValueError:
        wrong = next(f"{kind}={text}" for kind, text in pairs.items() if not _is_number(text))
        raise AssayError(
            f"--event-weight {wrong!r} has no valid number; write it as --event-weight view=.1."
        ) from None


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).replace("-", "", 1).isdecimal()


def _pairs(given: Texts, option: str, example: str, *, strip: bool = True) -> dict[str, str]:
    pairs = [
        text.rpartition("=") if option == "--event-weight" else text.partition("=")
        for text in given or []
    ]
    wrong = next(
        (f"{left}{sign}{right}" for left, sign, right in pairs if not (left and sign)), None
    )
    if wrong is not None:
        raise AssayError(
            f"{option} {wrong!r} is not a pair; write it as {option} {example}"
            + (f", or {option} NAME= to leave a column out." if "map" in option else ".")
        )
    return {left.strip(): right.strip() if strip else right for left, _, right in pairs}


def words_of(text: str | None) -> list[str] | None:
    """The words of an option that commas part; None if it is not given."""
    return None if text is None else [word.strip() for word in text.split(",") if word.strip()]


def date_order(day_first: bool | None, year_first: bool) -> str | None:
    """The order of day, month and year that the options name."""
    if year_first and day_first is not None:
        raise AssayError("Dates begin with the year or not: leave out one of the options.")
    if year_first:
        return "year-first"
    return None if day_first is None else "day-first" if day_first else "month-first"


def given_only(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def unescaped(separator: str | None) -> str | None:
    """The separator as typed; `\\t` and `tab` mean a tab."""
    return {"\\t": "\t", "tab": "\t"}.get(separator, separator) if separator else separator


def saved_recipe(path: Path) -> Recipe:
    from pipelines.data.recipe import Recipe

    try:
        document = json_of(text_of(path))
    except OSError as error:
        raise AssayError(f"The recipe {str(path)!r} cannot be read; check the path.") from error
    except ValueError as error:
        raise AssayError(
            f"The recipe {str(path)!r} is not JSON; write one with `assay data recipe`."
        ) from error
    if not isinstance(document, dict):
        raise AssayError(
            f"The recipe {str(path)!r} is not a JSON object; write one with `assay data recipe`."
        )
    return Recipe.of(document)
