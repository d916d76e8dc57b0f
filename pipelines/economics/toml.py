"""A case as a TOML file that `assay decide --case FILE` reads."""

import json
from typing import Any

from pipelines.economics.case import Case

TABLES = ("today", "popularity", "buy", "build", "sources")


def to_toml(case: Case) -> str:
    """The case as the text of a TOML file; inputs without a value are left out."""
    document = case.model_dump(mode="json")
    tables = {name: _given(document.pop(name)) for name in TABLES}
    lines = [f"{key} = {_value(value)}" for key, value in document.items() if value is not None]
    for name, table in tables.items():
        if table:
            lines += ["", f"[{name}]"]
            lines += [f"{_key(k)} = {_value(v)}" for k, v in table.items()]
    return "\n".join(lines) + "\n"


def _given(table: dict[str, Any] | None) -> dict[str, Any]:
    return {key: value for key, value in (table or {}).items() if value is not None}


def _key(name: str) -> str:
    return json.dumps(name) if "." in name else name


def _value(value: Any) -> str:
    # Every JSON string is a TOML string; numbers and booleans have the same form.
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(v)}" for key, v in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
