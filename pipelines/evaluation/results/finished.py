"""A finished bake-off, as another question finds it: its document beside its folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipelines.errors import AssayError
from pipelines.evaluation.manifest.manifest import Manifest
from pipelines.evaluation.results.document import BakeoffDocument, ContenderResult
from pipelines.evaluation.results.folder import DOCUMENT, BakeoffFolder, read_document


@dataclass(frozen=True)
class Finished:
    """A finished bake-off: its document, and its folder with the values per user."""

    document: BakeoffDocument
    kept: BakeoffFolder

    @staticmethod
    def open(path: Path) -> Finished:
        """The bake-off in a folder, which may be named by its `document.json`."""
        folder = path.parent if path.name == DOCUMENT else path
        return Finished(read_document(folder), BakeoffFolder(folder))

    @property
    def id(self) -> str:
        return self.document.id

    @cached_property
    def manifest(self) -> Manifest:
        """What was asked; an `AssayError` where it was changed since."""
        try:
            return Manifest.read(self.document.manifest)
        except AssayError as error:
            raise AssayError(f"Bake-off {self.id}: {error}") from None

    def scored(self, contender: str) -> ContenderResult:
        """That contender's result; an `AssayError` where it has no values."""
        found = self.document.contender(contender)
        if found is None:
            names = ", ".join(c.name for c in self.document.contenders)
            raise AssayError(
                f"{contender!r} does not take part in bake-off {self.id}; use one of {names}."
            )
        if found.status != "scored":
            raise AssayError(
                f"{contender} is {found.status} in bake-off {self.id}, so it cannot be compared: "
                f"{found.reason or 'no reason is given.'}"
            )
        return found
