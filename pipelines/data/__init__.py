"""Datasets: sources, import, recipe, samples, splits, readiness, profile."""

from typing import TYPE_CHECKING, Any

from pipelines import lazy

if TYPE_CHECKING:
    from pipelines.data.dataset import Dataset as Dataset
    from pipelines.data.recipe import Recipe as Recipe

_HOMES = {
    "Dataset": "pipelines.data.dataset",
    "Recipe": "pipelines.data.recipe",
}
__all__ = [*_HOMES]


if not TYPE_CHECKING:  # else every name would pass for one of the package

    def __getattr__(name: str) -> Any:
        return lazy.attribute(__name__, _HOMES, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
