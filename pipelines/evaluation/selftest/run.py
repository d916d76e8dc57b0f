"""Plant every fault in an honest bake-off, and look which checks name it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from pipelines.data.dataset import Dataset
from pipelines.evaluation.bakeoff.checks.examine import examine
from pipelines.evaluation.results.evidence import CheckResult, EvidenceGrade
from pipelines.evaluation.selftest.bench import Bench
from pipelines.evaluation.selftest.faults import contenders, harness, vendors
from pipelines.evaluation.selftest.faults.fault import Fault
from pipelines.evaluation.selftest.planted import VENDOR, VICTIM
from pipelines.runtime.phrases import number_of
from pipelines.runtime.progress import Progress, part, silent

FAULTS: tuple[Fault, ...] = (*harness.FAULTS, *contenders.FAULTS, *vendors.FAULTS)


class Named(BaseModel):
    """What became of one planted fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fault: str
    what: str
    check: str
    """The check that must name it."""
    named: bool
    sentence: str
    """What that check said."""
    others: list[str]
    """Further checks that flagged it."""


class SelfTest(BaseModel):
    """The result of a self-test."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str
    honest: dict[str, EvidenceGrade]
    """Of the bake-offs without a fault, by split."""
    faults: list[Named]

    @property
    def missed(self) -> list[Named]:
        return [one for one in self.faults if not one.named]

    @property
    def passed(self) -> bool:
        return not self.missed and not self.alarms

    @property
    def alarms(self) -> list[CheckResult]:
        """The checks that flagged an honest bake-off."""
        return [check for evidence in self.honest.values() for check in evidence.flagged]

    @property
    def sentence(self) -> str:
        named = len(self.faults) - len(self.missed)
        alarms = number_of(len(self.alarms), "check") if self.alarms else "no check"
        return (
            f"{named} of {number_of(len(self.faults), 'planted fault')} named; {alarms} flagged "
            f"{number_of(len(self.honest), 'honest bake-off')}."
        )


def selftest(
    dataset: Dataset,
    home: Path,
    faults: Sequence[Fault] = FAULTS,
    progress: Progress = silent,
) -> SelfTest:
    """Run an honest bake-off in the folder `home`, plant each fault in a copy, and check them."""
    splits = list(dict.fromkeys(fault.split for fault in faults))
    benches = {}
    for at, split in enumerate(splits):
        share = part(progress, 0.4 * at / len(splits), 0.4 * (at + 1) / len(splits))
        benches[split] = Bench.run(dataset, split, home / f"bench-{at}", share)
    found = []
    for at, fault in enumerate(faults):
        progress(0.4 + 0.6 * at / len(faults), f"planting: {fault.what}")
        found.append(_tried(fault, benches[fault.split]))
    progress(1.0, "done")
    honest = {split: evidence_of(bench) for split, bench in benches.items()}
    return SelfTest(dataset=dataset.name, honest=honest, faults=found)


def evidence_of(bench: Bench) -> EvidenceGrade:
    """The evidence of the bake-off without a fault."""
    return bench.document.evidence or EvidenceGrade.of([])


def _tried(fault: Fault, bench: Bench) -> Named:
    planted = fault.plant(bench)
    checks = {one.name: one for one in examine(planted.material).checks}
    shutil.rmtree(planted.material.folder)
    own = checks[fault.check]
    already = {one.name for one in evidence_of(bench).flagged}
    return Named(
        fault=fault.name,
        what=fault.what,
        check=fault.check,
        named=fault.check not in already and _names(own, fault),
        sentence=own.sentence,
        others=[c.name for c in checks.values() if c.state == "flagged" and c.name != fault.check],
    )


def _names(own: CheckResult, fault: Fault) -> bool:
    """Whether the check flags the bake-off, and the contender at fault if it is one's."""
    if own.state != "flagged":
        return False
    return not fault.contender or own.contenders in ([VICTIM], [VENDOR])
