"""From a spec to a fitted pipeline and its lists."""

from typing import TYPE_CHECKING

from pipelines import lazy

if TYPE_CHECKING:
    from pipelines.recommender.fitted import FittedPipeline as FittedPipeline
    from pipelines.recommender.pipeline import Pipeline as Pipeline
    from pipelines.recommender.spec import Spec as Spec

_HOMES = {
    "FittedPipeline": "pipelines.recommender.fitted",
    "Pipeline": "pipelines.recommender.pipeline",
    "Spec": "pipelines.recommender.spec",
}
__all__ = [*_HOMES]

if not TYPE_CHECKING:  # else every name would pass for one of the package
    __getattr__, __dir__ = lazy.exports(globals(), _HOMES)
