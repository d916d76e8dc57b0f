"""The rows of datasets in the database: finding one, and the description in it."""

from __future__ import annotations

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.data.dataset import About
from pipelines.errors import AssayError
from pipelines.workspace.models import DatasetRow


def found(session: Session, name: str, version: int | None) -> DatasetRow:
    """A version of a dataset, or its newest; `AssayError` if there is none."""
    query = select(DatasetRow).where(DatasetRow.name == name)
    if version is not None:
        query = query.where(DatasetRow.version == version)
    row = session.scalars(query.order_by(DatasetRow.version.desc()).limit(1)).first()
    if row is not None:
        return row
    if version is not None:
        raise AssayError(f"There is no version {version} of the dataset {name!r}.")
    names = sorted(set(session.scalars(select(DatasetRow.name))))
    there = f"there are: {', '.join(names)}" if names else "there are none yet"
    raise AssayError(
        f"There is no dataset {name!r} ({there}); import one with "
        "`assay data import FILE --name NAME`."
    )


def about_of(row: DatasetRow) -> About:
    """The description in a row; an `AssayError` where another version of Assay wrote it."""
    try:
        return About.model_validate(row.about)
    except ValidationError as error:
        raise AssayError(
            f"The description of the dataset {row.name!r} cannot be read "
            f"({error.errors()[0]['msg']}): a newer version of Assay wrote it; update Assay."
        ) from None


def about_of_sample(name: str) -> About:
    """The description of a sample before it is loaded."""
    from pipelines.data.samples import SAMPLES

    return About(fingerprint="", **SAMPLES[name].about())
