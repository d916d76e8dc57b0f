"""Run the behavioral tests on one contender, and list the required ones that it fails."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterable
from math import isfinite
from pathlib import Path

from pipelines.errors import AssayError
from pipelines.evaluation.behavior.contract import BehaviorTest
from pipelines.evaluation.behavior.evidence import Answer, Background
from pipelines.evaluation.behavior.probes import Probes
from pipelines.evaluation.behavior.requirements import Requirement, all_tests
from pipelines.evaluation.results.answer_file import read_lists
from pipelines.evaluation.results.document import BehaviorResult, ContenderResult
from pipelines.registry import error_text, writable
from pipelines.runtime.jsonable import plain

log = logging.getLogger(__name__)


def observe(
    result: ContenderResult,
    background: Background,
    here: Path,
    chosen: Iterable[type[BehaviorTest]],
    required: Iterable[Requirement] = (),
) -> ContenderResult:
    """The result with its behavior; `here` is the folder with the contender's lists."""
    answer = Answer(background, read_lists(here), _probes(here))
    found = verdicts(answer, all_tests(required, chosen))
    update = {
        "behavior": found,
        "failed_required": failed(found, {r.name for r in required}),
    }
    return result.model_copy(update=update)


def _probes(here: Path) -> Probes:
    """The answers to repeated requests; the contender's own process has written them."""
    try:
        return Probes.load(here)
    except AssayError as error:
        return Probes(f"Its answers to repeated requests cannot be read: {error}")


def verdicts(answer: Answer, chosen: list[BehaviorTest]) -> list[BehaviorResult]:
    """A result for each test; a test that raises is "not run", with the error as the reason."""
    return [_verdict(test, answer) for test in chosen]


def failed(found: list[BehaviorResult], required: set[str]) -> list[str]:
    """A sentence for each required test that did not pass, including those not run."""
    return [
        f"Fails the required test {one.name}: {one.sentence}"
        for one in found
        if one.name in required and one.state != "pass"
    ]


def _verdict(test: BehaviorTest, answer: Answer) -> BehaviorResult:
    try:
        return _serializable(test, test.run(answer))
    except AssayError as error:
        return test.not_run(writable(str(error)))
    except Exception as error:  # a user-defined test must not stop the bake-off
        trace = writable(traceback.format_exc())  # a log cannot hold half of a surrogate pair
        log.error("the behavioral test %s raised an error\n%s", test.name, trace)
        return test.not_run(f"The test raised an error: {error_text(error)}.")


def _serializable(test: BehaviorTest, found: object) -> BehaviorResult:
    """The result as the document stores it, so that errors occur here and not at the end."""
    if not isinstance(found, BehaviorResult):
        raise TypeError(f"it returned {type(found).__name__} instead of a result")
    if found.name != test.name:
        raise ValueError(f"it returned the result of {found.name}")
    if found.state != "not run" and (found.value is None or not isfinite(found.value)):
        raise ValueError(f"its value is {found.value}")
    stored = found.model_copy(update={"examples": plain(found.examples)})
    return BehaviorResult.model_validate_json(stored.model_dump_json())
