"""All behavioral tests of one contender, and which required ones it fails."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterable
from math import isfinite
from pathlib import Path

import numpy as np

from pipelines.errors import AssayError
from pipelines.evaluation.behavior.contract import BehaviorTest
from pipelines.evaluation.behavior.evidence import Answer, Background
from pipelines.evaluation.behavior.probes import Probes
from pipelines.evaluation.behavior.requirements import Requirement, all_tests
from pipelines.evaluation.results.document import BehaviorResult, ContenderResult
from pipelines.evaluation.results.folder import ANSWER
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
    """The result with its behavior; `here` is the folder of the scored contender's answer."""
    with np.load(here / ANSWER) as arrays:
        lists = arrays["items"]
    answer = Answer(background, lists, Probes.load(here))
    found = verdicts(answer, all_tests(required, chosen))
    update = {
        "behavior": found,
        "failed_required": failed(found, {r.name for r in required}),
    }
    return result.model_copy(update=update)


def verdicts(answer: Answer, chosen: list[BehaviorTest]) -> list[BehaviorResult]:
    """A verdict for each test; one that breaks is "not run", and says so."""
    return [_verdict(test, answer) for test in chosen]


def failed(found: list[BehaviorResult], required: set[str]) -> list[str]:
    """Each required test that was not passed, in words; one that was not run is not passed."""
    return [
        f"Fails the required test {one.name}: {one.sentence}"
        for one in found
        if one.name in required and one.state != "pass"
    ]


def _verdict(test: BehaviorTest, answer: Answer) -> BehaviorResult:
    try:
        return _written(test, test.run(answer))
    except AssayError as error:
        return test.not_run(writable(str(error)))
    except Exception as error:  # a test of somebody's own must not cost the bake-off
        told = writable(traceback.format_exc())  # a log takes no half of a character
        log.error("the behavioral test %s broke\n%s", test.name, told)
        return test.not_run(f"The test broke: {error_text(error)}.")


def _written(test: BehaviorTest, found: object) -> BehaviorResult:
    """The verdict as the document keeps it; an error here, and not when all is done."""
    if not isinstance(found, BehaviorResult):
        raise TypeError(f"it gave no verdict but {type(found).__name__}")
    if found.name != test.name:
        raise ValueError(f"it gave the verdict of {found.name}")
    if found.state != "not run" and (found.value is None or not isfinite(found.value)):
        raise ValueError(f"its value is {found.value}")
    told = found.model_copy(update={"examples": plain(found.examples)})
    return BehaviorResult.model_validate_json(told.model_dump_json())
