"""The adapter `exported`: lists that a vendor, or your current system, wrote to files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import ClassVar

from pipelines.adapters import handover
from pipelines.adapters.answers import Answers
from pipelines.adapters.contract import Adapter, Capabilities, Reply, Task
from pipelines.adapters.exported import lists
from pipelines.adapters.training import Claim, moment, require_comparable
from pipelines.errors import AssayError
from pipelines.reading import files as reading


class Exported(Adapter):
    """Reads `exported:FILE`, `exported:FOLDER` or `exported:FILE@2016-09-01`.

    `trained_through` is the date after the `@`, or is read from `FILE.meta.json`, or in a folder
    from `meta.json` or `handover.json`. Files are read as in `assay evaluate`. The lists keep
    unknown items (the bake-off drops and counts them). `problems` counts problems of the files.
    """

    name = "exported"
    title = "exported lists"
    capabilities: ClassVar[Capabilities] = Capabilities(
        user_topk=True,
        history=False,
        rerank=False,
        batch=True,
        events=False,
        vendor_metrics=False,
    )
    why_no_history = (
        "These lists were computed in advance; recommending for a made-up history needs a "
        "running system."
    )

    answers_: Answers
    """The lists, set by `prepare`."""

    def __init__(self, target: str) -> None:
        super().__init__(target)
        self.path, self._stated = _path_and_date(target)

    @classmethod
    def check(cls, target: str) -> None:
        """Raise `AssayError` if the files are missing."""
        path, _ = _path_and_date(target)
        if not path.exists():
            raise AssayError(f"There is no file or folder {path}: check the path.")

    def prepare(self, task: Task) -> None:
        """Read the files, check their training date, count unknown users and items."""
        self.check(self.target)
        how = (
            f"write exported:{self.path.name}@2016-09-01 with the actual date, or put "
            f'{{"trained_through": "2016-09-01"}} into {_claims(self.path)[0].name}'
        )
        claim = self._claim()
        note = require_comparable(claim, task, source=self.path.name, how=how)
        self.trained_through = claim.through
        answers = read(self.path)
        answers.compare_with(task)
        self.answers_ = answers
        self.problems = answers.counted()
        self.remarks = [note]

    def recommend(self, task: Task, k: int) -> list[Reply]:
        """The lists, cut after k items of the task; a user without a list gets an error."""
        if not hasattr(self, "answers_"):
            raise AssayError("The lists are not read yet: call prepare(task) first.")
        return self.answers_.replies(task, k, self.path.name)

    def _claim(self) -> Claim:
        named = next((path for path in _claims(self.path) if path.is_file()), None)
        claim = Claim() if named is None else Claim.read(named)
        if self._stated is None:
            return claim
        return Claim(moment(self._stated), claim.split, claim.train_sha256)


def read(path: Path) -> Answers:
    """The lists in a file, or in all files of a folder (sorted by name)."""
    files = _files(path) if path.is_dir() else [path]
    if not files:
        raise AssayError(f"The folder {path.name} has no lists; it must contain {reading.FORMS}.")
    answers = Answers()
    used = 0
    for file in files:
        try:
            used += lists.read(file, answers)
        except AssayError as error:
            raise AssayError(f"{error} Supported: {reading.FORMS}.") from error
    if not used:
        found = ", ".join(f"{n} {name}" for name, n in answers.counted().items()) or "it is empty"
        raise AssayError(f"{path.name} has no lists ({found}); it must be {reading.FORMS}.")
    return answers


def _files(folder: Path) -> list[Path]:
    # Lists may be stored in the folder of `assay export`, whose own files are not lists.
    other = {claim.name for claim in _claims(folder)} | handover.FILES
    return sorted(
        file
        for file in folder.iterdir()
        if file.is_file()
        and reading.suffix_of(file) in reading.SUFFIXES
        and file.name not in other
        and not file.name.endswith(".meta.json")
    )


def _claims(path: Path) -> list[Path]:
    """The files that may state the training date, the most common first."""
    beside = path.with_name(path.name + ".meta.json")
    if path.is_dir():
        return [path / "meta.json", path / "handover.json", beside]
    return [beside]


def _path_and_date(target: str) -> tuple[Path, str | None]:
    if not target:
        raise AssayError("Name the file: exported:FILE or exported:FILE@2016-09-01.")
    whole = Path(target).expanduser()
    file, at, date = target.rpartition("@")
    if at and file and not whole.exists() and re.match(r"\d{4}", date):
        return Path(file).expanduser(), date
    return whole, None
