"""Inputs with unit, description and source, as forms and memos show them."""

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo

from pipelines.economics.quantity import Range

ASSUMED = "assumption"


def documented(unit: str, description: str, source: str = ASSUMED, **rules: Any) -> Any:
    """A documented input: the app's form and the memo show unit, description and source."""
    rules.setdefault("default", None)
    extra: dict[str, Any] = {"unit": unit, "source": source}
    return Field(description=description, json_schema_extra=extra, **rules)


def descriptions(
    model: type[BaseModel], tables: Mapping[str, type[BaseModel]], without: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """Every input of a model: name, unit, description, source, default, range allowed.

    `tables` are its inputs that are tables of inputs.
    """
    rows = []
    for name, info in model.model_fields.items():
        if name in tables:
            inner = tables[name].model_fields
            rows += [_row(f"{name}.{last}", field) for last, field in inner.items()]
        elif name not in without:
            rows.append(_row(name, info))
    return rows


def _row(name: str, info: FieldInfo) -> dict[str, Any]:
    extra = info.json_schema_extra
    assert isinstance(extra, dict)
    kinds = get_args(info.annotation)
    return {
        "name": name,
        "unit": extra["unit"],
        "source": extra["source"],
        "description": info.description,
        "default": info.default,
        "range": any(isinstance(kind, type) and issubclass(kind, Range) for kind in kinds),
    }
