"""Logs fitted pipelines as MLflow models."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.recommender import storage
from pipelines.recommender.fitted import ARRAYS
from pipelines.runtime.npy import Pool
from pipelines.tracking.store import local_folder

if TYPE_CHECKING:
    from mlflow import MlflowClient

NAME = "model"
CODE = Path(__file__).with_name("model_code.py")
REQUIREMENTS = ("implicit", "lightgbm", "numba", "numpy", "pandas", "pydantic", "scipy")
"""Set explicitly, because MLflow takes 6 s to infer them. The checkout must be installed too."""


def log_model(client: MlflowClient, experiment: str, run: str, pipeline: Path, arrays: Path) -> str:
    """Log the fitted pipeline in the file `pipeline` as the run's model; returns the model's id.

    Its long arrays are in the folder `arrays`. In a local store, the model's files are hard links
    to them, not copies.
    """
    from mlflow.entities import LoggedModelOutput

    model = client.create_logged_model(experiment, name=NAME, source_run_id=run)
    place = local_folder(model.artifact_location)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / NAME if place is None else place
        _save(folder, pipeline, arrays, model.model_id, run)
        if place is None:
            client.log_model_artifacts(model.model_id, str(folder))
    client.finalize_logged_model(model.model_id, "READY")
    client.log_outputs(run, [LoggedModelOutput(model.model_id, step=0)])
    return str(model.model_id)


def _save(folder: Path, pipeline: Path, arrays: Path, model_id: str, run: str) -> None:
    import mlflow.pyfunc
    from mlflow.models import Model, ModelSignature
    from mlflow.types import ParamSchema, ParamSpec

    # MLflow copies a model's files, so it gets an empty file, which is then replaced by a link.
    with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*input example")
        stand_in = Path(scratch) / pipeline.name
        stand_in.touch()
        mlflow.pyfunc.save_model(
            str(folder),
            python_model=str(CODE),
            artifacts={"pipeline": str(stand_in)},
            mlflow_model=Model(artifact_path=NAME, run_id=run, model_id=model_id),
            signature=ModelSignature(params=ParamSchema([ParamSpec("k", "long", 10)])),
            pip_requirements=_requirements(),
        )
    place = folder / "artifacts"
    (place / pipeline.name).unlink()
    (place / ARRAYS).mkdir()
    first, *others = storage.files(pipeline, Pool(arrays))
    _link(first, place)
    for array in others:
        _link(array, place / ARRAYS)


def _link(file: Path, folder: Path) -> None:
    try:
        os.link(file, folder / file.name)
    except OSError:  # another file system
        shutil.copyfile(file, folder / file.name)


def _requirements() -> list[str]:
    return [f"{name}=={metadata.version(name)}" for name in ("mlflow", *REQUIREMENTS)]


def model_uri(run: str) -> str:
    """The URI of a contender's model for `mlflow.pyfunc.load_model`."""
    return f"runs:/{run}/{NAME}"
