"""A finished bake-off: its document and its folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from pipelines.errors import AssayError
from pipelines.evaluation.manifest.manifest import Manifest
from pipelines.evaluation.results.document import BakeoffDocument, ContenderResult
from pipelines.evaluation.results.folder import DOCUMENT, BakeoffFolder


@dataclass(frozen=True)
class Finished:
    """A finished bake-off: its document, and its folder with per-user values."""

    document: BakeoffDocument
    folder: BakeoffFolder

    @staticmethod
    def open(path: Path) -> Finished:
        """The bake-off in the folder `path`, or beside the `document.json` at `path`."""
        directory = path.parent if path.name == DOCUMENT else path
        try:
            text = (directory / DOCUMENT).read_text(encoding="utf-8")
            return Finished(BakeoffDocument.model_validate_json(text), BakeoffFolder(directory))
        except (OSError, UnicodeDecodeError, ValidationError):
            raise AssayError(
                f"There is no bake-off in {directory}: {DOCUMENT} is missing or cannot be read."
            ) from None

    @property
    def id(self) -> str:
        return self.document.id

    @cached_property
    def manifest(self) -> Manifest:
        """The manifest; an `AssayError` where it was changed after the bake-off."""
        try:
            return Manifest.read(self.document.manifest)
        except AssayError as error:
            raise AssayError(f"Bake-off {self.id}: {error}") from None

    def scored(self, contender: str) -> ContenderResult:
        """That contender's result; an `AssayError` where it was not scored."""
        found = self.document.contender(contender)
        if found is None:
            names = ", ".join(c.name for c in self.document.contenders)
            raise AssayError(
                f"{contender!r} is not a contender of bake-off {self.id}; use one of {names}."
            )
        if found.status != "scored":
            raise AssayError(
                f"{contender} is {found.status} in bake-off {self.id}, so it cannot be compared: "
                f"{found.reason or 'no reason was recorded.'}"
            )
        return found
