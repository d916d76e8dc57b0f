"""Stages by name: those that ship, and user-defined ones, which are checked first."""

from __future__ import annotations

from inspect import isabstract
from typing import Any, Literal

from pydantic import ValidationError

from pipelines import registry
from pipelines.errors import AssayError, first_problem
from pipelines.registry import error_text
from pipelines.stages.contract import CandidateGenerator, Ranker, Rule, Stage, StageConfig

StageKind = Literal["candidates", "rankers", "rules"]
BASES: dict[StageKind, type[Stage]] = {
    "candidates": CandidateGenerator,
    "rankers": Ranker,
    "rules": Rule,
}
FIELDS = ("name", "title")
"""What a stage must say of itself."""


def load(kind: StageKind, name: str) -> type[Stage]:
    """The class of a stage; an `AssayError` says why a user-defined one cannot be used."""
    found: type[Stage] = registry.load_class(kind, name, BASES[kind], FIELDS)
    if name in registry.BUILT_IN[kind]:
        return found
    called = registry.called(kind, name)
    if isabstract(found):
        lacking = ", ".join(sorted(getattr(found, "__abstractmethods__", ())))
        raise AssayError(f"{called} does not define {lacking}.")
    if not (isinstance(found.Config, type) and issubclass(found.Config, StageConfig)):
        raise AssayError(f"{called} has a Config that is not a subclass of StageConfig.")
    return found


def checked(
    kind: StageKind, name: str, settings: dict[str, Any]
) -> tuple[type[Stage], StageConfig]:
    """The class of a stage and its config; an `AssayError` says which setting is wrong."""
    stage = load(kind, name)
    try:
        return stage, stage.Config.model_validate(settings)
    except ValidationError as error:
        place, why = first_problem(error)
        raise AssayError(f"The stage {name!r} has an invalid setting: {place}: {why}.") from None
    except Exception as error:  # a user-defined check of a setting
        why = error_text(error)
        raise AssayError(f"The stage {name!r} cannot check its settings: {why}.") from error


def make(stage: type[Stage], config: StageConfig) -> Stage:
    """The stage with its config, not fitted; an `AssayError` where its `__init__` breaks."""
    with registry.running(f"The stage {stage.name}", "be made"):
        return stage(config)


def offered(kind: StageKind, notes: list[str] | None = None) -> list[str]:
    """The names of the stages that can be used, in the registry's order.

    A user-defined one that cannot be loaded is left out, and `notes` gets a sentence about it.
    """
    found = []
    for name in registry.names(kind):
        try:
            load(kind, name)
        except AssayError as error:
            if notes is not None:
                notes.append(f"{error} It is left out.")
        else:
            found.append(name)
    return found
