"""What a bake-off's checks found: part of its document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from pipelines.runtime.phrases import number_of

CheckState = Literal["passed", "flagged", "could not run"]
Grade = Literal["flagged", "passed", "passed in part", "nothing ran"]


class CheckResult(BaseModel):
    """One check of this bake-off; the checks are described in docs/selftest.md."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    state: CheckState
    sentence: str
    """What it found, or why it could not run."""
    contenders: list[str] = []
    """The flagged contenders; empty where the bake-off as a whole is flagged."""
    not_run: dict[str, str] = {}
    """The contenders for which a check that ran could not run, and why."""


class EvidenceGrade(BaseModel):
    """Which checks ran in this bake-off, and what they found."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    grade: Grade
    """`passed` only if every check ran for every contender; else `passed in part`."""
    sentence: str
    checks: list[CheckResult]

    @staticmethod
    def of(checks: Sequence[CheckResult]) -> EvidenceGrade:
        """The grade of these results."""
        ran = [one for one in checks if one.state != "could not run"]
        flagged = [one for one in ran if one.state == "flagged"]
        whole = len(ran) == len(checks) and not any(one.not_run for one in ran)
        grade: Grade = "nothing ran"
        if flagged:
            grade = "flagged"
        elif ran:
            grade = "passed" if whole else "passed in part"
        return EvidenceGrade(grade=grade, sentence=_sentence(checks), checks=list(checks))

    @property
    def flagged(self) -> list[CheckResult]:
        return [one for one in self.checks if one.state == "flagged"]


def _sentence(checks: Sequence[CheckResult]) -> str:
    states = [one.state for one in checks]
    partly = sum(bool(one.not_run) and one.state == "passed" for one in checks)
    passed = f"{states.count('passed')} passed"
    if partly:
        passed += f" ({partly} of them not for every contender)"
    parts = [passed]
    if n := states.count("flagged"):
        parts.append(f"{n} flagged a problem")
    if n := states.count("could not run"):
        parts.append(f"{n} could not run")
    return f"{number_of(len(checks), 'check')} of this bake-off: {', '.join(parts)}."
