"""Assay: should a team build its recommender, buy one, both in turn, or fix its data first?

    import pipelines as assay

    workspace = assay.Workspace.open()
    workspace.import_dataset("orders.csv", "shop")
    print(assay.readiness("shop").sentence)
    document = assay.bakeoff("shop", ["als", "two-stage"])
    assay.recommend(document, "two-stage", users=["7"])
    print(assay.decide("shop", document).document()["sentence"])

The names below are imported when they are first used. docs/tour.ipynb uses all of them.
"""

from typing import TYPE_CHECKING

from pipelines import lazy

if TYPE_CHECKING:
    from pipelines.api import bakeoff as bakeoff
    from pipelines.api import decide as decide
    from pipelines.api import evaluate as evaluate
    from pipelines.api import memo as memo
    from pipelines.api import open_contender as open_contender
    from pipelines.api import readiness as readiness
    from pipelines.api import recommend as recommend
    from pipelines.data.dataset import Dataset as Dataset
    from pipelines.data.recipe import Recipe as Recipe
    from pipelines.errors import AssayError as AssayError
    from pipelines.workspace.store import Workspace as Workspace

_HOMES = {
    "AssayError": "pipelines.errors",
    "Dataset": "pipelines.data.dataset",
    "Recipe": "pipelines.data.recipe",
    "Workspace": "pipelines.workspace.store",
    "bakeoff": "pipelines.api",
    "decide": "pipelines.api",
    "evaluate": "pipelines.api",
    "memo": "pipelines.api",
    "open_contender": "pipelines.api",
    "readiness": "pipelines.api",
    "recommend": "pipelines.api",
}
__all__ = [*_HOMES]

if not TYPE_CHECKING:  # else every name would pass for one of the package
    __getattr__, __dir__ = lazy.exports(globals(), _HOMES)
