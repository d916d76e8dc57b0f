"""A fitted pipeline as a bake-off leaves it in a contender's folder."""

from pathlib import Path

import numpy as np

from pipelines.data.dataset import Dataset
from pipelines.data.split import Split
from pipelines.recommender.fitted import FittedPipeline
from pipelines.recommender.fitting import fit_pipeline
from pipelines.recommender.pipeline import Pipeline
from pipelines.recommender.spec import Spec


def fit(data: Dataset, cut: Split, name: str, folder: Path) -> Pipeline:
    """The shipped spec `name`, fitted on a split in time and saved into `folder`."""
    pipeline = fit_pipeline(
        Pipeline(Spec.load(name)),
        cut.train,
        data.catalogue.at(cut.known),
        protocol=cut.protocol,
        seen="exclude",
    )
    assert cut.cutoff is not None
    moments = np.full(len(data.users), cut.cutoff, np.int64)
    FittedPipeline(
        pipeline, cut.train, data.users, data.catalogue.items, data.catalogue.titles(),
        moments, int(cut.cutoff), "exclude",
    ).save(folder / "pipeline.assay")  # fmt: skip
    return pipeline
