"""A bake-off that Assay ships: its document and lists, without what would be run as code."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.errors import AssayError
from pipelines.evaluation.results.answer_file import ANSWER
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.evaluation.results.folder import (
    ASKED,
    ITEM_SLICES,
    LISTS,
    PER_USER,
    SLICES,
    TRUTH,
    read_document,
    write_document,
)

MARK = "shipped.json"
"""The file that marks a bake-off's folder as shipped, and says how it was made."""
FILES = {ASKED, TRUTH, SLICES, ITEM_SLICES, ANSWER, LISTS, PER_USER, "manifest.json"}
"""What is copied of a folder and its subfolders: data that pages read, and no pickle."""


class Shipped(BaseModel):
    """How a shipped bake-off was made."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    made: str
    """The date, ISO 8601."""
    command: str
    """The command that gives it again, on any machine."""

    @property
    def sentence(self) -> str:
        return f"Shipped with Assay: made on {self.made} with `{self.command}`."


def is_shipped(folder: Path) -> bool:
    """Whether a bake-off's folder came with Assay, and was not made here."""
    return (folder / MARK).exists()


def shipped(folder: Path) -> Shipped | None:
    """How a bake-off's folder was made, if it came with Assay; else None."""
    if not is_shipped(folder):
        return None
    try:
        return Shipped.model_validate(json.loads((folder / MARK).read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise AssayError(
            f"{MARK} of the bake-off {folder.name} cannot be read ({type(error).__name__}); "
            "install Assay again."
        ) from None


def ship(folder: Path, target: Path, command: str) -> BakeoffDocument:
    """Copy a bake-off's folder to `target` as it is shipped; `target` is replaced."""
    made = read_document(folder)
    how = Shipped(made=made.created[:10], command=command)
    if target.exists():
        shutil.rmtree(target)
    for file in sorted(path for path in folder.rglob("*") if path.name in FILES):
        to = target / file.relative_to(folder)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, to)
    # What is left out: MLflow's ids, which belong to the store of the machine that made it.
    contenders = [c.model_copy(update={"mlflow_run_id": None}) for c in made.contenders]
    document = made.model_copy(
        update={
            "contenders": contenders,
            "mlflow_run_id": None,
            "notes": [how.sentence, *made.notes],
        }
    )
    write_document(target, document)
    (target / MARK).write_text(how.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return document
