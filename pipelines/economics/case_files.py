"""Cases from TOML files and plain values; what is wrong with one is said in a sentence."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from pipelines.economics.case import Case, Option, Today
from pipelines.economics.quantity import Range
from pipelines.errors import AssayError
from pipelines.runtime.written import text_of, toml_of

CASES = Path(__file__).with_name("cases")
WORKED = ("shop", "video", "data-poor")


def case_from(document: dict[str, Any], label: str = "The case") -> Case:
    """A case from plain values (a form, a TOML table). Raises an AssayError of one sentence."""
    try:
        return Case.model_validate(document)
    except ValidationError as error:
        raise AssayError(f"{label}: {_problem(error)}") from error


def load_case(name_or_path: str | Path) -> Case:
    """A worked case by name (shop, video, data-poor) or a TOML file by path.

    Raises AssayError where the file is missing, is not valid TOML or has a bad value.
    """
    name = str(name_or_path)
    path = CASES / f"{name}.toml" if name in WORKED else Path(name).expanduser()
    if not path.is_file():
        raise AssayError(
            f"There is no case '{name}': use one of {', '.join(WORKED)}, or a TOML file."
        )
    try:
        document = toml_of(text_of(path))
    except (ValueError, OSError) as error:
        raise AssayError(f"{path.name} is not a readable TOML file: {error}.") from error
    return case_from(document, path.name)


def case_of_toml(content: bytes, name: str) -> Case:
    """A case from the content of a TOML file. Raises an AssayError of one sentence."""
    try:
        document = toml_of(content.decode("utf-8-sig"))
    except ValueError as error:
        raise AssayError(f"{name} is not a readable TOML file: {error}.") from error
    return case_from(document, name)


def blank_case() -> Case:
    """The template of a new case: planning assumptions are given, the user's inputs are missing."""
    return load_case(CASES / "template.toml")


_REQUIREMENTS = {
    "missing": "is missing",
    "greater_than": "must be above {gt:g}",
    "greater_than_equal": "must be {ge:g} or more",
    "less_than": "must be below {lt:g}",
    "less_than_equal": "must be {le:g} or less",
    "literal_error": "must be {expected}",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "string_type": "must be text",
    "string_pattern_mismatch": "must be a code of three capital letters, such as EUR",
    "string_too_long": "must have at most {max_length} characters",
    "model_type": "must be a table of inputs",
    "value_error": "{error}",
}
"""What each type of pydantic's errors requires, with the fields of the error's context."""


def _problem(error: ValidationError) -> str:
    """The first error in one sentence, with the input's path."""
    errors = error.errors()
    first = errors[0]
    # A number-or-range input reports both attempts; where a table was given, use the range's.
    if isinstance(first["input"], dict) and len(errors) > 1 and len(errors[1]["loc"]) >= 2:
        first = errors[1]
    # Of the path, show only names of inputs and not pydantic's own parts.
    known = {*Case.model_fields, *Option.model_fields, *Today.model_fields, *Range.model_fields}
    *parents, last = (str(part) for part in first["loc"] or ("",))
    names = [part for part in parents if part in known]
    if last in known or first["type"] == "extra_forbidden":
        names.append(last)
    path = ".".join(names)
    if first["type"] == "extra_forbidden":
        return f"there is an unknown input '{path}'; remove it or correct its name."
    if first["type"] == "finite_number" or str(first["input"]) in ("nan", "inf", "-inf"):
        message = "must be a finite number"
    elif first["type"] == "float_type":
        also = " or 'it-projects'" if path.endswith("overrun") else ""
        message = f"must be a number or a range {{low, mode, high}}{also}"
    else:
        template = _REQUIREMENTS.get(first["type"])
        message = template.format(**first.get("ctx", {})) if template else first["msg"]
    shown = path and not isinstance(first["input"], dict | BaseModel)
    got = f", not {first['input']!r:.80}" if shown else ""
    return f"{path + ': ' if path else ''}{message}{got}."
