"""Datasets: sources, import, recipe, samples, splits, readiness, profile."""

from typing import TYPE_CHECKING

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
    __getattr__, __dir__ = lazy.exports(globals(), _HOMES)
