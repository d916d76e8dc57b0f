"""Classes of a person's own, metrics and behavioral tests, found through the registry."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import Any

from pipelines import registry
from pipelines.errors import AssayError


def load_class(
    kind: registry.Kind, name: str, base: type, fields: Sequence[str], called: str
) -> Any:
    """The class, made from `base`; an `AssayError` says why one of a person's own is unfit.

    It must say its `fields`, texts with something in them, and be named as its entry point.
    `called` begins the sentence: "The metric ndcg".
    """
    if name in registry.BUILT_IN[kind]:
        return registry.lookup(kind, name)
    try:
        found = registry.lookup(kind, name)
    except AssayError:
        raise
    except Exception as error:
        raise AssayError(f"{called} cannot be loaded: {error_text(error)}.") from error
    if not (isinstance(found, type) and issubclass(found, base)):
        raise AssayError(f"{called} is no class made from {base.__name__}.")
    lacking = [field for field in fields if not _said(getattr(found, field, None))]
    if lacking:
        raise AssayError(f"{called} does not say its {', '.join(lacking)}.")
    given: Any = found
    if given.name != name:
        raise AssayError(f"{called} calls itself {given.name}; let both names be the same.")
    return given


def _said(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def two_numbers(value: object) -> bool:
    """Whether a field is a range: two numbers, the lower first."""
    if not (isinstance(value, tuple | list) and len(value) == 2):
        return False
    if not all(isinstance(end, int | float) and not isnan(end) for end in value):
        return False
    return bool(value[0] <= value[1])


def error_text(error: Exception) -> str:
    """An unforeseen error in a few words, without a full stop."""
    return writable(f"{type(error).__name__}: {str(error)[:200]}").rstrip(".")


def writable(text: str) -> str:
    """The text without halves of characters, which names of files can hold and JSON cannot."""
    return text.encode("utf-8", "replace").decode()
