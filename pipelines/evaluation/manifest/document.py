"""Generate docs/manifest.schema.json and the table in docs/manifest.md from the manifest's class.

`python -m pipelines.evaluation.manifest.document` writes both; a test compares them with the
class.
"""

from __future__ import annotations

import json
from typing import Any

from pipelines.evaluation.manifest.manifest import ALWAYS_HASHED, Manifest
from pipelines.runtime import paths

SCHEMA = paths.CHECKOUT / "docs" / "manifest.schema.json"
PAGE = paths.CHECKOUT / "docs" / "manifest.md"
BEGIN = "<!-- fields: python -m pipelines.evaluation.manifest.document -->"
END = "<!-- end of fields -->"


def schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of a bake-off's `manifest.json`.

    Fields added by later versions are optional, since older manifests do not have them.
    """
    made = Manifest.model_json_schema()
    digest = {
        "title": "hash",
        "description": "SHA-256 of the fields as sorted JSON",
        "type": "string",
        "pattern": "^[0-9a-f]{64}$",
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **made,
        "title": "Manifest",
        "description": Manifest.__doc__,
        "properties": {"hash": digest, **made["properties"]},
        "required": ["hash", *(name for name in made["properties"] if name in ALWAYS_HASHED)],
    }


def schema_text() -> str:
    """The schema as the text of the file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def table() -> str:
    """A row per field: name, type, default, description."""
    full = schema()
    lines = ["| field | type | default | description |", "|---|---|---|---|"]
    for name, field in full["properties"].items():
        lines.append(_row(name, field))
        inner = full["$defs"].get(str(field.get("$ref", "")).rpartition("/")[2], {})
        for part, of_part in inner.get("properties", {}).items():
            lines.append(_row(f"{name}.{part}", of_part))
    return "\n".join(lines)


def page_text(old: str) -> str:
    """The page `old` with the current table between its markers."""
    before, _, rest = old.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


def _row(name: str, field: dict[str, Any]) -> str:
    given = field.get("default", "–")
    nothing = given in (None, []) or "$ref" in field
    default = "none" if nothing else given if given == "–" else f"`{json.dumps(given)}`"
    description = str(field["description"]).replace("|", "\\|")
    return f"| `{name}` | {_type(field)} | {default} | {description} |"


def _type(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(_type(part) for part in field["anyOf"])
    if "enum" in field:
        return " or ".join(f"`{value}`" for value in field["enum"])
    if field.get("type") == "array":
        return f"list of {_type(field['items'])}s"
    return str(field.get("type", "object"))


if __name__ == "__main__":
    SCHEMA.write_text(schema_text(), encoding="utf-8")
    PAGE.write_text(page_text(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"Written: {SCHEMA} and the table in {PAGE}")
