"""Lists that a vendor, or a team's own system, wrote to files."""

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

    `trained_through` comes from after the `@`, from `FILE.meta.json`, or in a folder from
    `meta.json` or `handover.json`. Files are read as `assay evaluate` reads them. The lists are
    passed on with unknown items (the bake-off drops and counts those). `problems` counts what
    was odd.
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
    why_no_history = "These lists were written beforehand: a made-up history needs a live system."

    answers_: Answers
    """What was read, set by `prepare`."""

    def __init__(self, target: str) -> None:
        super().__init__(target)
        self.path, self._stated = _path_and_date(target)

    @classmethod
    def check(cls, target: str) -> None:
        """The files must be there before a bake-off begins."""
        path, _ = _path_and_date(target)
        if not path.exists():
            raise AssayError(f"There is no file or folder {path}: check the path.")

    def prepare(self, task: Task) -> None:
        """Read the files, check their claim, count what the task does not know."""
        self.check(self.target)
        how = (
            f"write exported:{self.path.name}@2016-09-01 with the real day, or "
            f'{{"trained_through": "2016-09-01"}} into {_claims(self.path)[0].name}'
        )
        note = require_comparable(self._claim(), task, source=self.path.name, how=how)
        answers = read(self.path)
        answers.compare_with(task)
        self.answers_ = answers
        self.problems = answers.counted()
        self.remarks = [note]

    def recommend(self, task: Task, k: int) -> list[Reply]:
        """The files' lists, cut to k of the task's items; a user without one gets an error."""
        if not hasattr(self, "answers_"):
            raise AssayError("The lists were not read yet: call prepare(task) first.")
        return self.answers_.replies(task, k, self.path.name)

    def _claim(self) -> Claim:
        named = next((path for path in _claims(self.path) if path.is_file()), None)
        claim = Claim() if named is None else Claim.read(named)
        if self._stated is None:
            return claim
        return Claim(moment(self._stated), claim.split, claim.train_sha256)


def read(path: Path) -> Answers:
    """The lists in a file, or in all the files of a folder (sorted by name)."""
    files = _files(path) if path.is_dir() else [path]
    if not files:
        raise AssayError(f"The folder {path.name} holds no lists; it should hold {reading.FORMS}.")
    answers = Answers()
    used = 0
    for file in files:
        try:
            used += lists.read(file, answers)
        except AssayError as error:
            raise AssayError(f"{error} Lists come as {reading.FORMS}.") from error
    if not used:
        met = ", ".join(f"{n} {name}" for name, n in answers.counted().items()) or "it is empty"
        raise AssayError(f"{path.name} holds no lists ({met}); it should be {reading.FORMS}.")
    return answers


def _files(folder: Path) -> list[Path]:
    # Answers may be kept in the folder that was handed over; its own files are no lists.
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
    """Where the claim may stand, the usual place first."""
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
