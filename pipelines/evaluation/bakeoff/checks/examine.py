"""Run all checks of a bake-off, and grade its evidence."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterable
from typing import get_args

from pipelines.evaluation.bakeoff.checks.answers import Answered, Contract, Repeatable, WellFormed
from pipelines.evaluation.bakeoff.checks.ceiling import TooGood
from pipelines.evaluation.bakeoff.checks.chance import BeatsChance, Order, OwnAnswers
from pipelines.evaluation.bakeoff.checks.contract import CannotRun, Check, Finding, Material
from pipelines.evaluation.bakeoff.checks.given import Clock, OneVersion, Requests, Split, Truth
from pipelines.evaluation.bakeoff.checks.independence import FileOrder, Strangers, TestPeriod
from pipelines.evaluation.bakeoff.checks.rescoring import Rescored, Totals
from pipelines.evaluation.bakeoff.checks.training_date import TrainingDate
from pipelines.evaluation.results.document import titles_of
from pipelines.evaluation.results.evidence import CheckResult, CheckState, EvidenceGrade
from pipelines.registry import error_text
from pipelines.runtime.phrases import number_of

log = logging.getLogger(__name__)

CHECKS: tuple[type[Check], ...] = (
    Clock,
    OneVersion,
    Split,
    Requests,
    Truth,
    TrainingDate,
    Answered,
    WellFormed,
    Contract,
    Repeatable,
    Rescored,
    Totals,
    BeatsChance,
    Order,
    OwnAnswers,
    FileOrder,
    Strangers,
    TestPeriod,
    TooGood,
)
"""From what the contenders were given to what they answered."""


def examine(material: Material, checks: Iterable[type[Check]] = CHECKS) -> EvidenceGrade:
    """The grade of a bake-off's evidence; a check that raises could not run."""
    titles = titles_of([*material.results])
    return EvidenceGrade.of([_result(check(), material, titles) for check in checks])


def _result(check: Check, material: Material, titles: dict[str, str]) -> CheckResult:
    findings: list[Finding] = []
    try:
        findings += check.run(material)
    except CannotRun as error:
        findings = [Finding("could not run", str(error))]
    except Exception as error:  # the bake-off's results are kept
        log.error("the check %s raised an error\n%s", check.name, traceback.format_exc())
        findings = [Finding("could not run", f"The check raised an error: {error_text(error)}.")]
    of: dict[CheckState, list[Finding]] = {
        state: [one for one in findings if one.state == state] for state in get_args(CheckState)
    }
    flagged, passed, not_run = of["flagged"], of["passed"], of["could not run"]
    state: CheckState = "flagged" if flagged else "passed" if passed else "could not run"
    if flagged:
        said = flagged
    elif passed:
        said = [one for one in passed if one.sentence] or [_all_passed(check, passed)]
    else:
        said = not_run or [Finding(state, "There is no scored contender to check.")]
    sentences = dict.fromkeys(_told(one, titles, named=state != "could not run") for one in said)
    return CheckResult(
        name=check.name,
        title=check.title,
        state=state,
        sentence=" ".join(sentences),
        contenders=[one.contender for one in flagged if one.contender],
        not_run={one.contender: one.sentence for one in not_run if one.contender}
        if state != "could not run"
        else {},
    )


def _told(one: Finding, titles: dict[str, str], named: bool) -> str:
    title = titles.get(one.contender, one.contender)
    return f"{title}: {one.sentence}" if named and one.contender else one.sentence


def _all_passed(check: Check, passed: list[Finding]) -> Finding:
    count = sum(bool(one.contender) for one in passed)
    of = f" for {number_of(count, 'contender')}" if count else ""
    return Finding("passed", f"{check.title}{of}.")
