"""What fitted stages give to files and take from them; user-defined ones are told apart."""

from __future__ import annotations

from typing import Any, TypeVar

from pipelines import registry
from pipelines.errors import AssayError
from pipelines.runtime import values
from pipelines.stages.contract import Stage

S = TypeVar("S", bound=Stage)


def state_of(stage: Stage) -> dict[str, Any]:
    """What a fitted stage learned; an `AssayError` names an attribute that cannot be stored."""
    with registry.running(_called(stage), "give what it learned"):
        found = stage.state()
    if type(found) is not dict or not all(type(name) is str for name in found):
        raise AssayError(f"{_called(stage)} has a state that is not a dict with names; mend it.")
    for name, value in found.items():
        try:
            values.encoded(value, name)
        except values.Unstorable as error:
            raise AssayError(
                f"{_called(stage)} cannot be stored: its {error.where} is of type {error.what}; "
                f"keep only {values.FORMS}, or define `state` and `restore`."
            ) from None
    return found


def restored(stage: S, state: dict[str, Any]) -> S:
    """The stage, new and with the same settings, with what a fitted one learned."""
    with registry.running(_called(stage), "take what it learned"):
        stage.restore(state)
    return stage


def check(stage: Stage, n_items: int) -> None:
    """An `AssayError` where a restored stage cannot be of `n_items` items."""
    with registry.running(_called(stage), "use what is stored"):
        stage.check(n_items)


def _called(stage: Stage) -> str:
    return f"The stage {stage.name}"
